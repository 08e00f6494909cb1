"""Which points of a problem may stand in one text together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from synth.corpus.format import CorpusProblem, NotApplicable, Point
from synth.corpus.shown import shown
from synth.corpus.spans import region
from synth.gate.words import telling

MOST_ALIKE = 0.25
"""Of the telling words of two points; above it they are taken to be about one matter."""


def together(problem: CorpusProblem) -> Iterator[tuple[Point, Point]]:
    """Pairs of points that may change one text, in the order of the file.

    Their changes lie in different sentences, do not disturb each other, are about different matters, and
    neither brings an example that the other took away. What this rule cannot see stands in `apart`.
    """
    apart = {frozenset(pair) for pair in problem.apart}
    for one, other in combinations(problem.points, 2):
        if one.of != other.of or frozenset({one.key, other.key}) in apart:
            continue
        if _independent(problem, one, other) and _alike(one, other) < MOST_ALIKE:
            yield one, other


def _independent(problem: CorpusProblem, one: Point, other: Point) -> bool:
    clear = problem.clear(one.of)
    if not _apart(clear, one, other):
        return False
    try:
        both, reverse = problem.unclear(one, other), problem.unclear(other, one)
        alone = [set(shown(problem.unclear(point), problem.name)) for point in (one, other)]
    except NotApplicable:
        return False
    if both != reverse:
        return False
    left = set(shown(both, problem.name))
    known = set(shown(clear, problem.name))
    return all(
        example in found or (example not in known and beside.kind == "inconsistent")
        for example in left
        for found, beside in ((alone[0], other), (alone[1], one))
    )


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
