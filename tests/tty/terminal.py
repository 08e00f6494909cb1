"""The real program in a real terminal, driven key by key."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pexpect = pytest.importorskip("pexpect", reason="a terminal of this kind is POSIX")

PROMPT = r"\x1b\[0;7m(?!waiting for you)[^\r]*\r"
CURSOR_ASKED = r"\x1b\[6n"


class Terminal:
    """A terminal with the program in it. It tells where its cursor is, as terminals do when asked."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str], columns: int) -> None:
        script = "from assistant.app import main; main()"
        self.child: Any = pexpect.spawn(
            sys.executable,
            ["-c", script, *arguments],
            env=dict(environment),
            encoding="utf-8",
            timeout=60,
            dimensions=(24, columns),
        )

    def see(self, *patterns: str | type) -> str:
        """Wait until one of these is on the screen; returns what came before it, and sets `found`."""
        before = ""
        while (found := self.child.expect([CURSOR_ASKED, *patterns])) == 0:
            before += self.child.before
            self.child.send("\x1b[1;1R")
        self.found = patterns[found - 1]
        return before + self.child.before

    def prompt(self) -> str:
        """Wait until the message prompt takes keys: its status line stands, and no question is open."""
        return self.see(PROMPT)

    def asked(self, label: str) -> str:
        """Wait until a question takes keys, which is seen in the status line."""
        before = self.see(re.escape(label))
        return before + self.see("waiting for you")

    def type(self, keys: str) -> None:
        self.child.send(keys)

    def enter(self, line: str) -> None:
        self.child.send(line + "\r")

    def leave(self) -> None:
        """Ctrl-D; the program ends well."""
        self.child.sendcontrol("d")
        assert self.end() == 0

    def end(self) -> int:
        """Wait until the program ends by itself; returns its exit code."""
        self.see(pexpect.EOF)
        self.child.close()
        assert self.child.signalstatus is None
        return self.child.exitstatus


@contextmanager
def clarify(*arguments: str, columns: int = 100, **environment: str) -> Iterator[Terminal]:
    known = {
        name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS", "LINES"}
    }
    paths = {"PYTHONPATH": str(Path(__file__).parents[2])}
    terminal = Terminal(list(arguments), {**known, "TERM": "xterm-256color", **paths, **environment}, columns)
    try:
        yield terminal
    finally:
        terminal.child.close(force=True)
