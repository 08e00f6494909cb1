"""Several programs for one request, run on the same inputs and put together where they do the same."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

from assistant.decision.code_reply import Unusable
from assistant.decision.drafts.naming import entry_point
from assistant.decision.drafts.running import clusters, disagreement, observed, text_of
from assistant.decision.drafts.writing import TEMPERATURE
from assistant.decision.outcome import Code
from assistant.decision.request import Decider, DecisionSettings, Request, Round
from eval.rivals.base import Forced
from eval.rivals.inputs import inputs
from models.backends.base import TextBackend, Usage
from models.sandbox.conversation import Pace
from models.sandbox.runner import Sandbox

_PACE = Pace(call=2.0, load=5.0, budget=20.0)


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
        return disagreement([len(cluster) for cluster in self.clusters])


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
        name = entry_point(request.text)
        calls = inputs(request, name, self.backend, settings) if name and rounds else ()
        if not calls:
            return Drafts((), (), usage)
        programs = [_code(one) for one in rounds]
        seen = observed(programs, calls, self.sandbox(), _PACE)
        ran = [
            Draft(one, tuple(map(text_of, its)))
            for one, its in zip(rounds, seen, strict=True)
            if its is not None
        ]
        groups = clusters([draft.seen for draft in ran])
        return Drafts(calls, tuple(tuple(ran[place] for place in group) for group in groups), usage)

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


def _code(written: Round) -> str:
    assert isinstance(written.outcome, Code)
    return written.outcome.code
