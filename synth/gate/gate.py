"""The gate: the table of checks, in the order in which they are asked."""

from __future__ import annotations

from synth.gate.contamination import CleanProblem, CleanSample
from synth.gate.leaks import leaks
from synth.gate.lengths import Lengths
from synth.gate.ngrams import committed
from synth.gate.questions import questions
from synth.gate.reason import Check, ProblemCheck, Reason
from synth.gate.refusals import refusals
from synth.gate.settings import GateSettings
from synth.gate.tokens import token_counter
from synth.gate.truncated import truncated
from synth.gate.unchanged import unchanged, unrelated
from synth.schema import Problem, Sample


class Gate:
    """Lets a problem or a sample pass, or says why not. One that is made anew says the same.

    Near-duplicates and behaviour, which take several problems at a time, are looked at while the sources are
    read (`duplicates`, `behaviour`).

    Args:
        settings: limits.

    Raises:
        UserError: the tokenizer or the file of hashes cannot be read.
    """

    def __init__(self, settings: GateSettings) -> None:
        benchmarks = committed()
        lengths = Lengths(token_counter(settings.tokenizer), settings.request_tokens, settings.sample_tokens)
        # Adding a check: one file, and one line here.
        self.problem_checks: tuple[ProblemCheck, ...] = (CleanProblem(benchmarks),)
        self.checks: tuple[Check, ...] = (
            truncated,
            refusals,
            leaks,
            unchanged,
            unrelated,
            questions,
            lengths,
            CleanSample(benchmarks),
        )

    def problem(self, problem: Problem) -> Reason | None:
        """Why nothing must be made of a problem; None when it may be used."""
        return next((reason for check in self.problem_checks if (reason := check(problem))), None)

    def sample(self, sample: Sample, source: Problem) -> Reason | None:
        """Why a sample must not be used; None when it may.

        Args:
            sample: as the generator made it.
            source: the problem it was made from.
        """
        return next((reason for check in self.checks if (reason := check(sample, source))), None)
