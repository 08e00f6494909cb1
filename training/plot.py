"""Draws the loss of a run over its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.files import replacing

_SMOOTH = 0.9


def plot(steps: Sequence[Mapping[str, Any]], held_out: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the loss of each step, its moving average, and the loss on held-out samples.

    Args:
        steps: records of the run's metrics, by step.
        held_out: the same of evaluations.
        path: a .png.

    Raises:
        UserError: the file cannot be written.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    numbers, losses = [one["step"] for one in steps], [one["loss"] for one in steps]
    axes.plot(numbers, losses, linewidth=0.6, alpha=0.4, color="C0", label="step")
    axes.plot(numbers, _smoothed(losses), color="C0", label="moving average")
    if held_out:
        axes.plot(
            [one["step"] for one in held_out],
            [one["loss"] for one in held_out],
            marker="o",
            color="C1",
            label="held out",
        )
    axes.set_xlabel("step")
    axes.set_ylabel("loss, nats")
    axes.set_ylim(bottom=0)
    axes.legend()
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png")


def _smoothed(values: Sequence[float]) -> list[float]:
    """An exponential average that starts unbiased."""
    smoothed: list[float] = []
    total = mass = 0.0
    for value in values:
        total, mass = _SMOOTH * total + value, _SMOOTH * mass + 1
        smoothed.append(total / mass)
    return smoothed
