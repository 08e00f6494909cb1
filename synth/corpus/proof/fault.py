"""A claim of the corpus that does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Claim = Literal[
    "edit",  # each replaces what stands exactly once
    "shape",  # a request in a code shape is Python, also after a change
    "question",  # each is one line that ends in a question mark
    "beside the point",  # each mentions what was changed
    "solution",  # it passes the tests, loads, and does the same twice
    "example",  # it does what both clear wordings show
    "fits",  # a reading does what the unclear text still shows
    "differs",  # the readings give different values for the input that is named
    "contradicted",  # the solution fails an example that was changed
    "combination",  # points that may be combined stay flaws together
    "alike",  # no two problems say or do the same
    "benchmark",  # nothing is a benchmark's
]


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not hold, and where.

    Args:
        problem: `strings/squeeze-runs`.
        point: key of the point; None when the problem itself is at fault.
        claim: which of the claims.
        detail: why, a clause.
    """

    problem: str
    point: str | None
    claim: Claim
    detail: str

    def __str__(self) -> str:
        """One line for a report."""
        place = f"{self.problem}, {self.point}" if self.point else self.problem
        return f"{place}: {self.claim}: {self.detail}"
