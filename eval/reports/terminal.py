"""A report for a terminal: its tables, and the figures' numbers as tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.reports.grid import Block, Cell, Table
from models.console import clean

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table as RichTable
    from rich.text import Text

    from eval.reports.report import Report


def shown(report: Report) -> RenderableType:
    """All tables, then the figures' numbers."""
    from rich.console import Group

    found = [*report.tables, *(drawing.table for drawing in report.drawings)]
    return Group(*(part for table in found for part in as_table(table)))


def as_table(table: Table) -> Iterator[RenderableType]:
    """A table: its title, a table for each block, its notes."""
    from rich.text import Text

    yield Text(table.title, style="bold underline")
    for block in table.blocks:
        yield Text(clean(block.heading), style="italic")
        yield _Block(block)
    for note in table.notes:
        yield Text(clean(note), style="dim")
    yield Text("")


@dataclass(frozen=True, slots=True)
class _Block:
    """A block; with columns for its rows where it would not fit otherwise."""

    block: Block

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        grid = _grid(self.block)
        few = len(self.block.rows) < len(self.block.columns) and not self.block.grouped
        if few and console.measure(grid, options=options.update(max_width=1000)).maximum > options.max_width:
            grid = _turned(self.block)
        yield grid


def _grid(block: Block) -> RichTable:
    from rich.text import Text

    grid = _empty()
    if block.grouped:
        grid.add_column("")
    grid.add_column("", overflow="fold")
    for column in block.columns:
        grid.add_column(column, justify="right")
    last = ""
    for row in block.rows:
        group = row.group if row.group != last else ""
        if group and last:
            grid.add_section()
        last = row.group
        start = [Text(clean(group))] if block.grouped else []
        grid.add_row(*start, Text(clean(row.name)), *(_cell(cell) for cell in row.cells))
    return grid


def _turned(block: Block) -> RichTable:
    from rich.text import Text

    grid = _empty()
    grid.add_column("")
    for row in block.rows:
        grid.add_column(Text(clean(row.name)), justify="right", overflow="fold")
    for place, column in enumerate(block.columns):
        grid.add_row(column, *(_cell(row.cells[place]) for row in block.rows))
    return grid


def _empty() -> RichTable:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))


def _cell(cell: Cell) -> Text:
    from rich.text import Text

    text = Text(clean(cell.text))
    if cell.interval:
        text.append(f"\n{cell.interval}", style="dim")
    return text
