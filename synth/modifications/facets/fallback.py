"""The value that stands for "nothing", inside a sentence about something else: "or -1 if it is not found"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.conditions import special_cases
from synth.modifications.facets.base import Facet, Wording
from synth.modifications.recorded import evidence, literal, recorded
from synth.modifications.text import Span
from synth.schema import Problem

_VALUE = re.compile(
    r"\b(?:or|else|otherwise(?: returns?)?|or else) (?P<value>`{0,2}(?:None|-1|''|\"\"|\[\])`{0,2})"
    r"(?= (?:if|when|unless) | otherwise\b|[.;]|$)"
)
_OTHERS = {
    "None": ("-1", "an error"),
    "-1": ("None", "an error"),
    "''": ("None", "an error"),
    "[]": ("None", "an error"),
}


def find(problem: Problem) -> Iterator[Facet]:
    """Values given once, outside a sentence of their own, that the code or a result bears out."""
    text = problem.description
    found = list(_VALUE.finditer(text))
    own = [special.sentence for special in special_cases(problem)]
    for match in found:
        span = Span(match.start("value"), match.end("value"), match["value"])
        value = repr(literal(match["value"].strip("`")))
        held = value in evidence(problem.solution).returns or any(
            record.example.result == value for record in recorded(problem)
        )
        if len(found) != 1 or value not in _OTHERS or not held or any(s.overlaps(span) for s in own):
            continue
        if text.count(match["value"].strip("`")) != 1:
            continue
        yield _facet(span, value)


def _facet(span: Span, value: str) -> Facet:
    exact, (other, error) = span.text.strip("`"), _OTHERS[value]
    return Facet(
        kind="fallback",
        span=span,
        what="the value for that case",
        meant=Reading(exact),
        others=(Reading(other), Reading(error)),
        neutral=lambda record: record.example.result != value and f"is {value}" not in record.example.call,
        vague=(
            Wording("a special value", f"The special value is {exact}."),
            Wording("a value that says so", f"The value that says so is {exact}."),
            Wording("a signal to the caller", f"The signal is {exact}."),
        ),
        missing=(
            Wording("the fallback value", f"The fallback value is {exact}."),
            Wording("the agreed value", f"The agreed value is {exact}."),
            Wording("our standard value", f"Our standard value is {exact}."),
        ),
        either=(
            Wording(f"{exact} or {other}, whichever the caller expects", f"The caller expects {exact}."),
            Wording(f"{other} or {exact}, as agreed", f"Agreed was {exact}."),
        ),
        other_words=other,
    )
