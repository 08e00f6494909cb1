"""The figures of one document for a terminal: overall and by category, as per cent with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.schema import Document, Figures

if TYPE_CHECKING:
    from rich.console import Group

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
    "communication_at_5_percent_false_asks": "communication at 5% false asks",
    "ask_f1": "Ask-F1",
    "key_question_coverage": "key question coverage",
    "distinct_questions": "distinct questions",
}
_NUMBERS = {
    "questions_per_ask": "questions per ask",
    "tokens_per_task": "tokens per task",
    "seconds_per_task": "seconds per task",
}


def as_table(document: Document) -> Group:
    """A column for the whole and one for each category; notes below."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    columns: dict[str, Figures] = {"overall": document.overall, **document.by_category}
    table = Table(title=f"judge: {document.judge}; per cent, overall with 95% intervals")
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    table.add_row("rows", *(str(figures.rows) for figures in columns.values()))
    for field, label in (_SHARES | _NUMBERS).items():
        cells = [_cell(figures, field, name == "overall") for name, figures in columns.items()]
        if any(cells):
            table.add_row(label, *cells)
    return Group(table, *(Text(note, style="dim") for note in document.notes))


def _cell(figures: Figures, field: str, with_interval: bool) -> str:
    value: float | None = getattr(figures, field)
    if value is None:
        return ""
    if field in _NUMBERS:
        return f"{value:.1f}"
    text = f"{100 * value:.1f}"
    found = figures.intervals.get(field)
    if with_interval and found and found.low is not None and found.high is not None:
        return f"{text} [{100 * found.low:.1f}, {100 * found.high:.1f}]"
    return text
