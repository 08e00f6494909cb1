"""A facet: where a description settles a choice, what else could be chosen, and words that leave it open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from synth.modifications.base import Reading
from synth.modifications.recorded import Recorded
from synth.modifications.text import Span
from synth.schema import Problem


@dataclass(frozen=True, slots=True)
class Wording:
    """Words in the place of exact ones, and the sentence that makes them exact again."""

    text: str
    settled: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A choice that the description settles.

    Args:
        kind: `number`, `order`, `mark`, …
        span: the words that settle it.
        what: the choice as a noun phrase: `the order of the result`.
        meant: the reading that the words state.
        others: readings that would be as natural had the words said so.
        vague: wordings that more than one reading fits (ambiguous).
        missing: wordings that point at something that is not given (incomplete).
        either: wordings that name two readings without choosing (ambiguous).
        other_words: the span as another reading would put it; empty when there is none.
        neutral: whether a recorded call shows nothing of the choice.
    """

    kind: str
    span: Span
    what: str
    meant: Reading
    others: tuple[Reading, ...]
    neutral: Callable[[Recorded], bool]
    vague: tuple[Wording, ...] = ()
    missing: tuple[Wording, ...] = ()
    either: tuple[Wording, ...] = ()
    other_words: str = ""


class Finder(Protocol):
    """Finds the facets of one kind in a problem whose description is normalised."""

    def __call__(self, problem: Problem) -> Iterator[Facet]:
        """Yield them in the order of the text."""
        ...


KIN = (
    frozenset(
        "first beginning begin begins start starts leading left head front prefix earliest initial "
        "lstrip".split()
    ),
    frozenset("last end ends trailing right tail back suffix final latest rstrip".split()),
)
"""Words of which one, somewhere else, tells which end is meant."""

WHICHEVER = (
    "whichever the caller needs",
    "as the situation requires",
    "depending on what the report expects",
    "whichever was agreed",
    "whatever the rest of the program uses",
    "depending on the user",
)
"""Says that the choice matters and who knows it, so that naming two readings is no free choice."""

WHICHEVER_SETTLED = (
    "The caller needs it {meant}.",
    "The situation here requires it {meant}.",
    "The report expects it {meant}.",
    "Agreed was: {meant}.",
    "The rest of the program has it {meant}.",
    "The user wants it {meant}.",
)


def either(phrases: tuple[str, ...], meant: str) -> tuple[Wording, ...]:
    """Wordings that name two readings, each with the sentence that picks the meant one.

    Args:
        phrases: both readings joined by "or", in one order and the other.
        meant: the meant one as it stands after "needs it": `in ascending order`.
    """
    return tuple(
        Wording(f"{phrase}, {which}", settled.format(meant=meant))
        for which, settled in zip(WHICHEVER, WHICHEVER_SETTLED, strict=True)
        for phrase in phrases
    )
