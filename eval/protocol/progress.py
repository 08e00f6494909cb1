"""How far a run is, on stderr: a bar on a terminal, else a line now and then; both with the time left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

EVERY_SECONDS = 60.0


@dataclass(slots=True)
class Pace:
    """Counts rows, and says when to speak where there is no bar.

    Args:
        total: rows to be done now.
        clock: seconds; tests bring their own.
    """

    total: int
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    _started: float = field(init=False)
    _spoke: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self._spoke = self.clock()

    def advance(self) -> str | None:
        """One more row is done; a line, if it is time for one."""
        self.done += 1
        now = self.clock()
        if self.done < self.total and now - self._spoke < EVERY_SECONDS:
            return None
        self._spoke = now
        spent = now - self._started
        left = spent / self.done * (self.total - self.done)
        return f"{self.done} of {self.total} rows, {_span(spent)} spent, about {_span(left)} left"


@contextmanager
def on_stderr(total: int, before: int) -> Iterator[Callable[[], None]]:
    """Show progress while the block runs; what it yields is called after each row.

    Args:
        total: rows of the run.
        before: those that were done before.
    """
    from models.console import err

    console = err()
    if not console.is_terminal:
        pace = Pace(total - before)

        def say() -> None:
            if line := pace.advance():
                console.print(line, soft_wrap=True)

        yield say
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=total, completed=before)
        yield lambda: progress.advance(task)


def _span(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
