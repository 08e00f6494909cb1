"""`corpus`, `corpus:dev`, `corpus:test`, `corpus:all`, `corpus:DOMAIN`: the project's own problems.

`corpus` alone gives the part that may be trained on, so that nobody trains on the test part by leaving a word
out. What they claim is proven by the tests; here nothing is run.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.errors import UsageError, nearest
from synth.corpus.files import domain, domains
from synth.corpus.format import CorpusProblem
from synth.corpus.problem import problem_of
from synth.corpus.split import PARTS, split
from synth.schema import Problem
from synth.sources.base import Skipped, SourceOptions


class Corpus:
    """Problems of the corpus, domain by domain.

    Args:
        argument: `train` (also when empty), `dev`, `test`, `all`, or a domain.

    Raises:
        UsageError: there is no such part or domain.
    """

    def __init__(self, argument: str) -> None:
        part = argument or "train"
        known = ["all", *PARTS, *domains()]
        if part not in known:
            raise UsageError(
                f"the corpus has no part or domain called `{part}`", where=argument, do=nearest(part, known)
            )
        self.name = f"corpus:{argument}" if argument else "corpus"
        self.skipped: list[Skipped] = []
        self._part = part

    @classmethod
    def open(cls, argument: str, options: SourceOptions) -> Corpus:
        """The source for `corpus` and `corpus:PART`."""
        return cls(argument)

    def problems(self) -> Iterator[Problem]:
        """The clear problems, each in its first wording."""
        for name, problem in self.corpus_problems():
            yield problem_of(name, problem)

    def corpus_problems(self) -> Iterator[tuple[str, CorpusProblem]]:
        """The same with their points, each with its domain; what the corpus generator works from."""
        for name in domains():
            if self._part in {"all", name} or self._part == split().part_of(name):
                for problem in domain(name):
                    yield name, problem
