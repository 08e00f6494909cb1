"""Incomplete: the unit of a quantity is gone."""

from __future__ import annotations

from random import Random

from synth.modifications.base import Modified, Refusal
from synth.modifications.opening import open_up
from synth.schema import Flaw, Problem


class DropUnit:
    """Drops the unit, or leaves a pointer to it."""

    name = "drop-unit"
    flaw: Flaw = "incomplete"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Drop one unit."""
        return open_up(
            problem,
            rng,
            rule=self.name,
            flaw=self.flaw,
            wordings=lambda facet: facet.missing if facet.kind == "unit" else (),
            topic_kind=lambda facet: "missing-unit",
        )
