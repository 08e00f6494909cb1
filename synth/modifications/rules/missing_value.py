"""Incomplete: the text points at a value that it does not give ("the agreed separator")."""

from __future__ import annotations

from random import Random

from synth.modifications.base import Modified, Refusal
from synth.modifications.facets.base import Facet
from synth.modifications.opening import open_up
from synth.schema import Flaw, Problem


class MissingValue:
    """Drops a threshold, mark, order or format and keeps the mention of it."""

    name = "missing-value"
    flaw: Flaw = "incomplete"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Drop one value."""
        return open_up(
            problem,
            rng,
            rule=self.name,
            flaw=self.flaw,
            wordings=lambda facet: () if facet.kind == "unit" else facet.missing,
            topic_kind=_topic_kind,
        )


def _topic_kind(facet: Facet) -> str:
    if facet.kind in {"number", "mark"}:
        return "missing-value"
    return "missing-way" if facet.others or facet.kind == "target" else "missing-condition"
