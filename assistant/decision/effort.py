"""How much a decision may cost: what is looked at, how many drafts are written, and in how much time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Effort = Literal["low", "normal", "high"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an effort buys; the weights of its evidence stand in weights.toml.

    Args:
        evidence: names, in the order of looking.
        drafts: most that are written; 0 where nothing is drafted.
        seconds: wall time for all drafts of a request, from the first on; one that is not done by then is
            given up. None: they are written however long it takes.
    """

    evidence: tuple[str, ...]
    drafts: int = 0
    seconds: float | None = None


_ALL = ("opening", "examples", "drafts")

PLANS: Mapping[Effort, Plan] = {
    "low": Plan(("opening",)),
    "normal": Plan(_ALL, drafts=3, seconds=5.0),
    "high": Plan(_ALL, drafts=8, seconds=30.0),
}
