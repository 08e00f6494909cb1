"""How a long step tells of itself: a bar with rate and time left in a terminal, a line per step elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

from models.registry.sizes import readable

if TYPE_CHECKING:
    from rich.console import Console


_ROOM_FOR_A_BAR = 72  # columns; in a narrower terminal the numbers are kept


class Bar(Protocol):
    """One step of known or unknown size."""

    def at(self, done: int) -> None:
        """Say how many bytes are done, those from before the step included."""


class Progress(Protocol):
    """Where steps and remarks are told."""

    def bar(self, label: str, total: int | None, done: int = 0) -> AbstractContextManager[Bar]:
        """Begin a step.

        Args:
            label: what is done, as a participle.
            total: bytes in all; None when not known.
            done: bytes that were done before.
        """

    def note(self, line: str) -> None:
        """Say something between steps."""


class _NoBar:
    def at(self, done: int) -> None:
        pass


class Silent:
    """Tells nothing."""

    @contextmanager
    def bar(self, label: str, total: int | None, done: int = 0) -> Iterator[Bar]:
        """A step that nobody sees."""
        yield _NoBar()

    def note(self, line: str) -> None:
        """A remark that nobody hears."""


class Lines:
    """Tells a line per step, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def bar(self, label: str, total: int | None, done: int = 0) -> Iterator[Bar]:
        """A line at the start of the step."""
        size = f" ({readable(total)}" if total else ""
        have = f", {readable(done)} of it here" if total and done else ""
        self.note(f"{label}{size}{have}{')' if size else ''}")
        yield _NoBar()

    def note(self, line: str) -> None:
        """A line."""
        self._console.print(line, soft_wrap=True)


class Bars:
    """Draws a bar with bytes, rate and time left, which goes when the step is done."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def bar(self, label: str, total: int | None, done: int = 0) -> Iterator[Bar]:
        """A bar."""
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )
        from rich.table import Column

        columns = [
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            BarColumn(),
            DownloadColumn(binary_units=True, table_column=Column(no_wrap=True)),
            TransferSpeedColumn(),
            TimeRemainingColumn(table_column=Column(no_wrap=True)),
        ]
        if self._console.width < _ROOM_FOR_A_BAR:
            del columns[1]
        with Progress(*columns, console=self._console, transient=True) as progress:
            task = progress.add_task(label, total=total, completed=done)

            class _Drawn:
                def at(self, done: int) -> None:
                    progress.update(task, completed=done)

            yield _Drawn()

    def note(self, line: str) -> None:
        """A line."""
        self._console.print(line, soft_wrap=True)


def on_stderr() -> Progress:
    """The progress that suits where stderr goes."""
    from models.console import err

    console = err()
    return Bars(console) if console.is_terminal and not console.is_dumb_terminal else Lines(console)
