"""The choices that a description settles: one finder a file, and the table of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from synth.modifications.facets import (
    category,
    contrast,
    criterion,
    date_form,
    fallback,
    index_base,
    letter_case,
    mark,
    number,
    order,
    predicate,
    rounding,
    side,
    target,
    unit,
)
from synth.modifications.facets.base import Facet, Finder
from synth.modifications.text import sentence_at
from synth.schema import Problem

FINDERS: tuple[Finder, ...] = (
    number.find,
    order.find,
    mark.find,
    letter_case.find,
    side.find,
    index_base.find,
    rounding.find,
    unit.find,
    date_form.find,
    fallback.find,
    category.find,
    contrast.find,
    criterion.find,
    predicate.find,
    target.find,
)


@lru_cache(maxsize=32)
def facets(problem: Problem) -> tuple[Facet, ...]:
    """All facets of a problem; where two share words the first in the text stays."""
    found: list[Facet] = []
    for facet in sorted(_all(problem), key=lambda facet: (facet.span.start, -facet.span.end)):
        if not any(facet.span.overlaps(other.span) for other in found):
            found.append(facet)
    return tuple(found)


_BESIDE_THE_POINT = re.compile(
    r"(?:for example|for instance|note|see|unlike|like|similar|this method is like|it is marginally"
    r"|as in|to do this|the estimation|this is useful|useful|e\.g\.)\b",
    re.IGNORECASE,
)


def _all(problem: Problem) -> Iterator[Facet]:
    for find in FINDERS:
        for facet in find(problem):
            if not _BESIDE_THE_POINT.match(sentence_at(problem.description, facet.span.start).text):
                yield facet
