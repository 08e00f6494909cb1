"""A source of the fixture problems, and a build of them as a program of its own, which tests can kill.

`python -m tests.synth.building FOLDER JOBS` builds into FOLDER.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from synth.machine import Machine
from synth.recipes.recipe import Recipe, checked
from synth.schema import Problem
from synth.sources.base import READERS, Skipped, SourceOptions
from tests.synth.problems import problems


class FixtureProblems:
    """`fixture`, or `fixture:N` for the first N; then a near-duplicate. One thing is passed over."""

    def __init__(self, argument: str) -> None:
        self.name = f"fixture:{argument}"
        self.skipped: list[Skipped] = []
        self._most = int(argument or 1000)

    @classmethod
    def open(cls, argument: str, options: SourceOptions) -> FixtureProblems:
        return cls(argument)

    def problems(self) -> Iterator[Problem]:
        self.skipped = [Skipped("fixture:none", "too long")]
        yield from problems()[: self._most]
        yield problems()[0].model_copy(update={"id": "fixture:again", "name": "again"})


def register() -> None:
    """Make the source known in this process."""
    READERS["fixture"] = "tests.synth.building:FixtureProblems"


def recipe(**fields: object) -> Recipe:
    """A recipe over the fixture problems."""
    return checked({"sources": ["fixture"], "seed": 3, **fields})


COUNT = 14
SPLIT = {
    "sources": [f"fixture:{COUNT}"],
    "split": {"validation": 0.2, "test": 0.2},
    "balance": {"uneven": 3.0},
}

if __name__ == "__main__":
    from synth.build import build

    register()
    build(recipe(**SPLIT), Path(sys.argv[1]), Machine(jobs=int(sys.argv[2])))
