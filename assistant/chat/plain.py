"""The chat without a terminal: requests are lines of stdin, replies go to stdout, and nothing is asked.

A line is one request or one /command; one that ends in a backslash or opens a fence goes on in the next. A
blank line outside a fence is nothing. What is not a reply goes to stderr.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from assistant.chat.continuation import goes_on, next_line
from assistant.chat.interface import Position, Status
from models.console import clean
from models.errors import UserError
from models.reply import Question, render_code, render_questions


class PlainScreen:
    """A chat's screen on three streams.

    Args:
        source: requests and commands.
        out: replies, questions and diffs.
        err: all else.
    """

    interactive = False

    def __init__(self, source: TextIO, out: TextIO, err: TextIO) -> None:
        self._source = source
        self._out = out
        self._err = err

    def read(self, status: Status) -> str:
        """The next request or command.

        Raises:
            EOFError: the input is over.
            UserError: it is not UTF-8.
        """
        text = ""
        while True:
            line = self._line()
            if not line:
                break
            text += line.rstrip("\r\n")
            if goes_on(text):
                text = next_line(text)
            elif text.strip():
                return text
            else:
                text = ""
        if text.strip():
            return text
        raise EOFError

    def answer(self, position: Position, status: Status) -> str | None:
        """Nobody is there."""
        raise EOFError

    def confirm(self, question: str) -> bool:
        """Nobody is there to say yes.

        Raises:
            UserError: always.
        """
        raise UserError(f"{question} nobody is there to say yes", do="do it in a terminal")

    @contextmanager
    def reply(self) -> Iterator[Callable[[str], None]]:
        """A reply is printed when it is whole."""
        yield lambda piece: None

    def code(self, code: str, language: str) -> None:
        """A fenced block."""
        self._print(render_code(code, language))

    def questions(self, questions: Sequence[Question]) -> None:
        """A numbered list."""
        self._print(render_questions(tuple(questions)))

    def diff(self, text: str) -> None:
        """A unified diff."""
        self._print(text.rstrip("\n"))

    def say(self, text: str) -> None:
        """What a command has to tell."""
        self._print(text)

    def note(self, text: str) -> None:
        """A remark on stderr."""
        print(clean(text), file=self._err, flush=True)

    def error(self, line: str) -> None:
        """What went wrong, on stderr."""
        print(f"error: {clean(line)}", file=self._err, flush=True)

    def copy(self, text: str) -> str:
        """There is no clipboard.

        Raises:
            UserError: always.
        """
        raise UserError("there is no clipboard without a terminal", do="redirect the output")

    def _line(self) -> str:
        try:
            return self._source.readline()
        except UnicodeDecodeError as error:
            raise UserError(f"the input is not UTF-8 (byte {error.start})", do="convert it") from error

    def _print(self, text: str) -> None:
        print(clean(text), file=self._out, flush=True)
