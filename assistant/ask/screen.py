"""What `clarify ask` shows: data on stdout, progress and hints on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from assistant.ask.report import SpecReport
from assistant.chat.colours import code_lines
from assistant.decision.outcome import Ask
from assistant.specs.spec import Spec
from models.backends.base import Completion
from models.console import clean, err, out
from models.reply import Answer, render_questions

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

Dialog = Callable[[Spec, Ask], tuple[Answer, ...] | None]


class AskScreen:
    """The terminal of one call; without one it prints the same data and never waits.

    Args:
        quiet: `--json` is given, so stdout belongs to the document.
    """

    dialog: Dialog | None = None
    """Takes answers in a terminal; None where nothing may be asked."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._status: Status | None = None

    @contextmanager
    def busy(self, what: str) -> Iterator[Callable[[str], None]]:
        """A spinner on stderr while something takes time; yields a sink that counts streamed tokens."""
        pieces = 0

        def on_text(_piece: str) -> None:
            nonlocal pieces
            pieces += 1
            if self._status is not None:
                self._status.update(f"{what} · {pieces} tokens")

        with err().status(what) as self._status:
            try:
                yield on_text
            finally:
                self._status = None

    def note(self, text: str) -> None:
        """A hint on stderr."""
        _line(err(), f"note: {clean(text)}", "dim")

    def answers(self, spec: Spec, asked: Ask) -> tuple[Answer, ...] | None:
        """The user's answers; None where nobody can be asked."""
        if self.dialog is None:
            return None
        if self._status is not None:
            self._status.stop()
        try:
            return self.dialog(spec, asked)
        finally:
            if self._status is not None:
                self._status.start()

    def report(self, spec: Spec, report: SpecReport) -> None:
        """One spec's decision, with its questions or its code."""
        if self._status is not None:
            self._status.stop()
        label = f"{spec.place} {spec.name}" if spec.file else spec.name
        if report.error:
            click.echo(f"error: {clean(report.error)}", err=True)
            return
        if self._quiet:
            return
        p_ask = "" if report.p_ask is None else f" (p_ask {report.p_ask:.2f})"
        # Beside a lone request's code or questions its heading is not data: stdout is then fit for a pipe.
        aside = spec.file is None and (report.code is not None or report.questions)
        _line(err() if aside else out(), f"{label}: {report.decision}{p_ask}", "bold")
        if report.questions:
            _line(out(), clean(render_questions(report.questions)))
        if report.code is not None:
            self._code(report.code, report.language or "text")
        for assumption in report.assumptions:
            _line(err(), f"assumption: {clean(assumption)}", "yellow")

    def diff(self, text: str) -> None:
        """A unified diff, coloured in a terminal."""
        if not self._quiet:
            self._code(text, "diff")

    def partial(self, completion: Completion) -> None:
        """What there was of a reply when it was stopped."""
        _line(err(), clean(completion.text))

    def confirm(self, question: str) -> bool:
        """A yes or no, no by default and at the end of input. Ctrl-C ends the program."""
        err().print(f"{question} [y/N] ", end="", style="bold", soft_wrap=True)
        try:
            return input().strip().lower() in {"y", "yes"}
        except EOFError:
            return False
        except KeyboardInterrupt:
            err().print()
            raise

    def _code(self, code: str, language: str) -> None:
        text = clean(code)
        if not out().is_terminal:
            sys.stdout.write(text if text.endswith("\n") else text + "\n")
            return
        for line in code_lines(text.rstrip("\n"), language):
            out().print(line, soft_wrap=True)


def has_terminal() -> bool:
    """Whether somebody is there to answer."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _line(console: Console, text: str, style: str = "") -> None:
    """Print wrapped at words in a terminal, and as it is where a program reads it."""
    console.print(text, style=style or None, soft_wrap=not console.is_terminal)
