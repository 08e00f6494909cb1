"""What something is converted into: "converts text to camel case"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording
from synth.modifications.names import explained, tells_nothing
from synth.modifications.recorded import is_trivial
from synth.modifications.signature import parameters
from synth.modifications.text import Span, mentions, sentences
from synth.schema import Problem

_CONVERTS = re.compile(
    r"^(?:Converts?|Turns?|Transforms?|Formats?|Translates?|Changes?|Rewrites?|Writes?|Puts?) "
    r"(?P<object>(?:(?!to\b|into\b|as\b)[`*\w'-]+ ){1,7})(?P<preposition>to|into"
    r"|as) (?P<target>[^.;:(\n]{4,90}?)(?=[.;:(]|$)"
)
MOST_BESIDE = 8
"""More words than these beside the task's own sentence tell what it is about."""
_TOO_BROAD = re.compile(
    r"^(?:an? )?(?:list|string|tuple|int|integer|dict|float|set|text|number)s?$", re.IGNORECASE
)


def find(problem: Problem) -> Iterator[Facet]:
    """The target of the task itself, where the name does not tell it and it names no further parameter."""
    if not tells_nothing(problem.name):
        return
    text = problem.description
    sentence = sentences(text)[0]
    if len(text[sentence.end :].split()) > MOST_BESIDE:
        return
    match = _CONVERTS.match(sentence.text)
    if match is None or _TOO_BROAD.match(match["target"]):
        return
    start = sentence.start + match.start("preposition")
    words = f"{match['preposition']} {match['target']}"
    span = Span(start, start + len(words), words)
    rest = text[: span.start] + text[span.end :]
    if explained(match["target"], rest) > 0:
        return
    if any(mentions(span.text, name) and not mentions(rest, name) for name in parameters(problem.signature)):
        return
    to = match["preposition"]
    yield Facet(
        kind="target",
        span=span,
        what="the target form",
        meant=Reading(words),
        others=(),
        neutral=is_trivial,
        vague=(
            Wording(f"{to} a more readable form", f"More readable means {words}."),
            Wording(f"{to} a uniform notation", f"The notation: {words}."),
            Wording(f"{to} something that is easier to use", f"That is, {words}."),
        ),
        missing=(
            Wording(f"{to} the agreed form", f"Agreed was: {words}."),
            Wording(f"{to} the form that we need", f"We need it {words}."),
            Wording(f"{to} the usual notation", f"That means {words}."),
            Wording(f"{to} the house format", f"The house format: {words}."),
        ),
    )
