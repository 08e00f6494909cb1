"""Decontamination by text and by name: nothing of HumanEval or HumanEvalComm may be in training data.

What counts is in `ngrams`; the behaviour of solutions is compared in `behaviour`.
"""

from __future__ import annotations

from dataclasses import dataclass

from synth.gate.ngrams import Hashes, name_hash
from synth.gate.reason import Reason
from synth.schema import Problem, Sample


@dataclass(frozen=True, slots=True)
class CleanProblem:
    """A problem that no benchmark has: neither its name nor a run of words.

    Args:
        benchmarks: the hashes to compare with.
    """

    benchmarks: Hashes

    def __call__(self, problem: Problem) -> Reason | None:
        """The name of the entry point, or a run of words of text or code, is a benchmark's."""
        if name_hash(_last(problem.name)) in self.benchmarks.names:
            return Reason("benchmark name", f"a benchmark has a function called `{_last(problem.name)}`")
        shown = "\n".join(f"{example.call}\n{example.result}" for example in problem.examples)
        texts = (problem.signature, problem.description, shown, problem.prelude)
        return _shares("\n".join(texts), self.benchmarks) or _shares(problem.solution, self.benchmarks)


@dataclass(frozen=True, slots=True)
class CleanSample:
    """A sample that no benchmark has: a model may write from memory, and a function may be renamed.

    Args:
        benchmarks: the hashes to compare with.
    """

    benchmarks: Hashes

    def __call__(self, sample: Sample, source: Problem) -> Reason | None:
        """The name that the request uses, or a run of words of request or reply, is a benchmark's."""
        if name_hash(_last(sample.name)) in self.benchmarks.names:
            return Reason("benchmark name", f"a benchmark has a function called `{_last(sample.name)}`")
        return _shares(sample.problem, self.benchmarks) or _shares(sample.answer, self.benchmarks)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _shares(text: str, benchmarks: Hashes) -> Reason | None:
    shared = benchmarks.shared(text)
    return Reason("benchmark text", f"{shared} runs of words are a benchmark's") if shared else None
