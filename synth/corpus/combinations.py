"""Which points of a problem may stand in one text together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from models.shown import shown
from synth.corpus.format import CorpusProblem, NotApplicable, Point
from synth.corpus.spans import region
from synth.gate.words import telling

MOST_ALIKE = 0.25
"""Of the telling words of two points; above it they are taken to be about one matter."""


def pairs(problem: CorpusProblem) -> Iterator[tuple[Point, Point]]:
    """Pairs of points that may change one text, in the order of the file.

    Their changes lie in different sentences, do not disturb each other, are about different matters, and
    neither brings an example that the other took away. What this rule cannot see stands in `apart`.
    """
    apart = {frozenset(pair) for pair in problem.apart}
    for one, other in combinations(problem.points, 2):
        if one.of != other.of or frozenset({one.key, other.key}) in apart:
            continue
        if (
            _apart(problem.clear(one.of), one, other)
            and _alike(one, other) < MOST_ALIKE
            and _independent(problem, (one, other))
        ):
            yield one, other


def triples(problem: CorpusProblem) -> Iterator[tuple[Point, Point, Point]]:
    """Three points of which any two may change one text, and all of them, in the order of the file."""
    allowed = {frozenset({one.key, other.key}) for one, other in pairs(problem)}
    for three in combinations(problem.points, 3):
        if all(frozenset({one.key, other.key}) in allowed for one, other in combinations(three, 2)):
            if _independent(problem, three):
                yield three


def together(problem: CorpusProblem) -> Iterator[tuple[Point, ...]]:
    """The groups of points that may change one text: all pairs, then all threes."""
    yield from pairs(problem)
    yield from triples(problem)


def _independent(problem: CorpusProblem, group: Sequence[Point]) -> bool:
    """Whether changes give one text in any order, which shows no example that one of them took away."""
    try:
        texts = {problem.unclear(*order) for order in permutations(group)}
        alone = [set(shown(problem.unclear(point), problem.name)) for point in group]
    except NotApplicable:
        return False
    if len(texts) > 1:
        return False
    known = set(shown(problem.clear(group[0].of), problem.name))
    return all(
        example in found or (example not in known and _contradicted(group, number))
        for example in shown(texts.pop(), problem.name)
        for number, found in enumerate(alone)
    )


def _contradicted(group: Sequence[Point], number: int) -> bool:
    """Whether another point of a group than the one of this number may have brought an example."""
    return any(point.kind == "inconsistent" for at, point in enumerate(group) if at != number)


def _apart(text: str, one: Point, other: Point) -> bool:
    """Whether two points change different sentences or examples."""
    first, second = (
        [region(edit, text) for edit in point.edits if edit.before in text] for point in (one, other)
    )
    return all(end <= begin or stop <= start for start, end in first for begin, stop in second)


def _alike(one: Point, other: Point) -> float:
    """Share of telling words that two points have in common, Jaccard."""
    first, second = (_matter(point) for point in (one, other))
    return len(first & second) / max(1, len(first | second))


def _matter(point: Point) -> set[str]:
    said = [point.answer, *(part for edit in point.edits for part in (edit.before, edit.after))]
    said += [reading.option for reading in point.readings]
    return telling(" ".join(said))
