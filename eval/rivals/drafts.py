"""Several programs for one request, run on the same inputs and put together where they do the same."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.decision.decider import Unusable
from assistant.decision.outcome import Code
from assistant.decision.request import Decider, DecisionSettings, Request, Round
from eval.rivals.base import Forced
from eval.rivals.inputs import entry_point, inputs
from models.backends.base import TextBackend, Usage
from models.sandbox.judge import Judge
from models.sandbox.observation import Call, Observation
from models.sandbox.runner import Sandbox

TEMPERATURE = 0.8
"""Of drafts, unless the run's own is higher: greedy drafts are all alike."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A program and what it did.

    Args:
        round: that it was written in.
        seen: what came of each call, as text to be compared.
    """

    round: Round
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drafts:
    """Programs by what they do.

    Args:
        calls: that they were run on.
        clusters: those that did the same on all calls, the most first.
        usage: of writing them.
    """

    calls: tuple[str, ...]
    clusters: tuple[tuple[Draft, ...], ...]
    usage: Usage

    @property
    def total(self) -> int:
        """Programs that could be run."""
        return sum(len(cluster) for cluster in self.clusters)

    @property
    def entropy(self) -> float | None:
        """Shannon entropy of the clusters' shares over its greatest value; None for fewer than two drafts."""
        if self.total < 2:
            return None
        shares = [len(cluster) / self.total for cluster in self.clusters]
        return -math.fsum(share * math.log(share) for share in shares) / math.log(self.total) + 0.0

    @property
    def disagreement(self) -> float | None:
        """Share of the drafts outside the largest cluster; None for fewer than two drafts."""
        return 1.0 - len(self.clusters[0]) / self.total if self.total >= 2 else None


@dataclass(frozen=True, slots=True)
class Drafting:
    """Writes drafts and runs them.

    Args:
        ours: writes them.
        backend: proposes inputs.
        sandbox: opens the sandbox.
        count: of drafts.
    """

    ours: Decider
    backend: TextBackend
    sandbox: Callable[[], Sandbox]
    count: int

    def drafts(self, request: Request, settings: DecisionSettings) -> Drafts:
        """Write and run them; those that are no code or cannot be loaded are left out.

        Raises:
            SandboxUnavailable: there is no sandbox; nothing has run.
            UserError: the backend failed.
        """
        rounds = self._written(request, settings)
        usage = sum((one.usage for one in rounds), Usage())
        name = entry_point(request)
        calls = inputs(request, name, self.backend, settings) if name and rounds else ()
        if not calls:
            return Drafts((), (), usage)
        judge = Judge(
            self.sandbox(), seconds_per_case=2.0, load_seconds=5.0, budget_seconds=20.0, packages=False
        )
        clusters: dict[tuple[str, ...], list[Draft]] = {}
        for one in rounds:
            assert isinstance(one.outcome, Code)
            seen = judge.observe(one.outcome.code, [Call(call, show=True) for call in calls])
            if any(observation.outcome == "unloadable" for observation in seen):
                continue
            texts = tuple(map(text_of, seen))
            clusters.setdefault(texts, []).append(Draft(one, texts))
        largest_first = sorted(clusters.values(), key=len, reverse=True)
        return Drafts(calls, tuple(tuple(cluster) for cluster in largest_first), usage)

    def _written(self, request: Request, settings: DecisionSettings) -> list[Round]:
        rounds = []
        for number in range(self.count):
            sampling = dataclasses.replace(
                settings.sampling,
                temperature=max(TEMPERATURE, settings.sampling.temperature),
                seed=settings.sampling.seed * self.count + number,
            )
            try:
                rounds.append(
                    Forced(self.ours, "never").first(
                        request, dataclasses.replace(settings, sampling=sampling)
                    )
                )
            except Unusable:
                continue
        return rounds


def text_of(seen: Observation) -> str:
    """What came of a call, so that two programs can be compared by it."""
    if seen.outcome == "value":
        return " ".join(seen.shown.split())
    return seen.error[0] if seen.outcome == "raised" and seen.error else seen.outcome


def first_difference(one: Sequence[str], other: Sequence[str]) -> int:
    """The place of the first call on which two programs differ, which they do."""
    return next(place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])
