"""From tokens' bytes to text that can be shown: whole characters, and nothing of a stop text."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence


class ReplyText:
    """The text of a reply while it grows.

    Args:
        stop: texts that end the reply; they are not part of it.
        emit: gets each new piece that is certain to belong to the reply.
    """

    def __init__(self, stop: Sequence[str] = (), emit: Callable[[str], None] | None = None) -> None:
        self._stop = tuple(filter(None, stop))
        self._emit = emit
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._shown: list[str] = []
        self._held = ""
        self.tokens = 0
        self.stopped = False

    @property
    def text(self) -> str:
        """All of the reply so far, what is held back included."""
        return "".join(self._shown) + self._held

    def add(self, piece: bytes) -> bool:
        """Take the next token's bytes; true once a stop text was found, after which nothing is taken."""
        self.tokens += 1
        self._take(self._decoder.decode(piece))
        return self.stopped

    def close(self) -> None:
        """No more bytes follow: show what was held back, an incomplete character as U+FFFD."""
        self._take(self._decoder.decode(b"", final=True))
        if not self.stopped:
            self._show(len(self._held))

    def _take(self, text: str) -> None:
        if self.stopped:
            return
        self._held += text
        found = [at for stop in self._stop if (at := self._held.find(stop)) >= 0]
        if found:
            self._show(min(found))
            self._held = ""
            self.stopped = True
            return
        self._show(len(self._held) - self._longest_start_of_a_stop())

    def _longest_start_of_a_stop(self) -> int:
        """How many characters at the end could be the beginning of a stop text."""
        longest = max(map(len, self._stop), default=1) - 1
        for length in range(min(longest, len(self._held)), 0, -1):
            if any(stop.startswith(self._held[-length:]) for stop in self._stop):
                return length
        return 0

    def _show(self, length: int) -> None:
        piece, self._held = self._held[:length], self._held[length:]
        if piece:
            self._shown.append(piece)
            if self._emit is not None:
                self._emit(piece)
