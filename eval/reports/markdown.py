"""A report as Markdown: tables, and the figures' numbers as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.reports.grid import Block, Cell, Row, Table
from eval.reports.report import Report
from models.console import clean

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def markdown(report: Report) -> str:
    """The whole text."""
    lines = [f"# {report.title}", ""]
    for table in report.tables:
        lines += _table(table, "##")
    if report.drawings:
        lines += ["## Figures, as numbers", ""]
    for drawing in report.drawings:
        lines += _table(Table(drawing.title, drawing.table.blocks, drawing.table.notes), "###")
    return "\n".join(lines)


def _table(table: Table, level: str) -> Iterator[str]:
    yield from (f"{level} {_escaped(table.title)}", "")
    for block in table.blocks:
        yield from (f"**{_escaped(block.heading)}**", "")
        yield from _block(block)
        yield ""
    for note in table.notes:
        yield from (_escaped(note), "")


def _block(block: Block) -> Iterator[str]:
    heads = [*(["group"] if block.grouped else []), "", *block.columns]
    yield _line([_escaped(head) for head in heads])
    yield _line([":--" if head in {"", "group"} else "--:" for head in heads])
    for row in block.rows:
        yield _line([*([_escaped(row.group)] if block.grouped else []), _escaped(row.name), *_cells(row)])


def _cells(row: Row) -> Iterator[str]:
    yield from (_cell(cell) for cell in row.cells)


def _cell(cell: Cell) -> str:
    return _escaped(f"{cell.text} ({cell.interval})" if cell.interval else cell.text)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    """On one line, as it is, not as Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(clean(text).split()))
