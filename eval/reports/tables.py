"""The tables of a report: what ran, how well it asks and codes, and tables 3, 4 and 5 beside the paper's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from eval.reports import paper_tables
from eval.reports.asked import concrete_share, good_per_ask
from eval.reports.grid import NOTHING, Block, Cell, Row, Table, blocks, number, percent
from eval.reports.result import Result
from eval.schema import UNCLEAR_CATEGORIES, Category, Estimate, Figures

_ABBREVIATIONS = (
    "CR: communication rate, replies that ask. GQ: good question rate over all rows, a fair question counts "
    "half; good only: it does not count; GQ/CR: the same per reply that asks. P@1, TPR: pass@1 and test pass "
    "rate after the answers. Small: 95% intervals by bootstrap over tasks."
)


def tables(results: Sequence[Result]) -> Iterator[Table]:
    """All tables that the results give.

    Args:
        results: in the order in which they are shown.
    """
    unclear = [result for result in results if result.document.overall.rows]
    found = [what_ran(results)]
    if unclear:
        found += [table_3(unclear), asking(unclear)]
    if any(_original(result) for result in results):
        found.append(table_4(results))
    if unclear:
        found += [table_5(unclear), cost(unclear)]
    yield from (table for table in found if table.blocks)


def what_ran(results: Sequence[Result]) -> Table:
    """System, model, judge and command of each run."""
    columns = ("system", "model", "adapter", "instruction", "threshold", "temperature", "seed", "answers by")
    rows = []
    notes = []
    for result in results:
        run = result.document.run
        if run is None:
            rows.append(Row(result.name, result.basis, (Cell("a log"), *[Cell(NOTHING)] * 7)))
            continue
        cells = (
            run.system,
            _named(run.model, run.model_sha256),
            _named(run.adapter, run.adapter_sha256) + (", code by the base" if run.code_by else ""),
            run.instruction_sha256[:12],
            f"{run.threshold:g}" + (f", effort {run.effort}" if run.effort != "low" else ""),
            f"{run.temperature:g}",
            str(run.seed),
            run.answerer or NOTHING,
        )
        rows.append(Row(result.name, result.basis, tuple(Cell(cell or NOTHING) for cell in cells)))
        notes.append(f"{result.name}: clarifycoder {run.version}, `{run.command}`")
    for result in results:
        notes += [f"{result.name}: {note}" for note in result.document.notes]
    return Table("What ran", blocks(columns, rows, only_known=True), tuple(notes), key="runs")


def _named(name: str | None, sha256: str | None) -> str:
    return f"{name} ({sha256[:12]})" if name and sha256 else name or NOTHING


def table_3(results: Sequence[Result]) -> Table:
    """All unclear texts together, beside the paper's table 3."""
    columns = ("rows", *paper_tables.COLUMNS)
    ours = [Row(one.name, one.basis, _communication(one, one.document.overall)) for one in results]
    paper = Block(_paper(3), paper_tables.COLUMNS, paper_tables.table_3())
    notes = (_ABBREVIATIONS, *paper_tables.NOTES)
    return Table(
        "Table 3: unclear requests, all categories", (*blocks(columns, ours), paper), notes, "table-3"
    )


def _paper(table: int) -> str:
    basis = paper_tables.HUMANEVAL if table == 4 else paper_tables.COMMUNICATION
    return f"published ({paper_tables.SOURCE}, table {table}): {basis}"


def _communication(result: Result, figures: Figures, category: Category | None = None) -> tuple[Cell, ...]:
    return (
        Cell(str(figures.rows)),
        _figure(figures, "communication_rate"),
        _figure(figures, "good_question_rate"),
        _figure(figures, "good_only_rate"),
        _estimated(good_per_ask(result, category)),
        _figure(figures, "pass_at_1"),
        _figure(figures, "test_pass_rate"),
    )


def _figure(figures: Figures, name: str) -> Cell:
    return percent(getattr(figures, name), figures.intervals.get(name))


def _estimated(found: Estimate | None) -> Cell:
    return percent(None if found is None else found.value, found)


