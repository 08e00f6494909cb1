"""A remote reply as it streams in: its text without the reasoning before it, cut at stop texts, and timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from models.backends.base import Completion, Finish, Usage

_THINK, _THOUGHT = "<think>", "</think>"


def encodable(text: str) -> str:
    """The text with `?` for each half of a surrogate pair, which no file, terminal or request can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Piece:
    """What one event of a stream holds, or an answer that comes whole.

    Args:
        text: new text of the reply.
        thinking: whether it holds reasoning, which is not part of the reply.
        reason: why the reply ended, in the service's word; empty before its end.
        usage: what the call cost, in one event of the stream at most.
    """

    text: str = ""
    thinking: bool = False
    reason: str = ""
    usage: Usage | None = None


class StreamedReply:
    """Collects the pieces of a reply and passes its text on.

    A `<think>…</think>` at the start of the reply, as reasoning models write it, is left out, with the blank
    space around it.

    Args:
        on_text: gets each new part of the text.
        stop: texts that end the reply, for services that do not look for them themselves.
    """

    def __init__(self, on_text: Callable[[str], None] | None = None, stop: Sequence[str] = ()) -> None:
        self._on_text = on_text
        self._stop = tuple(text for text in stop if text)
        self.usage: Usage | None = None
        self.begin()

    def begin(self) -> None:
        """Start over, for the next attempt."""
        self._started = time.perf_counter()
        self._first: float | None = None
        self._pieces = 0
        self._waiting = ""
        self._phase = "opening"
        self._stopped = False
        self._parts: list[str] = []
        self.usage = None

    @property
    def text(self) -> str:
        """The reply so far."""
        return "".join(self._parts)

    @property
    def shown(self) -> bool:
        """Whether a part of the reply went to `on_text`, and cannot be taken back."""
        return self._on_text is not None and bool(self._parts)

    def tick(self) -> None:
        """Count a piece that holds no text of the reply, such as reasoning."""
        self._first = self._first or time.perf_counter()
        self._pieces += 1

    def add(self, piece: str) -> bool:
        """Take the next piece.

        Args:
            piece: as it was generated.

        Returns:
            Whether the reply goes on; False once a stop text has ended it.
        """
        if piece:
            self.tick()
            self._waiting += encodable(piece)
            self._advance(last=False)
        return not self._stopped

    def take(self, pieces: Iterable[Piece]) -> str | None:
        """Take pieces until their end, or until a stop text.

        Returns:
            The service's reason for the end; None when a stop text was the end.
        """
        reason = ""
        for piece in pieces:
            self.usage = piece.usage or self.usage
            reason = piece.reason or reason
            if piece.text:
                if not self.add(piece.text):
                    return None
            elif piece.thinking:
                self.tick()
        self.end()
        return reason

    def end(self) -> None:
        """The stream has ended: what was held back until it could be told apart is text after all."""
        self._advance(last=True)

    def completion(self, finish: Finish) -> Completion:
        """The reply as a value.

        Usage is what the service reported (in `usage`); without a report, as after an interruption,
        `generated_tokens` counts the pieces that arrived, each of which holds at least one token.
        """
        now = time.perf_counter()
        first = self._first or now
        told = self.usage or Usage(generated_tokens=self._pieces)
        return Completion(
            text=self.text,
            finish=finish,
            usage=Usage(
                prompt_tokens=told.prompt_tokens,
                cached_tokens=told.cached_tokens,
                generated_tokens=told.generated_tokens,
                prefill_seconds=first - self._started,
                decode_seconds=now - first,
            ),
        )

    def _advance(self, *, last: bool) -> None:
        if self._phase == "opening":
            self._open(last)
        if self._phase == "thinking":
            _, thought, rest = self._waiting.partition(_THOUGHT)
            # Only a possible beginning of the closing tag has to be kept.
            self._waiting = rest if thought else self._waiting[-len(_THOUGHT) :]
            self._phase = "after" if thought else "thinking"
        if self._phase == "after":
            self._waiting = self._waiting.lstrip()
            self._phase = "reply" if self._waiting else "after"
        if self._phase == "reply":
            self._pass_on(last)

    def _open(self, last: bool) -> None:
        start = self._waiting.lstrip()
        if start.startswith(_THINK):
            self._waiting = start.removeprefix(_THINK)
            self._phase = "thinking"
        elif last or not _THINK.startswith(start):
            self._phase = "reply"

    def _pass_on(self, last: bool) -> None:
        if self._stopped:
            return
        ends = [at for stop in self._stop if (at := self._waiting.find(stop)) >= 0]
        if ends:
            self._stopped = True
            upto = min(ends)
        elif last:
            upto = len(self._waiting)
        else:
            upto = len(self._waiting) - max((_overlap(self._waiting, stop) for stop in self._stop), default=0)
        part, self._waiting = self._waiting[:upto], self._waiting[upto:]
        if part:
            self._parts.append(part)
            if self._on_text is not None:
                self._on_text(part)


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of `text` that begins `stop`."""
    sizes = range(min(len(stop) - 1, len(text)), 0, -1)
    return next((size for size in sizes if text.endswith(stop[:size])), 0)
