"""How a run tells of itself on stderr: a bar in a terminal, a line of JSON a step elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True)
class StepReport:
    """A step that was done.

    Args:
        step: its number, from 1.
        steps: of the run.
        loss: of the step, in nats, weighted as the recipe says.
        learning_rate: of the step.
        grad_norm: length of the gradient before it was cut.
        tokens: of the step's samples.
        seconds: that it took.
        tokens_per_second: since this process started, steps alone.
        seconds_left: to the last step, at that rate.
    """

    step: int
    steps: int
    loss: float
    learning_rate: float
    grad_norm: float
    tokens: int
    seconds: float
    tokens_per_second: float
    seconds_left: float


class Progress(Protocol):
    """Where a run tells of itself."""

    def note(self, line: str) -> None:
        """Say something between steps."""

    def step(self, report: StepReport) -> None:
        """Say that a step was done."""


class Silent:
    """Tells nothing."""

    def note(self, line: str) -> None:
        """A remark that nobody hears."""

    def step(self, report: StepReport) -> None:
        """A step that nobody sees."""


class Lines:
    """Tells a line of JSON a step, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def note(self, line: str) -> None:
        """A line of JSON, too."""
        self._write({"note": line})

    def step(self, report: StepReport) -> None:
        """All numbers of the step, with four or five digits."""
        values = asdict(report)
        self._write({name: float(f"{x:.5g}") if isinstance(x, float) else x for name, x in values.items()})

    def _write(self, record: dict[str, object]) -> None:
        self._console.out(json.dumps(record, ensure_ascii=False), highlight=False)


@contextmanager
def on_stderr() -> Iterator[Progress]:
    """The progress that suits where stderr goes."""
    from models.console import err

    console = err()
    if not console.is_terminal or console.is_dumb_terminal:
        yield Lines(console)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}", markup=False),
    )
    with Bars(*columns, console=console, transient=True) as bars:
        task = bars.add_task("", total=None, told="")

        class _Drawn:
            def note(self, line: str) -> None:
                console.print(line, soft_wrap=True)

            def step(self, report: StepReport) -> None:
                told = (
                    f"loss {report.loss:.3f}  {report.tokens_per_second:.0f} tokens/s  "
                    f"{duration(report.seconds_left)} left"
                )
                bars.update(task, total=report.steps, completed=report.step, told=told)

        yield _Drawn()


def duration(seconds: float) -> str:
    """A time for people: `2 h 05 min`, `3 min 20 s`, `12 s`."""
    whole = max(0, round(seconds))
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 60} min {whole % 60:02} s" if whole >= 60 else f"{whole} s"
