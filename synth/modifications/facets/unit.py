"""The unit in which a quantity is given or returned."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording, either
from synth.modifications.recorded import evidence, is_trivial
from synth.modifications.text import Span, prose
from synth.schema import Problem

_NEIGHBOURS = {
    "milliseconds": "seconds", "seconds": "minutes", "minutes": "seconds",
    "hours": "minutes", "days": "hours", "weeks": "days", "metres": "centimetres",
    "meters": "centimeters", "kilometres": "metres",
    "kilometers": "meters", "centimetres": "millimetres", "millimetres": "centimetres", "mm": "cm",
    "grams": "kilograms", "kilograms": "grams", "cents": "euros", "euros": "cents", "dollars": "cents",
    "bytes": "kilobytes", "kilobytes": "bytes", "degrees": "radians", "radians": "degrees",
    "percent": "a fraction of 1", "celsius": "fahrenheit", "litres": "millilitres",
}  # fmt: skip
_UNIT = re.compile(
    rf"(?P<before>,? ?)\b(?P<words>in (?P<whole>whole |full )?(?P<unit>{'|'.join(_NEIGHBOURS)}))\b"
    rf"(?=\s*(?:[.,;:)]|$| of\b| and\b| before\b))",
    re.IGNORECASE,
)


_RANGES = {"percent": re.compile(r"%|\b100\b"), "degrees": re.compile(r"\b(?:90|180|360)\b")}
_NO_RANGE = re.compile(r"(?!)")
_NONE: frozenset[str] = frozenset()
_TIME, _LENGTH, _SIZE = {"60", "3600", "24", "1440"}, {"10", "100", "1000", "0.001"}, {"1024", "1000", "8"}
_CONVERSIONS = {
    **dict.fromkeys(("seconds", "minutes", "hours", "days", "weeks"), frozenset({*_TIME, "7", "86400"})),
    **dict.fromkeys(("milliseconds", "grams", "kilograms", "litres"), frozenset({"1000", "0.001", "1000.0"})),
    **dict.fromkeys(("metres", "meters", "kilometres", "kilometers", "centimetres"), frozenset(_LENGTH)),
    **dict.fromkeys(("bytes", "kilobytes"), frozenset(_SIZE)),
    **dict.fromkeys(("cents", "euros", "dollars", "percent"), frozenset({"100", "100.0", "0.01"})),
    **dict.fromkeys(("degrees", "radians"), frozenset({"180", "360", "90", "30", "180.0", "360.0"})),
    "celsius": frozenset({"32", "1.8", "9", "5"}),
}
"""Constants of a solution in which the unit matters."""


def find(problem: Problem) -> Iterator[Facet]:
    """Units that the text names once and no name repeats."""
    text = problem.description
    masked = prose(text)
    constants = set(evidence(problem.solution).constants)
    names = f"{problem.name} {problem.signature}".lower()
    for match in _UNIT.finditer(masked):
        unit = match["unit"].lower()
        stem = unit.rstrip("s")
        if len(re.findall(rf"\b{stem}s?\b", masked, re.IGNORECASE)) != 1 or stem in names:
            continue
        if not constants & _CONVERSIONS.get(unit, _NONE):
            continue  # nothing is converted: the unit passes through
        if _RANGES.get(unit, _NO_RANGE).search(masked[: match.start()] + masked[match.end() :]):
            continue
        other = _NEIGHBOURS[unit]
        start = match.start("words")
        span = Span(start, match.end("words"), text[start : match.end("words")])
        words = span.text
        swapped = f"in {match['whole'] or ''}{other}" if not other.startswith("a ") else f"as {other}"
        given = re.search(r"\b(?:given|measured|expressed|stated|passed|counted|are|is)\s*$", masked[:start])
        dropped = () if given else (Wording("", f"The unit is {unit}."),)
        yield Facet(
            kind="unit",
            span=span,
            what="the unit",
            meant=Reading(words),
            others=(Reading(swapped),),
            neutral=is_trivial,
            vague=(Wording("in a common unit", f"The unit is {unit}."),),
            missing=(
                *dropped,
                Wording("in the usual unit", f"The usual unit is {unit}."),
                Wording("in the unit of our tables", f"Our tables have {unit}."),
                Wording("in our unit", f"Our unit: {unit}."),
            ),
            either=either((f"{words} or {swapped.removeprefix('in ')}",), words),
            other_words=swapped,
        )
