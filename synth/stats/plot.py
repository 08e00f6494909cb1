"""Plots entropy and perplexity of requests and replies by type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import UserError
from synth.stats.report import ALL_UNCLEAR, Table, Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOWEST, _HIGHEST = 5, 95  # percentiles at the whiskers' ends


def plot(table: Table, path: Path) -> None:
    """Draw boxes over the single texts: median, quartiles, and whiskers from the 5th to the 95th percentile.

    Args:
        table: of `measure`.
        path: the picture; its ending says the format: .png, .svg, .pdf.

    Raises:
        UserError: matplotlib is missing, does not know the format, or the file cannot be written.
    """
    try:
        import matplotlib
    except ModuleNotFoundError as error:
        raise UserError(
            "matplotlib is not installed", do="run `pip install 'clarifycoder[synth]'`"
        ) from error
    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    rows = [name for name in sorted(table) if name != ALL_UNCLEAR]
    measured = any(texts.perplexity for row in rows for texts in table[row])
    figure = Figure(figsize=(11, (5 if measured else 2.6) + 0.25 * len(rows)), layout="constrained")
    axes = figure.subplots(2 if measured else 1, 2, sharey=True, squeeze=False)
    _panels(axes[0], rows, table, "entropy of words, nats", lambda texts: texts.entropy)
    if measured:
        _panels(axes[1], rows, table, "perplexity", lambda texts: texts.perplexity)
        for one in axes[1]:
            one.set_xscale("log")
    axes[0][0].invert_yaxis()  # all panels share it
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise UserError(f"cannot draw: {error}", where=str(path)) from error


def _panels(
    axes: Sequence[Axes], rows: Sequence[str], table: Table, name: str, of: Callable[[Texts], list[float]]
) -> None:
    for column, (one, what) in enumerate(zip(axes, ("problems", "answers"), strict=True)):
        values = [of(table[row][column]) for row in rows]
        one.boxplot(
            values, orientation="horizontal", tick_labels=rows, whis=(_LOWEST, _HIGHEST), showfliers=False
        )
        one.set_title(what)
        one.set_xlabel(name)
