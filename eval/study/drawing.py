"""The plot of a study: AUROC of each kind over seconds per decision, and learning curves; one SVG by itself.

A dot is a row of the table and has its number; its colour is its model's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

from eval.reports.charts import COLOURS, Dot, Mark, Series, Ticks, dots, lines
from eval.requests.figures import ALL
from eval.schema import Estimate
from eval.study.document import RowFigures, StudyDocument

_PANEL_WIDTH, _PANEL_HEIGHT, _HEADING = 480, 282, 24
_COLUMNS = 2
_LINE = 16
_FASTEST = 1e-3  # seconds; what is faster stands at the edge
_INSET = 0.04  # of an axis, so that no dot lies on its end
_NAMESPACE = "http://www.w3.org/2000/svg"
_PAGE_STYLE = Path(__file__).parents[1] / "reports" / "page.css"


def drawing(document: StudyDocument) -> str:
    """The plot.

    Args:
        document: of a study, with at least one row.
    """
    panels = list(_panels(document))
    down = math.ceil(len(panels) / _COLUMNS) * (_PANEL_HEIGHT + _HEADING)
    width = _COLUMNS * _PANEL_WIDTH
    height = down + _LINE * (math.ceil(len(document.rows) / _COLUMNS) + 1)
    size = {"viewBox": f"0 0 {width} {height}", "font-family": "sans-serif"}
    root = ElementTree.Element("svg", {"xmlns": _NAMESPACE, **size})
    ElementTree.SubElement(root, "style").text = _style()
    ElementTree.SubElement(root, "rect", {"width": str(width), "height": str(height), "fill": "#ffffff"})
    for place, (heading, svg) in enumerate(panels):
        left, top = _PANEL_WIDTH * (place % _COLUMNS), (_PANEL_HEIGHT + _HEADING) * (place // _COLUMNS)
        _text(root, left + 8, top + 16, heading)
        panel = ElementTree.fromstring(svg)
        box = {"x": left, "y": top + _HEADING, "width": _PANEL_WIDTH, "height": _PANEL_HEIGHT}
        panel.attrib |= {name: str(value) for name, value in box.items()}
        root.append(panel)
    for place, row in enumerate(document.rows):
        left = 8 + _PANEL_WIDTH * (place % _COLUMNS)
        _text(root, left, down + _LINE * (place // _COLUMNS + 1), f"{place + 1}  {row.name}")
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _panels(document: StudyDocument) -> Iterator[tuple[str, str]]:
    """Heading and chart of each panel: all kinds together first."""
    kinds = list(reversed(document.kinds))
    ticks = _seconds_axis(document.rows)
    colour_of = _colours(document.rows)
    for kind in kinds:
        places = [
            Dot(
                _place(row.seconds.median, ticks),
                _mark(row.auroc(kind)),
                str(number),
                f"{row.name}: AUROC {_shown(row.auroc(kind))} in {row.seconds.median:g} s",
                colour_of[row.model, row.adapter],
            )
            for number, row in enumerate(document.rows, 1)
        ]
        heading = f"AUROC, {'all kinds' if kind == ALL else kind}, ×100"
        yield heading, dots(f"{heading}, over seconds", "seconds per decision (median)", ticks, places)
    for axis in dict.fromkeys(row.axis for row in document.rows if row.axis is not None):
        yield _curves(axis, [row for row in document.rows if row.axis == axis])


def _curves(axis: str, rows: Sequence[RowFigures]) -> tuple[str, str]:
    """The curves over one axis."""
    xs = sorted({row.x for row in rows if row.x is not None})
    ticks = [(x / xs[-1], f"{x:g}") for x in xs]
    members: dict[str, list[tuple[float, Mark]]] = {}
    for row in rows:
        if row.curve is not None and row.x is not None:
            members.setdefault(row.curve, []).append((row.x / xs[-1], _mark(row.auroc(ALL))))
    series = []
    for name, points in members.items():
        points.sort(key=lambda point: point[0])
        places, marks = zip(*points, strict=True)
        series.append(Series(name, marks, places))
    heading = f"AUROC, all kinds, ×100: {', '.join(members)}"
    return heading, lines(f"{heading}, over {axis}", axis, series, ticks)


def _seconds_axis(rows: Sequence[RowFigures]) -> list[tuple[float, str]]:
    """Powers of ten around all rows, at equal distances."""
    spent = [max(_FASTEST, row.seconds.median) for row in rows]
    low, high = math.floor(math.log10(min(spent))), math.ceil(math.log10(max(spent)))
    high = max(high, low + 1)
    step = (1 - 2 * _INSET) / (high - low)
    return [(_INSET + step * (power - low), f"{10.0**power:g}") for power in range(low, high + 1)]


def _place(seconds: float, ticks: Ticks) -> float:
    """Where so many seconds lie on the axis."""
    (left, low), (right, high) = ticks[0], ticks[-1]
    share = math.log(max(_FASTEST, seconds) / float(low)) / math.log(float(high) / float(low))
    return left + share * (right - left)


def _colours(rows: Sequence[RowFigures]) -> dict[tuple[str, str | None], int]:
    found: dict[tuple[str, str | None], int] = {}
    for row in rows:
        found.setdefault((row.model, row.adapter), len(found) % COLOURS)
    return found


def _mark(found: Estimate | None) -> Mark:
    return Mark(None) if found is None else Mark(found.value, found.low, found.high)


def _shown(found: Estimate | None) -> str:
    return "unknown" if found is None else f"{found.value:.3f}"


def _style() -> str:
    """The charts' rules of the report's page, in its light colours: a file by itself has no page."""
    css = _PAGE_STYLE.read_text(encoding="utf-8")
    light = dict(re.findall(r"--(\w+): light-dark\((#\w+),", css))
    rules = [line for line in css.splitlines() if re.match(r"svg (?!\{)|\.s\d|\.line\.s\d", line)]
    return re.sub(r"var\(--(\w+)\)", lambda found: light[found[1]], "\n".join(rules))


def _text(root: ElementTree.Element, x: float, y: float, text: str) -> None:
    ElementTree.SubElement(root, "text", {"x": f"{x:g}", "y": f"{y:g}"}).text = text
