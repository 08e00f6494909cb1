"""Upper or lower case that a result is put in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording, either
from synth.modifications.recorded import Recorded, evidence, strings_in
from synth.modifications.text import Span, prose
from synth.schema import Problem

_CASE = re.compile(r"\b(in|to|into) (?:all )?(lower|upper)[- ]?case\b(?: letters)?", re.IGNORECASE)
_OTHER = {"lower": "upper", "upper": "lower"}


def find(problem: Problem) -> Iterator[Facet]:
    """A conversion that the text states once and the solution makes once, by `.lower()` or `.upper()`."""
    masked = prose(problem.description)
    found = list(_CASE.finditer(masked))
    if len(found) != 1 or len(re.findall(r"(?i)\b(?:upper|lower)|capital", masked)) != 1:
        return
    match = found[0]
    this = match[2].lower()
    if this not in evidence(problem.solution).called:
        return
    preposition, other = match[1].lower(), _OTHER[this]
    meant = f"{preposition} {this} case"
    swapped = problem.solution.replace(f".{this}()", f".{other}()")
    once = problem.solution.count(f".{this}()") == 1 and f".{other}()" not in problem.solution
    yield Facet(
        kind="letter-case",
        span=Span(match.start(), match.end(), problem.description[match.start() : match.end()]),
        what="the case of the letters",
        meant=Reading(meant),
        others=(Reading(f"{preposition} {other} case", swapped if once else None),),
        neutral=_caseless,
        vague=(
            Wording(f"{preposition} a uniform case", f"Uniform means {this} case."),
            Wording(f"{preposition} one and the same case", f"The case is {this} case."),
            Wording(f"{preposition} a consistent case", f"For consistency, use {this} case."),
        ),
        missing=(
            Wording(f"{preposition} the usual case", f"Usual is {this} case."),
            Wording(f"{preposition} the case that the database uses", f"The database uses {this} case."),
        ),
        either=either(
            (f"{preposition} {this} or {other} case", f"{preposition} {other} or {this} case"),
            f"in {this} case",
        ),
        other_words=f"{preposition} {other} case",
    )


def _caseless(record: Recorded) -> bool:
    return not any(char.isalpha() for text in strings_in(record.value) for char in text)
