"""Why a problem or a sample is dropped, and the interface of the checks that say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from synth.schema import Problem, Sample

Kind = Literal[
    # of problems
    "near-duplicate",  # of a problem that came before
    "benchmark text",  # shares a run of words with a benchmark
    "benchmark name",  # called like a function of a benchmark
    "benchmark behaviour",  # passes the tests of a benchmark's problem
    "no samples",  # the generator could make none
    "failed",  # the generator gave up on it
    # of samples
    "leak",  # speaks of what the text was before
    "refusal",  # a model declined
    "empty",
    "truncated",  # broken off
    "form",  # neither a list of questions nor a block of code, or not the one its type asks for
    "unchanged",  # the modification is not there
    "unrelated",  # the modified text is about something else
    "no question",
    "beside the point",  # no question is about what was changed
    "too long",
    "same request",  # another sample has this request and this reply
    "two labels",  # the same request is clear in one sample and unclear in another
]
"""For counting; `Reason.detail` tells the single case."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is dropped.

    Args:
        kind: one of a fixed list.
        detail: the case in a clause, for people; nothing of a benchmark is quoted in it.
    """

    kind: Kind
    detail: str = ""


class Check(Protocol):
    """Looks at one sample; it keeps nothing from one call to the next."""

    def __call__(self, sample: Sample, source: Problem) -> Reason | None:
        """Why the sample must not be used; None when this check has nothing against it.

        Args:
            sample: as the generator made it.
            source: the problem it was made from.
        """


class ProblemCheck(Protocol):
    """Looks at one problem before anything is made of it."""

    def __call__(self, problem: Problem) -> Reason | None:
        """Why the problem must not be used; None when this check has nothing against it."""
