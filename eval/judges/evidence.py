"""What speaks for and against a question being about what was changed, as numbers between 0 and 1.

Both descriptions are known here, and so is what differs between them; the answerer's own measure of relevance
is not used, so that a question is not good because it was answered.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from eval.judges.words import all_stems, changed_stems, stems
from eval.protocol.changes import Change, changes, units
from eval.schema import Variant

FEATURES = (
    "named",
    "within",
    "similar",
    "purpose",
    "example",
    "choice",
    "elsewhere",
    "outside",
    "general",
    "whole",
)
"""The first six speak for a question, the others against it; see `features`."""

FOR = 6
"""How many of `FEATURES`, from the first, may only raise the score; the others may only lower it."""

_FEW = 3  # words of a change that are enough to name it
_TELLING = 3  # shorter values of an example, such as 1, stand in many places
_PURPOSE = re.compile(
    r"\b(?:purpose|logic|what (?:the|this|it) .{0,40}should do|supposed to do|trying to (?:do|achieve)"
    r"|asking for|expected (?:output|behaviou?r|result)|what .{0,30}\bdo with)\b",
    re.I,
)
_EXAMPLE = re.compile(r"\b(?:examples?|doctests?|test cases?|shows?|shown)\b", re.I)
_CHOICE = re.compile(r"\bwhether\b|\bwhich\b|\bor\b", re.I)
_WHOLE = re.compile(
    r"\b(?:complete|full|entire) (?:problem|description|statement|task|requirement)"
    r"|\bmore (?:details|information|specifics)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Side:
    """A change as stems: of what differs, words of any task included, and of the sentence that it is in."""

    own: frozenset[str]
    sentence: frozenset[str]
    example: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What a variant's change looks like to a question.

    Args:
        sides: one for each change.
        kept: the sentences of the original that nothing was changed in.
        known: all words of both texts.
        lost: share of the original's words that were changed or removed.
        example: whether an example has another result than it had.
    """

    sides: tuple[_Side, ...]
    kept: tuple[frozenset[str], ...]
    known: frozenset[str]
    lost: float
    example: bool


@functools.lru_cache(maxsize=1024)
def difference(variant: Variant) -> Difference:
    """Compare a variant's two texts."""
    name = variant.entry_point
    found = changes(variant)
    sides = tuple(_side(change, name) for change in found)
    inside = {change.span for change in found}
    kept = tuple(
        stems(unit.text, name)
        for unit in units(variant.original, name)
        if not any(_same(unit.text, span) for span in inside)
    )
    total = len(all_stems(variant.original, name))
    lost = sum(len(all_stems(" ".join(change.words), name)) for change in found if not change.example)
    return Difference(
        sides=sides,
        kept=kept,
        known=stems(variant.original, name) | stems(variant.text, name),
        lost=min(1.0, lost / total) if total else 0.0,
        example=any(side.example for side in sides) and _has_examples(variant),
    )


def _side(change: Change, name: str) -> _Side:
    words = " ".join(change.words)
    own, telling = changed_stems(words, name), stems(words, name)
    if change.example:
        own, telling = _telling(own), _telling(telling)
    return _Side(own, telling | stems(" ".join(change.around), name), change.example)


def _telling(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if len(word) >= _TELLING)


def _same(unit: str, span: str) -> bool:
    """Whether a change's span is of this sentence."""
    return span in " ".join(unit.split())


def _has_examples(variant: Variant) -> bool:
    return any(unit.example for unit in units(variant.text, variant.entry_point))


def features(question: str, variant: Variant) -> tuple[float, ...]:
    """The evidence on one question, in the order of `FEATURES`.

    - named: words of one change that the question has, three or all of them being enough.
    - within: share of the question's words that are of a changed sentence.
    - similar: how alike the question and the likest changed sentence are (Jaccard).
    - purpose: asks what it is all for, as far as the text that said so was removed.
    - example: speaks of examples, where a remaining one was changed.
    - choice: puts alternatives, with words of a change.
    - elsewhere: how alike it and the likest unchanged sentence are.
    - outside: share of its words that neither text has.
    - general: 1 when it has no word that says anything.
    - whole: asks for the complete description, or for more details.

    Args:
        question: one, with what it says about the text.
        variant: what it was asked about.
    """
    found = difference(variant)
    asked, words = stems(question, variant.entry_point), changed_stems(question, variant.entry_point)
    count = max(1, len(asked))
    named = max((_share(words & side.own, side.own) for side in found.sides), default=0.0)
    changed = frozenset[str]().union(*(side.sentence for side in found.sides))
    return (
        named,
        len(asked & changed) / count,
        max((_alike(asked, side.sentence) for side in found.sides), default=0.0),
        found.lost if _PURPOSE.search(question) else 0.0,
        float(found.example and _EXAMPLE.search(question) is not None),
        named if _CHOICE.search(question) else 0.0,
        max((_alike(asked, sentence) for sentence in found.kept), default=0.0),
        len(asked - found.known) / count,
        float(not asked),
        float(_WHOLE.search(question) is not None),
    )


def aimed_at(question: str, variant: Variant) -> Sequence[int]:
    """Which changes a question has words of, by their number."""
    asked = changed_stems(question, variant.entry_point)
    return [
        number
        for number, side in enumerate(difference(variant).sides)
        if _share(asked & side.own, side.own) or (side.example and _EXAMPLE.search(question))
    ]


def _share(shared: frozenset[str], own: frozenset[str]) -> float:
    return min(1.0, len(shared) / min(_FEW, len(own))) if own else 0.0


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
