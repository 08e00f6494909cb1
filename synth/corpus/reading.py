"""`python -m synth.corpus.reading SEED COUNT`: prints random points the way a reader judges them.

First the unclear request alone, so that it can be read as a stranger would; below it what was changed, the
questions, the readings and the answer.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator

from synth.corpus.files import everything
from synth.corpus.format import CorpusProblem, Point


def drawn(seed: int, count: int) -> list[tuple[str, CorpusProblem, Point]]:
    """So many points at random, with the place of their problem.

    Args:
        seed: the same one draws the same points from the same corpus.
        count: at most as many as there are.
    """
    every = [
        (f"{domain}/{problem.id}", problem, point)
        for domain, problem in everything()
        for point in problem.points
    ]
    every.sort(key=lambda one: (one[0], one[2].key))
    return random.Random(seed).sample(every, min(count, len(every)))


def sheet(place: str, problem: CorpusProblem, point: Point) -> Iterator[str]:
    """The lines to read for a point."""
    yield f"== {place} {point.key} ({problem.shape})"
    yield problem.unclear(point).rstrip()
    for edit in point.edits:
        yield f"-- {edit.before!r}\n++ {edit.after!r}"
    yield from (f" ? {question}" for question in point.questions)
    yield from (f" {'*' if reading.meant else '-'} {reading.option}" for reading in point.readings)
    yield f" ! {point.answer}\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print random points of the corpus to be judged.")
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    given = parser.parse_args()
    for chosen in drawn(given.seed, given.count):
        sys.stdout.writelines(f"{line}\n" for line in sheet(*chosen))
