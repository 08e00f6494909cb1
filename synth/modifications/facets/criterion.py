"""Which ones are meant: the relative clause that says it, as in "lines that start with a hash"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording
from synth.modifications.names import explained, tells, tells_nothing
from synth.modifications.recorded import is_trivial
from synth.modifications.signature import parameters
from synth.modifications.text import Span, mentions, prose, words
from synth.schema import Problem

_CLAUSE = re.compile(
    r"\b(?P<noun>elements|items|values|keys|words|characters|letters|names|lines|entries|numbers"
    r"|strings|digits"
    r"|integers|pairs|rows|ones|votes|symbols|pupils|people|books|titles|contacts|properties|parts)"
    r"(?: (?:of|in|from) (?:the |an? |its |each )?[`*\w]+)?"
    r" (?P<clause>(?:that|whose|for which|where) (?!are to\b|it was\b)[^.;:,()\n]{8,80})(?=[.;:,]|$)"
)
_FEWEST, _MOST = 3, 14


def find(problem: Problem) -> Iterator[Facet]:
    """Clauses that no name repeats and after which every parameter is still explained."""
    text = problem.description
    for match in _CLAUSE.finditer(prose(text)):
        span = Span(
            match.start("clause"), match.end("clause"), text[match.start("clause") : match.end("clause")]
        )
        size = len(span.text.split())
        alone = len(words(text)) < 2 * size
        told = tells(problem.name, span.text) or (alone and not tells_nothing(problem.name))
        rest = text[: span.start] + text[span.end :]
        told = told or explained(span.text, rest) > 0
        lost = any(
            mentions(span.text, param) and not mentions(rest, param)
            for param in parameters(problem.signature)
        )
        if not _FEWEST <= size <= _MOST or told or lost:
            continue
        noun = match["noun"]
        meant = f"{noun} {span.text}"
        yield Facet(
            kind="criterion",
            span=span,
            what=f"the condition for the {noun}",
            meant=Reading(meant),
            others=(),
            neutral=is_trivial,
            vague=tuple(
                Wording(vague, f"Meant are {meant}.")
                for vague in ("that are relevant", "that matter", "that look right", "that are interesting")
            ),
            missing=tuple(
                Wording(missing, settled.format(meant=meant, noun=noun))
                for missing, settled in (
                    ("that meet the criterion", "The criterion: {meant}."),
                    ("that satisfy the agreed condition", "Agreed were {meant}."),
                    ("that qualify", "What qualifies are {meant}."),
                    ("that are on our list", "On our list are {meant}."),
                )
            ),
        )
