"""Ambiguous: two readings are named and none is chosen ("in ascending or descending order, as agreed")."""

from __future__ import annotations

from random import Random

from synth.modifications.base import Modified, Refusal
from synth.modifications.opening import open_up
from synth.schema import Flaw, Problem


class Alternatives:
    """Puts the opposite beside the exact term and leaves the choice to somebody who is not there."""

    name = "alternatives"
    flaw: Flaw = "ambiguous"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Offer two readings of one term."""
        return open_up(
            problem,
            rng,
            rule=self.name,
            flaw=self.flaw,
            wordings=lambda facet: facet.either,
            topic_kind=lambda facet: "alternatives",
            most_readings=2,
        )
