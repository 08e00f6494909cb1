"""Writing a reply, token by token."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from models.backends.base import Finish, Usage
from models.runtime.sampling import Choose
from models.runtime.session import Session
from models.runtime.streaming import ReplyText
from models.runtime.vocabulary import Vocabulary

if TYPE_CHECKING:
    from models.runtime.logits import Row


@dataclass(frozen=True, slots=True)
class Generated:
    """What the model wrote.

    Args:
        text: without the prompt and the prefix it continues, and without the stop text.
        finish: how it ended.
        usage: what it cost.
    """

    text: str
    finish: Finish
    usage: Usage


class Reply:
    """A reply from its prompt on, and what it takes.

    Args:
        prompt_tokens: of the prompt, and of the prefix that the reply continues.
        text: takes what is generated.
    """

    def __init__(self, prompt_tokens: int, text: ReplyText) -> None:
        self.text = text
        self.finish: Finish = "interrupted"
        self._prompt_tokens = prompt_tokens
        self._cached_tokens = 0
        self._started = time.perf_counter()
        self._prefilled: float | None = None

    def prefilled(self, cached_tokens: int) -> None:
        """The prompt was read; so many of its tokens did not have to be computed."""
        self._cached_tokens = cached_tokens
        self._prefilled = time.perf_counter()

    def generated(self) -> Generated:
        """What it came to; to be called once, when it is over."""
        if self.finish != "interrupted":
            self.text.close()
        ended = time.perf_counter()
        prefilled = self._prefilled or ended
        usage = Usage(
            prompt_tokens=self._prompt_tokens,
            cached_tokens=self._cached_tokens,
            generated_tokens=self.text.tokens,
            prefill_seconds=prefilled - self._started,
            decode_seconds=ended - prefilled,
        )
        return Generated(self.text.text, self.finish, usage)


class Writing:
    """A reply in progress, after what a session has read.

    Args:
        session: with the logits of its last token.
        vocabulary: of the same model.
        choose: picks a token from a row of logits.
        text: takes the reply.
        max_tokens: most tokens to write.
    """

    def __init__(
        self, session: Session, vocabulary: Vocabulary, choose: Choose, text: ReplyText, max_tokens: int
    ) -> None:
        self.session = session
        self.text = text
        self.finish: Literal["stop", "length"] | None = None
        self._vocabulary = vocabulary
        self._choose = choose
        self._max_tokens = max_tokens

    def take(self, row: Row, index: int = -1) -> int | None:
        """Choose the next token.

        Args:
            row: logits after the session's last token.
            index: of the row in the batch that was computed.

        Returns:
            The token, which the session has to read; None when the reply has ended, see `finish`.
        """
        if self.text.tokens < self._max_tokens:
            token = self._choose(row, index)
            if self._vocabulary.ends_reply(token) or self.text.add(self._vocabulary.piece(token)):
                self.finish = "stop"
                return None
            # The last token need not be read: nothing is chosen after it.
            if self.text.tokens < self._max_tokens and self.session.tokens < self.session.context_tokens:
                return token
        self.finish = "length"
        return None


def write(writing: Writing) -> Literal["stop", "length"]:
    """Write a reply to its end.

    Raises:
        Aborted: the session's flag was set; the text has what was written.
    """
    session = writing.session
    while (token := writing.take(session.row())) is not None:
        session.append(token)
    assert writing.finish is not None
    return writing.finish
