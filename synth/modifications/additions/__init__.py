"""Points that a description leaves out and its records settle: the table of their finders."""

from __future__ import annotations

from functools import lru_cache

from synth.modifications.additions import cases, guards, lists, results, texts
from synth.modifications.additions.base import Addition, Finder
from synth.schema import Problem

# Adding a point: a finder, and one line here.
FINDERS: tuple[Finder, ...] = (
    cases.empty_input,
    cases.failed_check,
    guards.first_guard,
    guards.second_guard,
    results.rounding,
    results.whole_floats,
    results.iterator,
    results.negative_numbers,
    lists.in_place,
    lists.repeated,
    lists.kept_order,
    texts.letter_case,
    texts.blanks_at_ends,
    texts.line_breaks,
    texts.foreign_letters,
)


@lru_cache(maxsize=32)
def additions(problem: Problem) -> tuple[Addition, ...]:
    """The points that a problem's text leaves out and its records settle."""
    return tuple(found for find in FINDERS if (found := find(problem)) is not None)
