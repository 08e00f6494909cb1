"""A study as tables: all rows in one, bad ones too, and what each rests on in another."""

from __future__ import annotations

from collections.abc import Sequence

from eval.reports.grid import NOTHING, Block, Cell, Row, Table, number, percent
from eval.reports.markdown import markdown
from eval.reports.report import Report
from eval.requests.figures import ALL
from eval.schema import Estimate
from eval.study.document import RowFigures, StudyDocument

_HASH = 12  # letters of a hash that are shown


def tables(document: StudyDocument) -> tuple[Table, Table]:
    """The figures, and what they rest on.

    Args:
        document: of a study.
    """
    return (
        Table("All rows", (_figures(document),), _notes(document)),
        Table("What the rows rest on", (_basis(document.rows),)),
    )


def as_markdown(document: StudyDocument, plot: str) -> str:
    """The text of study.md.

    Args:
        document: of a study.
        plot: file of the plot, beside it.
    """
    title = "Clear and unclear requests told apart"
    report = Report(f"{title}: {document.name}" if document.name else title, (), tables(document), ())
    return f"{markdown(report)}\n![AUROC over seconds per decision]({plot})\n"


def _figures(document: StudyDocument) -> Block:
    kinds = [kind for kind in document.kinds if kind != ALL]
    columns = (
        "pairs",
        "AUROC",
        *(f"AUROC, {kind}" for kind in kinds),
        "pairs in order %",
        "asked %",
        "false asks %",
        "at threshold",
        "ECE",
        "seconds, median",
        "seconds, 90 %",
        "in budget %",
        "wall time, s",
    )
    rows = tuple(_row(place, row, kinds) for place, row in enumerate(document.rows, 1))
    return Block(_over(document), columns, rows)


def _row(place: int, row: RowFigures, kinds: Sequence[str]) -> Row:
    whole = row.kinds[ALL]
    budget = f" of {row.budget_seconds:g} s" if row.budget_seconds is not None else ""
    cells = (
        Cell(str(row.pairs)),
        _ranked(whole.auroc),
        *(_ranked(row.auroc(kind)) for kind in kinds),
        _share(whole.ordered),
        _share(whole.asked),
        _share(row.false_asks),
        number(row.threshold),
        _ranked(row.ece),
        number(row.seconds.median, 3),
        number(row.seconds.p90, 3),
        _with(percent(row.seconds.in_budget), budget),
        number(row.seconds.all, 1),
    )
    return Row(f"{place} {row.name}", None, cells)


def _basis(rows: Sequence[RowFigures]) -> Block:
    columns = ("looked at", "spoke %", "drafts", "model", "adapter", "p_ask", "weights, fitted on all")
    return Block(
        "a file has the first letters of its SHA-256",
        columns,
        tuple(_basis_row(place, row) for place, row in enumerate(rows, 1)),
    )


def _basis_row(place: int, row: RowFigures) -> Row:
    cells = (
        Cell(", ".join(row.evidence) or str(row.system)),
        Cell(", ".join(f"{100 * share:.0f}" for share in row.spoke.values())),
        Cell(_drafts(row)),
        Cell(_file(row.model, row.model_sha256)),
        Cell(_file(row.adapter or "", row.adapter_sha256)),
        Cell(row.weighed if row.folds is None else f"{row.weighed}, {row.folds} folds"),
        Cell(_weights(row)),
    )
    return Row(f"{place} {row.name}", None, cells)


def _over(document: StudyDocument) -> str:
    return (
        f"{document.clear} clear and {document.unclear} unclear requests, {document.pairs} pairs, "
        f"{document.domains} domains of {', '.join(document.requests)}"
    )


def _notes(document: StudyDocument) -> tuple[str, ...]:
    notes = [
        f"{document.command}; ClarifyCoder {document.version}, seed {document.seed}; "
        f"requests {document.requests_sha256[:_HASH]}, recipe {document.recipe_sha256[:_HASH]}.",
        f"Intervals of 95% over pairs, {document.draws} resamples. Chance is 0.5 in AUROC, 50% of pairs.",
    ]
    return (*notes, *(f"Left out: {one.name}; {one.reason}." for one in document.left_out))


def _ranked(found: Estimate | None) -> Cell:
    if found is None:
        return Cell(NOTHING)
    return Cell(f"{found.value:.3f}", "" if found.low is None else f"{found.low:.2f}–{found.high:.2f}")


def _share(found: Estimate | None) -> Cell:
    return percent(None if found is None else found.value, found)


def _with(cell: Cell, text: str) -> Cell:
    return cell if cell.text == NOTHING else Cell(cell.text + text)


def _drafts(row: RowFigures) -> str:
    if row.drafts is None:
        return NOTHING
    return f"{row.drafts} by the base" if row.code_by else str(row.drafts)


def _file(name: str, sha256: str | None) -> str:
    if not name:
        return NOTHING
    return name if sha256 is None else f"{name} {sha256[:_HASH]}"


def _weights(row: RowFigures) -> str:
    if row.weights is None:
        return NOTHING
    scales = ", ".join(f"{name} {one.scale:.3f}" for name, one in row.weights.of.items())
    return f"bias {row.weights.bias:.3f}, {scales}"
