"""The check of a judge for a terminal: agreement by file, and the confusions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.judges.agreement import Agreement, Check, Report

if TYPE_CHECKING:
    from rich.console import Group


def as_table(report: Report) -> Group:
    """A row for each file and question; below, the confusions that the kappas are from."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    checks = [*report.checks, *([report.overall] if report.overall else [])]
    first = checks[0]
    about = f"{first.judge} against {first.labelled}, {report.benchmark}, {first.split} tasks"
    table = Table(title=about, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("", "", "rows", "kappa [95%]", "agree", "constant", "confusion"):
        table.add_column(name, justify="left" if name in {"", "confusion"} else "right")
    for check in checks:
        table.add_row(check.file.removesuffix(".jsonl"), "asks", *_cells(check.communication))
        table.add_row("", "quality", *_cells(check.quality), end_section=True)
    notes = [
        "quality: between fair (1) and good (2), on the rows that both say ask",
        "constant: a judge that always gives the commonest label; its kappa is 0",
        "confusion: a row for each label, a column for each verdict, in rising order",
        *_ungraded(checks),
    ]
    return Group(table, *(Text(note, style="dim") for note in notes))


def _cells(one: Agreement) -> list[str]:
    kappa = "-" if one.kappa is None else f"{one.kappa:.2f}"
    if one.kappa_low is not None and one.kappa_high is not None:
        kappa += f" [{one.kappa_low:.2f}, {one.kappa_high:.2f}]"
    shares = ["-" if share is None else f"{100 * share:.0f}%" for share in (one.observed, one.constant)]
    counts = " / ".join(" ".join(map(str, row)) for row in one.confusion)
    return [str(one.rows), kappa, *shares, counts]


def _ungraded(checks: list[Check]) -> list[str]:
    return [f"{check.file}: {check.ungraded} rows ungraded" for check in checks if check.ungraded]
