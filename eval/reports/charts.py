"""Small charts as SVG: no library, colours from the page's style, so that light and dark both work.

An element of series i has the class `s<i>`; the page says which colour that is. Texts and lines take the
page's own colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from eval.metrics.reliability import Bin

_WIDTH, _HEIGHT = 460.0, 232.0
_LEFT, _RIGHT, _TOP = 36.0, 14.0, 12.0
_GROUP_NAMES, _X_AXIS = 24.0, 38.0  # what stands below 0
_TICKS = {0.05: 5, 0.1: 5, 0.2: 4, 0.4: 4, 0.6: 3, 0.8: 4, 1.0: 5}
"""Highest values of an axis, and in how many steps it gets there."""

_WIDEST = 0.06  # of a bar, as a share of the width

COLOURS = 8
"""How many colours a page has to define."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value, a fraction, with its interval where there is one; None where it cannot be had."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one run, one for each group, or at each x.

    Args:
        name: for the legend.
        marks: in the order of the groups.
        xs: of a line chart, in [0, 1].
    """

    name: str
    marks: tuple[Mark, ...]
    xs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Dot:
    """A run at a place of its own.

    Args:
        x: in [0, 1].
        mark: its value.
        text: stands beside it.
        tip: says more.
        series: number of its colour.
    """

    x: float
    mark: Mark
    text: str
    tip: str
    series: int


Ticks = Sequence[tuple[float, str]]
"""Places on the x axis, in [0, 1], and what stands below them."""


class _Canvas:
    """An SVG with axes from 0 to `top` upwards, and room below them; x is given as a share of the width."""

    def __init__(self, label: str, top: float, bottom: float) -> None:
        self._root = ElementTree.Element(
            "svg", {"viewBox": f"0 0 {_WIDTH:g} {_HEIGHT + bottom:g}", "role": "img", "aria-label": label}
        )
        self._top = top
        for step in range(_TICKS[top] + 1):
            value = top * step / _TICKS[top]
            self.line((0, value), (1, value), "grid" if step else "axis")
            text = f"{100 * value:.3g}"
            self.text((0, value), text, "end", dx=-5, dy=4)

    def x(self, share: float) -> float:
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _HEIGHT - value / self._top * (_HEIGHT - _TOP)

    def line(self, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
        (x1, y1), (x2, y2) = start, end
        self._add("line", kind, x1=self.x(x1), y1=self.y(y1), x2=self.x(x2), y2=self.y(y2))

    def bar(self, share: float, width: float, value: float, kind: str, tip: str) -> None:
        top = self.y(value)
        height = max(self.y(0) - top, 1)  # a value of 0 is seen, too
        across = width * (_WIDTH - _LEFT - _RIGHT)
        self._add("rect", kind, tip, x=self.x(share), y=top, width=across, height=height)

    def dot(self, share: float, value: float, radius: float, kind: str, tip: str) -> None:
        self._add("circle", kind, tip, cx=self.x(share), cy=self.y(value), r=radius)

    def path(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        places = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        ElementTree.SubElement(self._root, "polyline", {"class": kind, "points": places})

    def text(
        self, at: tuple[float, float], text: str, anchor: str = "middle", dx: float = 0, dy: float = 0
    ) -> None:
        element = self._add("text", "", x=self.x(at[0]) + dx, y=self.y(at[1]) + dy)
        element.set("text-anchor", anchor)
        element.text = text

    def _add(self, tag: str, kind: str, tip: str = "", **numbers: float) -> ElementTree.Element:
        attributes = {name: f"{number:.1f}" for name, number in numbers.items()}
        element = ElementTree.SubElement(self._root, tag, attributes)
        if kind:
            element.set("class", kind)
        if tip:
            ElementTree.SubElement(element, "title").text = tip
        return element

    def whisker(self, share: float, mark: Mark) -> None:
        if mark.low is not None and mark.high is not None:
            self.line((share, mark.low), (share, mark.high), "whisker")

    def written(self) -> str:
        return ElementTree.tostring(self._root, encoding="unicode")


def bars(label: str, groups: Sequence[str], series: Sequence[Series]) -> str:
    """Bars of all series, side by side in each group.

    Args:
        label: for those who cannot see the chart.
        groups: names below the axis.
        series: with a mark for each group.
    """
    canvas = _Canvas(label, _round_top(_highest(series)), _GROUP_NAMES)
    slot = 1 / max(1, len(groups))
    width = min(_WIDEST, 0.8 * slot / max(1, len(series)))
    for place, group in enumerate(groups):
        canvas.text(((place + 0.5) * slot, 0), group, dy=16)
        for number, one in enumerate(series):
            mark = one.marks[place]
            if mark.value is None:
                continue
            left = (place + 0.5) * slot + (number - len(series) / 2) * width
            canvas.bar(left, 0.92 * width, mark.value, _colour(number), _tip(one.name, group, mark))
            canvas.whisker(left + 0.46 * width, mark)
    return canvas.written()


def lines(label: str, x_label: str, series: Sequence[Series], ticks: Ticks | None = None) -> str:
    """A line for each series over x from 0 to 1.

    Args:
        label: for those who cannot see the chart.
        x_label: name of the axis.
        series: with as many xs as marks; points without a value are left out.
        ticks: of the axis; None for x itself, in fifths.
    """
    canvas = _Canvas(label, _round_top(_highest(series)), _X_AXIS)
    _x_axis(canvas, x_label, ticks)
    for number, one in enumerate(series):
        points = [(x, mark) for x, mark in zip(one.xs, one.marks, strict=True) if mark.value is not None]
        canvas.path([(x, mark.value or 0.0) for x, mark in points], f"line {_colour(number)}")
        for x, mark in points:
            canvas.whisker(x, mark)
            canvas.dot(x, mark.value or 0.0, 4, _colour(number), _tip(one.name, f"{x:g}", mark))
    return canvas.written()


def dots(label: str, x_label: str, ticks: Ticks, places: Sequence[Dot]) -> str:
    """Runs over what they cost, with their intervals.

    Args:
        label: for those who cannot see the chart.
        x_label: name of the axis.
        ticks: of the axis.
        places: those without a value are left out.
    """
    canvas = _Canvas(label, 1.0, _X_AXIS)
    _x_axis(canvas, x_label, ticks)
    for one in places:
        if one.mark.value is not None:
            canvas.whisker(one.x, one.mark)
            canvas.dot(one.x, one.mark.value, 4, _colour(one.series), one.tip)
            canvas.text((one.x, one.mark.value), one.text, "start", dx=6, dy=-4)
    return canvas.written()


def reliability(label: str, runs: Sequence[tuple[str, Sequence[Bin]]]) -> str:
    """A reliability diagram: share that is unclear over p_ask; a p_ask on the diagonal is right.

    Args:
        label: for those who cannot see the chart.
        runs: name and bins; a dot's area follows its bin's weight.
    """
    canvas = _Canvas(label, 1.0, _X_AXIS)
    _x_axis(canvas, "p_ask, %")
    canvas.path([(0, 0), (1, 1)], "diagonal")
    for number, (name, bins) in enumerate(runs):
        canvas.path([(one.p_ask, one.unclear) for one in bins], f"line {_colour(number)}")
        for one in bins:
            tip = (
                f"{name}: p_ask {100 * one.p_ask:.1f} %, unclear {100 * one.unclear:.1f} %, "
                f"{100 * one.weight:.1f} % of the weight"
            )
            radius = 2.5 + 10 * one.weight**0.5
            canvas.dot(one.p_ask, one.unclear, radius, f"{_colour(number)} see-through", tip)
    return canvas.written()


def _colour(number: int) -> str:
    return f"s{number % COLOURS}"


def _x_axis(canvas: _Canvas, name: str, ticks: Ticks | None = None) -> None:
    if ticks is None:
        scale = 100 if name.endswith("%") else 1
        ticks = [(step / 5, f"{scale * step / 5:g}") for step in range(6)]
    for share, text in ticks:
        canvas.text((share, 0), text, dy=15)
    canvas.text((0.5, 0), name, dy=31)


def _values(series: Sequence[Series]) -> Iterator[float]:
    for one in series:
        for mark in one.marks:
            yield from (value for value in (mark.value, mark.high) if value is not None)


def _highest(series: Sequence[Series]) -> float:
    return max(_values(series), default=1.0)


def _round_top(highest: float) -> float:
    return next((top for top in _TICKS if highest <= top), 1.0)


def _tip(name: str, group: str, mark: Mark) -> str:
    value = f"{name}, {group}: {100 * (mark.value or 0.0):.2f} %"
    if mark.low is None or mark.high is None:
        return value
    return f"{value} ({100 * mark.low:.1f}–{100 * mark.high:.1f})"
