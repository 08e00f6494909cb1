"""Writes a report in the form that is asked for, and takes into it what other commands printed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from eval.reports.drawings import figure_5
from eval.reports.report import Report
from eval.reports.table_6 import table_6
from eval.sweep import Sweep, at_ratios
from models.errors import UsageError, UserError
from models.files import write_atomic

Form = Literal["terminal", "markdown", "html"]

_ENDINGS: dict[str, Form] = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html"}


def imported(report: Report, stats: Path | None, sweep: Path | None) -> Report:
    """The report with table 6 and figure 5, where their numbers are given.

    Args:
        report: of runs.
        stats: what `clarify synth stats --json` printed.
        sweep: what `clarify eval sweep --json` printed.

    Raises:
        UserError: a file cannot be read, or holds something else.
    """
    if stats is not None:
        report = report.with_more(tables=[table_6(stats)])
    if sweep is not None:
        try:
            read = Sweep.model_validate_json(sweep.read_bytes())
        except (OSError, ValidationError) as error:
            raise UserError(
                "this is not what `clarify eval sweep --json` prints", where=str(sweep)
            ) from error
        report = report.with_more(drawings=[figure_5(at_ratios(read))])
    return report


def write(report: Report, form: Form | None, file: Path) -> None:
    """Write a report to a file.

    Args:
        report: of runs.
        form: None goes by the file's ending.
        file: replaced whole, or not at all.

    Raises:
        UsageError: the form is not told.
        UserError: the file cannot be written.
    """
    form = form or _ENDINGS.get(file.suffix.lower())
    if form is None:
        raise UsageError(f"`{file.name}` does not tell the form", do="give --format, or a .md or .html file")
    write_atomic(file, as_text(report, form))


def as_text(report: Report, form: Form) -> str:
    """The report as text."""
    if form == "html":
        from eval.reports.html import page

        return page(report)
    if form == "markdown":
        from eval.reports.markdown import markdown

        return markdown(report)
    from rich.console import Console

    from eval.reports.terminal import shown

    console = Console(markup=False, highlight=False, width=120, force_terminal=False, color_system=None)
    with console.capture() as captured:
        console.print(shown(report))
    return captured.get()


def show(report: Report, form: Form) -> None:
    """Print a report."""
    if form == "terminal":
        from eval.reports.terminal import shown
        from models.console import out

        out().print(shown(report))
    else:
        import click

        click.echo(as_text(report, form), nl=False)
