"""Which way a number is rounded, where the text says up or down."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording, either
from synth.modifications.recorded import is_trivial
from synth.modifications.text import Span, prose
from synth.schema import Problem

_ROUNDED = re.compile(
    r"\b(?P<verb>rounded|rounding|round(?: it| them| the result)?) (?P<way>up"
    r"|down)\b(?P<to> to (?:(?:whole|full|complete) )?[a-z]+)?"
)


def find(problem: Problem) -> Iterator[Facet]:
    """A direction of rounding that the text states once; "nearest" is a convention and no facet."""
    masked = prose(problem.description)
    found = list(_ROUNDED.finditer(masked))
    if len(found) != 1 or len(re.findall(r"\bround", masked)) != 1:
        return
    match = found[0]
    verb, way, to = match["verb"], match["way"], match["to"] or ""
    other = "down" if way == "up" else "up"
    made = {"rounded": "brought", "rounding": "bringing it"}.get(verb, verb.replace("round", "bring", 1))
    target = to or " to a whole number"
    yield Facet(
        kind="rounding",
        span=Span(match.start(), match.end(), match[0]),
        what="the way of rounding",
        meant=Reading(f"rounded {way}"),
        others=(Reading(f"rounded {other}"), Reading("rounded to the nearest")),
        neutral=is_trivial,
        vague=(
            Wording(f"{made}{target}", f"This is done by rounding {way}."),
            Wording(f"{made}{target} in some way", f"The way is rounding {way}."),
        ),
        missing=(
            Wording(f"{verb}{to} as in our accounts", f"Our accounts are rounded {way}."),
            Wording(f"{verb}{to} as the contract says", f"The contract says: rounded {way}."),
        ),
        either=either((f"{verb} up or down{to}", f"{verb} down or up{to}"), f"rounded {way}"),
        other_words=f"{verb} {other}{to}",
    )
