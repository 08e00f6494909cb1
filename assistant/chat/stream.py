"""A reply on the terminal while it comes: the growing line plain, each finished line once, with colours.

Nothing but the line being written is ever erased, and only while it fits one row, so that no scrolling,
wrapping or resizing can make it flicker or destroy what stands above. A list of questions is not shown here,
since the questions are put one by one; a count of its tokens stands in for it.
"""

from __future__ import annotations

import re
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from assistant.chat.colours import code_lines, prose
from models.console import clean
from models.reply import FENCE_OPENER

_ERASE_LINE = "\r\x1b[2K"
_FENCE = re.compile(r"^ {0,3}(`{3,})[ \t]*([^`\s]*)[^`]*$")
_MAYBE_FENCE = re.compile(r"^ {0,3}`{0,2}$|^ {0,3}`{3,}[^`]*$")
_ITEM = re.compile(r"^ {0,3}\d{1,3}[.)]([ \t]|$)")
_MAYBE_ITEM = re.compile(r"^ {0,3}\d{0,3}$")

Form = Literal["start", "prose", "code", "list"]


class ReplyStream:
    """Shows one reply.

    Args:
        console: where to.
        waiting: shown until the first token, where the terminal can take it back.

    Attributes:
        text: what came so far, as it came.
        shown_code: the code that was shown, without its fences.
    """

    def __init__(self, console: Console, waiting: str = "") -> None:
        self.text = ""
        self.shown_code = ""
        self._console = console
        self._can_erase = console.is_terminal and not console.is_dumb_terminal
        self._form: Form = "start"
        self._line = ""  # cleaned, not yet finished
        self._echoed = 0  # characters of it that are on the screen
        self._code = ""
        self._language = ""
        self._fence = ""
        self._pieces = 0
        self._waits = False
        if waiting:
            self._wait(waiting)

    def feed(self, piece: str) -> None:
        """Take the next piece of the reply."""
        self.text += piece
        self._pieces += 1
        if self._form == "list" and piece.startswith(FENCE_OPENER):
            self._finish()  # a reply that is started anew as code, after its questions were of no use
        for number, part in enumerate(clean(piece).split("\n")):
            if number:
                self._finish()
            self._line += part
        self._grow()

    def close(self) -> None:
        """The reply is over, or was stopped."""
        if self._line:
            self._finish()
        self._stop_waiting()
        self._console.file.flush()

    def _grow(self) -> None:
        """Show what is new of the growing line, unless it may still turn out not to be for showing."""
        if self._form in {"start", "prose"}:
            if _ITEM.match(self._line):
                self._form = "list"
            if _MAYBE_FENCE.match(self._line) or _MAYBE_ITEM.match(self._line):
                return
        if self._form == "list":
            self._wait(f"writing questions · {self._pieces} tokens")
            return
        if self._form == "code" and _closes(self._line, self._fence, partly=True):
            return
        self._form = "prose" if self._form == "start" else self._form
        visible = self._line.expandtabs(4)
        if self._form == "code" and self._can_erase:
            # The rest of a longer line comes with its colours: a wrapped one could not be taken back.
            visible = _head(visible, self._console.width - 1)
        if len(visible) > self._echoed:
            self._stop_waiting()
            self._console.file.write(visible[self._echoed :])
            self._console.file.flush()
            self._echoed = len(visible)

    def _finish(self) -> None:
        """The line is complete."""
        line, self._line = self._line, ""
        opened = _FENCE.match(line)
        if self._form == "code":
            if _closes(line, self._fence):
                self._form = "prose"
            else:
                self._code += line + "\n"
                self.shown_code = self._code
                self._settle(line, code_lines(self._code, self._language)[-2])
        elif opened:
            self._form, self._fence, self._language = "code", opened[1], opened[2].lower()
            self._code = ""
        elif self._form == "list" or _ITEM.match(line):
            self._form = "list"
        elif line or self._form == "prose":
            self._form = "prose"
            self._settle(line, prose(line))
        self._echoed = 0

    def _settle(self, plain: str, styled: Text) -> None:
        """Put the finished line in place of the growing one."""
        self._stop_waiting()
        width = cell_len(plain.expandtabs(4))
        fits = width < self._console.width or self._form == "code"
        if self._can_erase and fits:
            if self._echoed:
                self._console.file.write(_ERASE_LINE)
            self._console.print(styled, soft_wrap=True)
        else:
            self._console.file.write(plain.expandtabs(4)[self._echoed :] + "\n")

    def _wait(self, text: str) -> None:
        """Say what is going on, in a line that goes again."""
        if self._can_erase:
            self._console.file.write(_ERASE_LINE)
            self._console.print(Text(_head(text, self._console.width - 1), style="dim"), end="")
            self._console.file.flush()
            self._waits = True

    def _stop_waiting(self) -> None:
        if self._waits:
            self._console.file.write(_ERASE_LINE)
            self._waits = False


def _closes(line: str, fence: str, *, partly: bool = False) -> bool:
    """Whether a line closes a fence, or may still come to."""
    mark = line.strip()
    if partly:
        return set(mark) <= {"`"} and line[:4] != "    "
    return len(mark) >= len(fence) and set(mark) == {"`"}


def _head(text: str, cells: int) -> str:
    """The start of a text, at most so many cells wide."""
    if cell_len(text) <= cells:
        return text
    end = len(text)
    while end and cell_len(text[:end]) > cells:
        end -= 1
    return text[:end]
