"""A report: what terminal, Markdown and page write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import Field

from eval.reports.drawings import Drawing, drawings
from eval.reports.grid import Table
from eval.reports.result import Result
from eval.reports.tables import tables
from eval.schema import Document
from models.errors import UsageError


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Args:
        title: of it.
        results: whose rows the page's browser shows.
        tables: in the order in which they are shown.
        drawings: likewise.
    """

    title: str
    results: tuple[Result, ...]
    tables: tuple[Table, ...]
    drawings: tuple[Drawing, ...]

    def with_more(self, tables: Sequence[Table] = (), drawings: Sequence[Drawing] = ()) -> Report:
        """The report with further tables and figures at the end."""
        return replace(self, tables=(*self.tables, *tables), drawings=(*self.drawings, *drawings))


def report(results: Sequence[Result]) -> Report:
    """The report of some results.

    Args:
        results: at least one, in the order in which they are shown.

    Raises:
        UsageError: two results have one name.
    """
    names = [result.name for result in results]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"two results are called `{twice[0]}`", do="rename a folder")
    return Report(
        title="How well it asks, and codes",
        results=tuple(results),
        tables=tuple(tables(results)),
        drawings=tuple(drawings(results)),
    )


class ReportDocument(Document):
    """The first run's document, and the others'."""

    others: tuple[Document, ...] = Field(default=(), description="Of the further runs, in their order.")


def document_of(results: Sequence[Result]) -> ReportDocument:
    """The figures of all results as one document.

    Args:
        results: at least one.
    """
    first, *others = (result.document for result in results)
    return ReportDocument(**dict(first), others=tuple(others))
