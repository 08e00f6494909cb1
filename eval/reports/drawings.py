"""The figures of a report: a chart for each basis, a legend, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.reports import paper_tables
from eval.reports.basis import Basis, common
from eval.reports.charts import Mark, Series, bars, lines, reliability
from eval.reports.grid import Block, Row, Table, blocks, percent
from eval.reports.result import Result
from eval.reports.tables import categories_of
from eval.schema import Figures

_METRICS = (("communication rate", "communication_rate"), ("good question rate", "good_question_rate"))
_BY_CATEGORY = (*_METRICS, ("pass@1 after answers", "pass_at_1"))
_TRAINING_FREE = ("few-shot", "chain-of-thought")


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one basis.

    Args:
        heading: names the basis.
        svg: the chart.
        legend: names of the series, in the order of their colours.
    """

    heading: str
    svg: str
    legend: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure.

    Args:
        title: of the figure.
        charts: one for each basis.
        table: its numbers, for those who cannot or will not see a chart.
        key: names it in a page's address.
    """

    title: str
    charts: tuple[Chart, ...]
    table: Table
    key: str


def drawings(results: Sequence[Result]) -> Iterator[Drawing]:
    """All figures that the results give.

    Args:
        results: in the order in which they are shown.
    """
    for title, name in _BY_CATEGORY:
        drawing = by_category(results, title, name)
        if drawing.charts:
            yield drawing
    calibrated = calibration(results)
    if calibrated.charts:
        yield calibrated
    if any(_training_free(result) for result in results):
        yield figure_3(results)


def mark(figures: Figures, name: str) -> Mark:
    """A figure with its interval."""
    interval = figures.intervals.get(name)
    value = getattr(figures, name)
    return Mark(value) if interval is None else Mark(value, interval.low, interval.high)


def _by_basis(results: Sequence[Result]) -> dict[Basis, list[Result]]:
    found: dict[Basis, list[Result]] = {}
    for result in results:
        found.setdefault(result.basis, []).append(result)
    return found


def by_category(results: Sequence[Result], title: str, name: str) -> Drawing:
    """Bars by category.

    Args:
        results: with figures by category.
        title: what is drawn.
        name: of the figure.
    """
    charts = []
    rows = []
    for basis, members in _by_basis(results).items():
        categories = categories_of(members)
        if not categories:
            continue  # of originals alone
        series = []
        for result in members:
            found = [result.document.by_category.get(category) for category in categories]
            marks = tuple(Mark(None) if figures is None else mark(figures, name) for figures in found)
            series.append(Series(result.name, marks))
            cells = tuple(percent(one.value) for one in marks)
            rows.append((categories, Row(result.name, basis, cells)))
        if any(one.value is not None for single in series for one in single.marks):
            label = f"{title} by category, per cent; {basis}"
            legend = tuple(one.name for one in series)
            charts.append(Chart(str(basis), bars(label, categories, series), legend))
    table = Table(
        title,
        tuple(
            block
            for columns in dict.fromkeys(columns for columns, _ in rows)
            for block in blocks(columns, [row for names, row in rows if names == columns])
        ),
    )
    key = "by-category-" + name.replace("_", "-")
    return Drawing(f"{title[0].upper()}{title[1:]} by category, %", tuple(charts), table, key)


def calibration(results: Sequence[Result]) -> Drawing:
    """The reliability diagram of p_ask."""
    charts = []
    rows = []
    for basis, members in _by_basis(results).items():
        runs = [(result.name, bins) for result in members if (bins := result.bins())]
        if runs:
            label = f"share of unclear requests over p_ask; {basis}"
            charts.append(Chart(str(basis), reliability(label, runs), tuple(name for name, _ in runs)))
        rows += [
            Row(name, basis, (percent(one.p_ask), percent(one.unclear), percent(one.weight)), name)
            for name, found in runs
            for one in found
        ]
    table = Table("calibration", blocks(("p_ask %", "unclear %", "weight %"), rows))
    return Drawing("Calibration of p_ask: share of unclear requests, %", tuple(charts), table, "calibration")


def _training_free(result: Result) -> bool:
    run = result.document.run
    return run is not None and run.system.startswith(_TRAINING_FREE)


def figure_3(results: Sequence[Result]) -> Drawing:
    """Prompts without training beside the others; the paper gives no numbers for it."""
    charts = []
    rows = []
    for basis, members in _by_basis(results).items():
        series = tuple(
            Series(title, tuple(mark(result.document.overall, name) for result in members))
            for title, name in _METRICS
        )
        names = [_short(result.name) for result in members]
        label = f"communication and good question rate by prompt, per cent; {basis}"
        charts.append(Chart(str(basis), bars(label, names, series), tuple(title for title, _ in _METRICS)))
        rows += [
            Row(
                result.name,
                basis,
                tuple(percent(getattr(result.document.overall, name)) for _, name in _METRICS),
            )
            for result in members
        ]
    table = Table("prompts", blocks(tuple(title for title, _ in _METRICS), rows))
    return Drawing("Figure 3: prompts without training, %", tuple(charts), table, "figure-3")


def _short(name: str) -> str:
    """Fits below a group of bars."""
    return name if len(name) <= 14 else f"{name[:13]}…"


@dataclass(frozen=True, slots=True)
class AtRatio:
    """The figures of an adapter that was trained at a ratio.

    Args:
        ratio: samples answered by questions, of all, in [0, 1].
        name: of the run.
        basis: of its figures.
        figures: of the unclear requests.
    """

    ratio: float
    name: str
    basis: Basis
    figures: Figures


def figure_5(points: Sequence[AtRatio]) -> Drawing:
    """Communication and good question rate over the ratio, and the two points that the paper gives.

    Args:
        points: of one basis, at least one.

    Raises:
        NotComparable: they are of several bases.
    """
    basis = common(point.basis for point in points)
    in_order = sorted(points, key=lambda point: point.ratio)
    published = list(paper_tables.figure_5())
    ours = [
        Series(
            title,
            tuple(mark(point.figures, name) for point in in_order),
            tuple(point.ratio for point in in_order),
        )
        for title, name in _METRICS
    ]
    paper = [
        Series(title, tuple(Mark(row[place]) for row in published), tuple(row[0] for row in published))
        for place, (title, _) in enumerate(_METRICS, 1)
    ]
    heading = f"published ({paper_tables.SOURCE}): {paper_tables.COMMUNICATION}"
    charts = (_over_ratio(str(basis), ours), _over_ratio(heading, paper))
    rows = [
        Row(
            f"r = {point.ratio:g} ({point.name})",
            basis,
            tuple(
                percent(getattr(point.figures, name), point.figures.intervals.get(name))
                for _, name in _METRICS
            ),
        )
        for point in in_order
    ]
    as_published = [
        Row(f"r = {ratio:g}", paper_tables.COMMUNICATION, (percent(asked), percent(quality)))
        for ratio, asked, quality in published
    ]
    columns = tuple(f"{title} %" for title, _ in _METRICS)
    table = Table(
        "Figure 5: ratio r of samples answered by questions",
        (*blocks(columns, rows), Block(heading, columns, tuple(as_published))),
        ("The paper's text gives numbers for r = 0.2 and r = 1 only.",),
    )
    return Drawing("Figure 5: over the ratio of samples answered by questions, %", charts, table, "figure-5")


def _over_ratio(heading: str, series: Sequence[Series]) -> Chart:
    label = f"communication and good question rate over the ratio, per cent; {heading}"
    return Chart(heading, lines(label, "ratio r", series), tuple(one.name for one in series))
