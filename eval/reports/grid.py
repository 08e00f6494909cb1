"""Tables as data, which terminal, Markdown and page write each in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from eval.reports.basis import Basis, common
from eval.schema import Estimate

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell.

    Args:
        text: what stands in it.
        interval: a 95% interval, as text; empty where there is none.
    """

    text: str
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: whose, on what its figures rest, and one cell for each column of its block.

    Args:
        name: of the system or the model.
        basis: of all its cells; None for figures that are of no benchmark.
        cells: one for each column.
        group: rows of one group stand together under its name; empty in a table without groups.
    """

    name: str
    basis: Basis | None
    cells: tuple[Cell, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Columns over rows of one basis. Build it with `blocks`, which sees to that.

    Args:
        heading: names the basis, or says what the rows are.
        columns: heads of the cells' columns.
        rows: in the order in which they are shown.
    """

    heading: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        """See that all rows rest on one basis.

        Raises:
            NotComparable: two of them do not.
        """
        if bases := [row.basis for row in self.rows if row.basis is not None]:
            common(bases)

    @property
    def grouped(self) -> bool:
        """Whether the rows stand in groups."""
        return any(row.group for row in self.rows)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: blocks that stand beside one another and share no column.

    Args:
        title: of the table.
        blocks: in the order in which they are shown.
        notes: what a reader must know.
        key: names it in a page's address.
    """

    title: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()
    key: str = ""


def blocks(columns: Sequence[str], rows: Iterable[Row], *, only_known: bool = False) -> tuple[Block, ...]:
    """A block for each basis among the rows, in the order in which they come up.

    Args:
        columns: heads.
        rows: with a cell for each column.
        only_known: leave out a block's columns that are empty throughout.
    """
    by_basis: dict[Basis | None, list[Row]] = {}
    for row in rows:
        by_basis.setdefault(row.basis, []).append(row)
    found = [Block(str(basis or ""), tuple(columns), tuple(members)) for basis, members in by_basis.items()]
    return tuple(filter(lambda block: block.columns, map(_known, found)) if only_known else found)


def _known(block: Block) -> Block:
    """The block without columns in which no row has anything."""
    places = [
        place
        for place in range(len(block.columns))
        if any(row.cells[place].text != NOTHING for row in block.rows)
    ]
    return Block(
        block.heading,
        tuple(block.columns[place] for place in places),
        tuple(replace(row, cells=tuple(row.cells[place] for place in places)) for row in block.rows),
    )


def percent(value: float | None, estimate: Estimate | None = None) -> Cell:
    """A fraction in per cent, as the paper prints them, with its interval where there is one."""
    if value is None:
        return Cell(NOTHING)
    if estimate is None or estimate.low is None or estimate.high is None:
        return Cell(f"{100 * value:.2f}")
    return Cell(f"{100 * value:.2f}", f"{100 * estimate.low:.1f}–{100 * estimate.high:.1f}")


def number(value: float | None, digits: int = 2) -> Cell:
    """A number that is no fraction."""
    return Cell(NOTHING if value is None else f"{value:,.{digits}f}")
