"""The statistics as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from synth.stats.report import Measured, Stats

if TYPE_CHECKING:
    from rich.console import RenderableType

PAPER = {"problems": (26.10, 4.06), "answers": (17.64, 3.47)}
"""Perplexity, under GPT-2, and entropy in the paper's table 6."""


def shown(stats: Stats) -> RenderableType:
    """Counts, then table 6."""
    from rich.console import Group
    from rich.text import Text

    head = (
        f"{stats.samples} samples of {stats.problems} problems in {stats.groups} groups; "
        f"{stats.clear_share:.1%} clear"
    )
    tables = [
        counts(name, getattr(stats, name), "samples")
        for name in ("types", "shapes", "changes", "sources", "licences")
    ]
    return Group(Text(head), *tables, _table6(stats))


def counts(name: str, numbers: Mapping[str, int], of: str) -> RenderableType:
    """A table of counts, the largest first.

    Args:
        name: what the keys are.
        numbers: by key.
        of: what is counted.
    """
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(name)
    table.add_column(of, justify="right")
    for key, count in sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0])):
        table.add_row(key, str(count))
    return table


def _table6(stats: Stats) -> RenderableType:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title="Table 6: means over texts", title_justify="left")
    table.add_column("type")
    for column in ("problems", "answers"):
        for what in ("texts", "words", "entropy", "perplexity"):
            table.add_column(f"{column}\n{what}", justify="right")
    for name, row in stats.table6.items():
        table.add_row(name, *_cells(row.problems), *_cells(row.answers))
    paper = [cell for perplexity, entropy in PAPER.values() for cell in ("", "", entropy, perplexity)]
    table.add_row("(the paper, GPT-2)", *(f"{cell:.2f}" if cell else "" for cell in paper))
    if stats.model:
        texts = max(row.problems.perplexity_texts for row in stats.table6.values())
        table.caption = f"perplexity under {stats.model}, of at most {texts} samples of a row"
    return table


def _cells(measured: Measured) -> tuple[str, str, str, str]:
    perplexity = "-" if measured.perplexity is None else f"{measured.perplexity:.2f}"
    return str(measured.texts), f"{measured.words:.1f}", f"{measured.entropy:.2f}", perplexity
