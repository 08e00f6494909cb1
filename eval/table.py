"""The figures of one document for a terminal: overall with intervals, and by category."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.schema import Document, Estimate, Figures

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

# In this order; a line that no column has a figure for is left out.
_SHARES = {
    "communication_rate": "communication rate",
    "good_question_rate": "good question rate",
    "good_only_rate": "good questions only",
    "pass_at_1": "pass@1",
    "test_pass_rate": "test pass rate",
    "pass_at_1_unclarified": "pass@1 without asking",
    "false_ask_rate": "false-ask rate",
    "auroc": "AUROC of p_ask",
    "average_precision": "average precision",
    "ece": "calibration error",
    "communication_at_5_percent_false_asks": "communication at 5% false",
    "ask_f1": "Ask-F1",
    "key_question_coverage": "key question coverage",
    "distinct_questions": "distinct questions",
}
_SHORT = {"original": "orig."}
_NUMBERS = {
    "questions_per_ask": "questions per ask",
    "tokens_per_task": "tokens per task",
    "seconds_per_task": "seconds per task",
}


def as_table(document: Document) -> Group:
    """The whole with its intervals, then a column for each category; notes below."""
    from rich.console import Group
    from rich.text import Text

    title = Text(f"judge: {document.judge}; shares in per cent", style="bold")
    notes = (Text(note, style="dim") for note in document.notes)
    return Group(title, _overall(document.overall), _by_category(document.by_category), *notes)


def _overall(figures: Figures) -> Table:
    table = _empty("overall", "95% interval", "rows")
    for field, label in (_SHARES | _NUMBERS).items():
        if text := _text(figures, field):
            found = figures.intervals.get(field)
            rows = str(found.n) if found else str(figures.rows)
            table.add_row(label, text, _interval(found, field) if found else "", rows)
    return table


def _by_category(by_category: dict[str, Figures]) -> Table:
    table = _empty(*(_SHORT.get(name, name) for name in by_category))
    table.add_row("rows", *(str(figures.rows) for figures in by_category.values()))
    for field, label in (_SHARES | _NUMBERS).items():
        cells = [_text(figures, field) for figures in by_category.values()]
        if any(cells):
            table.add_row(label, *cells)
    return table


def _empty(*columns: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _text(figures: Figures, field: str) -> str:
    value: float | None = getattr(figures, field)
    return "" if value is None else _number(value, field)


def _interval(found: Estimate, field: str) -> str:
    if found.low is None or found.high is None:
        return ""
    return f"{_number(found.low, field)} to {_number(found.high, field)}"


def _number(value: float, field: str) -> str:
    return f"{value:.1f}" if field in _NUMBERS else f"{100 * value:.1f}"
