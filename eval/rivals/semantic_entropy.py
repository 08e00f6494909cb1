"""Semantic entropy over programs: the more different things drafts do, the less clear the request.

Source: Kuhn et al., "Semantic Uncertainty" (arXiv 2302.09664), over programs as in SpecFix (arXiv
2505.07270); programs have the same meaning here when they do the same on all inputs that were tried.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from assistant.decision.outcome import Finding
from assistant.decision.request import DecisionSettings, Request
from eval.rivals.base import Measured, System, Tools
from eval.rivals.drafts import Drafting


@dataclass(frozen=True, slots=True)
class SemanticEntropy:
    """The entropy of drafts, over its greatest value.

    Args:
        drafting: writes and runs them.
    """

    drafting: Drafting

    def measure(self, request: Request, settings: DecisionSettings) -> Finding | None:
        """None where fewer than two drafts could be run."""
        started = time.perf_counter()
        drafts = self.drafting.drafts(request, settings)
        if drafts.entropy is None:
            return None
        return Finding(
            name="semantic-entropy",
            value=drafts.entropy,
            cost_seconds=time.perf_counter() - started,
            reason=f"{drafts.total} drafts do {len(drafts.clusters)} different things",
        )


def make(tools: Tools, argument: str) -> System:
    """Semantic entropy.

    Args:
        tools: what it may use.
        argument: how many drafts.
    """
    drafting = Drafting(tools.ours, tools.backend, tools.sandbox, int(argument))
    return System(Measured(tools.ours, SemanticEntropy(drafting), generates=True), runs_code=True)
