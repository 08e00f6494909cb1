"""What is measured on the corpus: counts, sameness of questions and phrases, what the surface gives away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile

from pydantic import BaseModel, ConfigDict, Field

from synth.corpus.combinations import pairs, triples
from synth.corpus.format import CorpusProblem, Point
from synth.corpus.split import Part, split
from synth.corpus.surface import surface_auroc
from synth.gate.words import words

_QUOTED = re.compile(r"\"[^\"]+\"|“[^”]+”|`[^`]+`|(?<!\w)'[^']+'(?!\w)")
_FEWEST = 3  # words of a phrase; a shorter one is taken with its neighbours


class CorpusStatistics(BaseModel):
    """The corpus in numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    problems: int
    points: int
    pairs: int = Field(description="Pairs of points that may stand in one text.")
    triples: int = Field(description="Threes of points that may.")
    by_domain: dict[str, int] = Field(description="Problems.")
    by_shape: dict[str, int] = Field(description="Problems.")
    by_kind: dict[str, int] = Field(description="Points.")
    by_part: dict[Part, int] = Field(description="Points of the domains in each part of the split.")
    distinct_questions: float = Field(description="Share that no other question repeats, quotations masked.")
    repeated_phrases: float = Field(description="Share of inserted phrases that occur in another problem.")
    surface_auroc: float = Field(
        description="How well lengths, counts and formatting alone tell unclear from clear."
    )


def statistics(problems: Iterable[tuple[str, CorpusProblem]]) -> CorpusStatistics:
    """Count and measure.

    Args:
        problems: with their domain.
    """
    every = list(problems)
    points = [point for _, problem in every for point in problem.points]
    table = split()
    parts: Counter[Part] = Counter()
    for domain, problem in every:
        parts[table.part_of(domain)] += len(problem.points)
    return CorpusStatistics(
        problems=len(every),
        points=len(points),
        pairs=sum(1 for _, problem in every for _ in pairs(problem)),
        triples=sum(1 for _, problem in every for _ in triples(problem)),
        by_domain=dict(sorted(Counter(domain for domain, _ in every).items())),
        by_shape=dict(Counter(problem.shape for _, problem in every).most_common()),
        by_kind=dict(Counter(point.kind for point in points).most_common()),
        by_part=dict(parts),
        distinct_questions=round(distinct_questions(points), 4),
        repeated_phrases=round(repeated_phrases(every), 4),
        surface_auroc=round(surface_auroc(every), 4),
    )


def masked(question: str) -> str:
    """The shape of a question: quotations and numbers masked, case and punctuation left out."""
    bare = re.sub(r"\d+", "0", _QUOTED.sub(" Q ", question))
    return " ".join(re.findall(r"\w+", bare.casefold()))


def distinct_questions(points: Sequence[Point]) -> float:
    """Share of questions whose shape no other question has."""
    shapes = Counter(masked(question) for point in points for question in point.questions)
    return sum(count == 1 for count in shapes.values()) / max(1, sum(shapes.values()))


def phrase(problem: CorpusProblem, point: Point) -> tuple[str, ...]:
    """The words that a point puts into the text, with neighbours to make three; empty when it only drops."""
    clear, unclear = words(problem.clear(point.of)), words(problem.unclear(point))
    left = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(clear, unclear, strict=False)))
    ends = zip(clear[left:][::-1], unclear[left:][::-1], strict=False)
    right = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], ends))
    stop = len(unclear) - right
    if stop <= left:
        return ()
    while stop - left < _FEWEST and (left > 0 or stop < len(unclear)):
        left, stop = max(0, left - 1), min(len(unclear), stop + 1)
    return tuple(unclear[left:stop])


def repeated(problems: Sequence[tuple[str, CorpusProblem]]) -> list[tuple[str, Point, str]]:
    """Points whose phrase stands in another problem's text, clear or not: place, point, phrase."""
    texts: list[tuple[str, str]] = []
    for domain, problem in problems:
        place = f"{domain}/{problem.id}"
        said = [problem.clear(which) for which in problem.wordings]
        said += [problem.unclear(point) for point in problem.points]
        texts.append((place, " | ".join(f" {' '.join(words(text))} " for text in said)))
    found = []
    for domain, problem in problems:
        place = f"{domain}/{problem.id}"
        for point in problem.points:
            run = " ".join(phrase(problem, point))
            if run and any(f" {run} " in text for other, text in texts if other != place):
                found.append((place, point, run))
    return found


def repeated_phrases(problems: Sequence[tuple[str, CorpusProblem]]) -> float:
    """Share of points that insert a phrase which another problem's text has as well."""
    inserting = sum(bool(phrase(problem, point)) for _, problem in problems for point in problem.points)
    return len(repeated(problems)) / max(1, inserting)
