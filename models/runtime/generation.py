"""Writing a reply, token by token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.backends.base import Finish, Usage
from models.runtime.sampling import Choose
from models.runtime.session import Session
from models.runtime.streaming import ReplyText
from models.runtime.vocabulary import Vocabulary


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


def write(
    session: Session, vocabulary: Vocabulary, choose: Choose, text: ReplyText, max_tokens: int
) -> Literal["stop", "length"]:
    """Continue what the session has read, until the reply ends or there is no more room.

    Args:
        session: with the logits of its last token.
        vocabulary: of the same model.
        choose: picks a token from a row of logits.
        text: takes the reply.
        max_tokens: most tokens to write.

    Raises:
        Aborted: the session's flag was set; `text` has what was written.
    """
    while text.tokens < max_tokens:
        token = choose(session.row())
        if vocabulary.ends_reply(token) or text.add(vocabulary.piece(token)):
            return "stop"
        # The last token need not be read: nothing is chosen after it.
        if text.tokens == max_tokens or session.tokens == session.context_tokens:
            break
        session.append(token)
    return "length"
