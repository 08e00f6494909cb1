"""The order of a result, where the text states its direction and recorded results keep it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording, either
from synth.modifications.recorded import Recorded, evidence, recorded
from synth.modifications.text import Span, prose
from synth.schema import Problem

_OPPOSITE = {
    "ascending": "descending",
    "increasing": "decreasing",
    "alphabetical": "reverse alphabetical",
}
_OPPOSITE |= {after: before for before, after in list(_OPPOSITE.items())}
_ENDS = {
    "smallest": "largest", "lowest": "highest", "shortest": "longest", "earliest": "latest",
    "oldest": "newest", "cheapest": "dearest", "lightest": "heaviest", "youngest": "oldest",
    "slowest": "fastest", "nearest": "farthest",
}  # fmt: skip
_ENDS = {**{after: before for before, after in _ENDS.items()}, **_ENDS, "oldest": "newest"}
_IN_ORDER = re.compile(rf"\bin ({'|'.join(sorted(_OPPOSITE, key=len, reverse=True))}) order\b", re.IGNORECASE)
_FIRST = re.compile(rf"\b({'|'.join(_ENDS)})( [a-z]+)? first\b(?!\s*[a-z])", re.IGNORECASE)
_AS_GIVEN = re.compile(
    r"\bin (?:the |their )?(?:same |original |given )?order (?:of (?:the )?(?:[a-z]+ )?(?:list|text"
    r"|message|input|numbers|time"
    r"|notes|first [a-z]+)|in which (?:they|it|the [a-z]+) (?:(?:were|are|was|is|have been) )?"
    r"[a-z]+(?: in the [a-z]+)?|as in the [a-z]+"
    r"|of appearance)"
)
_MANY = re.compile(
    r"\b(?:come|listed|returned|given|kept|appear|yield|them|[a-z]+s)\b[^.;]{0,40}$", re.IGNORECASE
)
_INSIDE = re.compile(r"\b(?:Uses|Using|Maintains?|Keeps?) [^.]*", re.IGNORECASE)
"""How something is done inside is no matter of the result."""
_SORTED = {"sorted", "sort", "min", "max", "nsmallest", "nlargest", "most_common", "sort_values"}


def find(problem: Problem) -> Iterator[Facet]:
    """Directions of an order, of solutions that sort and return more than one thing somewhere."""
    held = evidence(problem.solution)
    if re.search(r"\breverse|\bdesc|\basc", problem.signature):
        return  # a parameter decides
    if all(_keeps_its_order(record) for record in recorded(problem)):
        return
    text = problem.description
    masked = _INSIDE.sub(lambda match: "\0" * len(match[0]), prose(text))
    for match in _AS_GIVEN.finditer(masked):
        if len(_AS_GIVEN.findall(masked)) == 1 and _MANY.search(masked[: match.start()]):
            yield _as_given(Span(match.start(), match.end(), text[match.start() : match.end()]))
    if not held.called & _SORTED and not _comes_sorted(problem):
        return
    for match in _IN_ORDER.finditer(masked):
        this = match[1].lower()
        words = (f"in {this} order", f"in {_OPPOSITE[this]} order")
        if _OPPOSITE[this] not in masked.replace(match[0], "").lower():
            yield _facet(problem, Span(match.start(), match.end(), text[match.start() : match.end()]), *words)
    for match in _FIRST.finditer(masked):
        this, noun = match[1].lower(), match[2] or ""
        words = (f"{this}{noun} first", f"{_ENDS[this]}{noun} first")
        yield _facet(problem, Span(match.start(), match.end(), text[match.start() : match.end()]), *words)


def _as_given(span: Span) -> Facet:
    return Facet(
        kind="order",
        span=span,
        what="the order",
        meant=Reading(span.text),
        others=(Reading("in alphabetical or numerical order"),),
        neutral=_keeps_its_order,
        vague=tuple(
            Wording(words, f"That means: {span.text}.")
            for words in ("in a sensible order", "neatly ordered", "in a fixed order", "in good order")
        ),
        missing=tuple(
            Wording(words, f"That means: {span.text}.")
            for words in ("in the order that we fixed", "in the agreed order")
        ),
    )


def _facet(problem: Problem, span: Span, meant: str, other: str) -> Facet:
    if meant.startswith("in "):
        this, that = (
            meant.split(" ", 1)[1].removesuffix(" order"),
            other.split(" ", 1)[1].removesuffix(" order"),
        )
        missing = ("in the order that we fixed", "in the agreed order", "in the order that the report uses")
        named = either((f"in {this} or {that} order", f"in {that} or {this} order"), meant)
    else:
        missing = (
            "in the order that we fixed",
            "in the agreed order",
            "in the order that the list view uses",
        )
        named = either((f"{meant} or {other}", f"{other} or {meant}"), meant)
    return Facet(
        kind="order",
        span=span,
        what="the order",
        meant=Reading(meant),
        others=(Reading(other, _reversed(problem.solution)),),
        neutral=_keeps_its_order,
        missing=tuple(Wording(words, f"That means: {meant}.") for words in missing),
        either=named,
        other_words=other,
    )


def _keeps_its_order(record: Recorded) -> bool:
    """Whether a result would be the same the other way round."""
    value = record.value
    if isinstance(value, list | tuple):
        return len(value) < 2 or list(value) == list(value)[::-1]
    return isinstance(value, dict | str | set) and len(value) < 2 or value is None


def _comes_sorted(problem: Problem) -> bool:
    """Whether every result is a sorted list, and one of them of more than two."""
    values = [record.value for record in recorded(problem)]
    lists = [value for value in values if isinstance(value, list)]
    if len(lists) != len(values) or not any(len(value) > 2 for value in lists):
        return False
    try:
        return all(value in (sorted(value), sorted(value, reverse=True)) for value in lists)
    except TypeError:
        return False


_PLAIN = re.compile(r"\breturn sorted\(([\w.]+)\)$", re.MULTILINE)


def _reversed(code: str) -> str | None:
    """The code with its one plain `return sorted(x)` turned round; a key may hold a second order: None."""
    if len(_PLAIN.findall(code)) != 1 or code.count("sorted(") != 1:
        return None
    return _PLAIN.sub(r"return sorted(\1, reverse=True)", code)