def asking(results: Sequence[Result]) -> Table:
    """What the paper leaves out: over-asking, ranking, calibration, and what the questions are about."""
    columns = (
        "false asks %",
        "AUROC %",
        "AP %",
        "ECE %",
        "CR at 5% false asks %",
        "Ask-F1 %",
        "name a point %",
        "coverage %",
        "questions per ask",
        "distinct %",
    )
    rows = []
    for result in results:
        figures = result.document.overall
        named = (
            "false_ask_rate",
            "auroc",
            "average_precision",
            "ece",
            "communication_at_5_percent_false_asks",
            "ask_f1",
        )
        cells = (
            *(_figure(figures, name) for name in named),
            _estimated(concrete_share(result)),
            _figure(figures, "key_question_coverage"),
            number(figures.questions_per_ask),
            _figure(figures, "distinct_questions"),
        )
        rows.append(Row(result.name, result.basis, cells))
    notes = (
        "False asks: on original descriptions. AUROC, AP, ECE: of p_ask, unclear or clear, classes alike. "
        "Name a point: of the replies that ask, those whose questions use a word or number of their request. "
        "Coverage: of the things changed, those asked about.",
    )
    return Table("Asking: when, and about what", blocks(columns, rows, only_known=True), notes, "asking")


def _original(result: Result) -> Figures | None:
    return result.document.by_category.get("original")


def table_4(results: Sequence[Result]) -> Table:
    """The originals, as they come and with code forced, beside the paper's table 4."""
    columns = ("rows", "P@1 %", "TPR %", "P@1, code forced %", "false asks %")
    rows = []
    for result in results:
        figures = _original(result)
        if figures is None:
            continue
        false_asks = _figure(figures, "false_ask_rate")
        if figures.false_ask_rate is None:
            false_asks = _figure(result.document.overall, "false_ask_rate")
        cells = (
            Cell(str(figures.rows)),
            _figure(figures, "pass_at_1"),
            _figure(figures, "test_pass_rate"),
            _figure(figures, "pass_at_1_unclarified"),
            false_asks,
        )
        basis = replace(result.basis, benchmark=f"originals of {result.basis.benchmark}")
        rows.append(Row(result.name, basis, cells))
    paper = Block(_paper(4), ("P@1 %", "TPR %"), paper_tables.table_4())
    notes = ("As it comes: a false ask is answered, then code is written.",)
    return Table("Table 4: clear requests (HumanEval)", (*blocks(columns, rows), paper), notes, "table-4")


def table_5(results: Sequence[Result]) -> Table:
    """By category, beside the paper's table 5."""
    columns = ("rows", *paper_tables.COLUMNS)
    rows = [
        Row(result.name, result.basis, _with_stars(result, figures, category), category)
        for category in UNCLEAR_CATEGORIES
        for result in results
        if (figures := result.document.by_category.get(category)) is not None
    ]
    published = [row for category in paper_tables.categories() for row in paper_tables.table_5(category)]
    paper = Block(_paper(5), paper_tables.COLUMNS, tuple(published))
    notes = (
        "Categories: 1 a(mbiguous), 1 c(ontradictory), 1 p(artial: incomplete), and combinations of 2 and 3.",
        "Stars: pass@1 differs from that of the same tasks' originals, McNemar with Holm's correction over "
        "the categories: * p < 0.1, ** p <= 0.05, *** p < 0.01.",
    )
    return Table("Table 5: by category", (*blocks(columns, rows), paper), notes, "table-5")


def _with_stars(result: Result, figures: Figures, category: Category) -> tuple[Cell, ...]:
    cells = list(_communication(result, figures, category))
    solved = cells[-2]
    cells[-2] = replace(solved, text=solved.text + stars(figures.mcnemar_p))
    return tuple(cells)


def stars(p: float | None) -> str:
    """As the paper prints them; none for None."""
    if p is None or p >= 0.1:
        return ""
    if p < 0.01:
        return "***"
    return "**" if p <= 0.05 else "*"


def cost(results: Sequence[Result]) -> Table:
    """What asking buys, and what it costs."""
    columns = ("P@1 without asking %", "P@1 after answers %", "gain, points", "tokens per task", "s per task")
    rows = []
    for result in results:
        figures = result.document.overall
        before, after = figures.pass_at_1_unclarified, figures.pass_at_1
        cells = (
            _figure(figures, "pass_at_1_unclarified"),
            _figure(figures, "pass_at_1"),
            Cell(NOTHING if before is None or after is None else f"{100 * (after - before):+.2f}"),
            number(figures.tokens_per_task, 0),
            number(figures.seconds_per_task, 1),
        )
        rows.append(Row(result.name, result.basis, cells))
    notes = ("Without asking: code was forced from the unclear request. On unclear requests.",)
    return Table("Gain and cost", blocks(columns, rows, only_known=True), notes, "cost")


def categories_of(results: Sequence[Result]) -> tuple[Category, ...]:
    """The unclear categories that any of the results has."""
    return tuple(
        category
        for category in UNCLEAR_CATEGORIES
        if any(category in result.document.by_category for result in results)
    )
