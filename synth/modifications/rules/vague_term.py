"""Ambiguous: an exact term gives way to a vague one ("a few letters", "in a uniform case")."""

from __future__ import annotations

from random import Random

from synth.modifications.base import Modified, Refusal
from synth.modifications.facets.base import Facet
from synth.modifications.opening import open_up
from synth.schema import Flaw, Problem


class VagueTerm:
    """Replaces a threshold, count, mark, case, side or format by words that several readings fit."""

    name = "vague-term"
    flaw: Flaw = "ambiguous"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Make one exact term vague."""
        return open_up(
            problem,
            rng,
            rule=self.name,
            flaw=self.flaw,
            wordings=lambda facet: facet.vague,
            topic_kind=_topic_kind,
        )


def _topic_kind(facet: Facet) -> str:
    if facet.kind == "number":
        return "vague-number"
    if facet.kind == "target":
        return "vague-target"
    return "vague-choice" if facet.others else "vague-condition"
