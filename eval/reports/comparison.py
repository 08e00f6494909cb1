"""A comparison of two runs as tables."""

from __future__ import annotations

from collections.abc import Iterator

from eval.compare import Comparison, Difference
from eval.reports.basis import Basis
from eval.reports.grid import NOTHING, Cell, Row, Table, blocks, percent
from eval.reports.tables import stars
from eval.schema import Estimate

_NOTES = (
    "Differences in points, with 95% intervals by bootstrap over tasks. p: McNemar's exact test with Holm's "
    "correction over the unclear categories: * p < 0.1, ** p <= 0.05, *** p < 0.01.",
)


def as_tables(comparison: Comparison, basis: Basis) -> Iterator[Table]:
    """A table for each figure, with a row for each group of texts; the last has the notes.

    Args:
        comparison: of `eval.compare.compare`.
        basis: of both runs.
    """
    first, second = comparison.names
    figures = list(dict.fromkeys(one.figure for one in comparison.differences))
    for figure in figures:
        found = [one for one in comparison.differences if one.figure == figure]
        tested = any(one.p is not None for one in found)
        columns = ("texts", "A %", "B %", "B less A", *(("only A", "only B", "p") if tested else ()))
        rows = [Row(one.group, basis, _cells(one)[: len(columns)]) for one in found]
        notes = (*_NOTES, *comparison.notes) if figure == figures[-1] else ()
        yield Table(f"{figure}; A: {first}, B: {second}", blocks(columns, rows), notes, figure)


def _cells(one: Difference) -> tuple[Cell, ...]:
    counts = (NOTHING if count is None else str(count) for count in (one.only_first, one.only_second))
    return (
        Cell(str(one.difference.n)),
        percent(one.first),
        percent(one.second),
        Cell(f"{100 * one.difference.value:+.2f}", _interval(one.difference)),
        *(Cell(count) for count in counts),
        Cell(NOTHING if one.p is None else _p(one.p)),
    )


def _p(p: float) -> str:
    return f"< 0.001{stars(p)}" if p < 0.001 else f"{p:.3f}{stars(p)}"


def _interval(of: Estimate) -> str:
    if of.low is None or of.high is None:
        return ""
    return f"{100 * of.low:+.1f} to {100 * of.high:+.1f}"
