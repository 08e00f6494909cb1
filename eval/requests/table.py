"""The figures of decisions about requests, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.requests.figures import in_order

if TYPE_CHECKING:
    from rich.console import Group

    from eval.requests.figures import RequestFigures
    from eval.schema import Estimate


def as_table(figures: RequestFigures) -> Group:
    """A line for each kind of flaw, and what holds for all below."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    table.add_column("unclear requests", no_wrap=True)
    for name in ("number", "AUROC", "above their twin", "asked"):
        table.add_column(name, justify="right")
    for kind in in_order(figures.kinds):
        row = figures.kinds[kind]
        table.add_row(kind, str(row.requests), _number(row.auroc), _share(row.ordered), _share(row.asked))
    model = f"{figures.model}@{figures.adapter}" if figures.adapter else figures.model
    ece = "" if figures.ece is None else f"; calibration error {figures.ece:.3f}"
    effort = "" if figures.effort == "low" else f", effort {figures.effort}"
    notes = (
        f"{figures.clear} clear requests, {figures.pairs} pairs; false asks {_share(figures.false_asks)} "
        f"at {figures.threshold:g}{effort}{ece}",
        f"{model}; {figures.seconds_per_decision:.2f} s a decision (median); intervals of 95% over pairs",
    )
    return Group(table, *(Text(note, style="dim") for note in notes))


def _number(found: Estimate | None) -> str:
    return "" if found is None else f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def _share(found: Estimate | None) -> str:
    return "none" if found is None else f"{found.value:.0%} ({found.low:.0%} to {found.high:.0%})"
