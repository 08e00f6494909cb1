"""How the model itself would open its reply: the mass of a list opener against that of a code fence."""

from __future__ import annotations

import time

from assistant.decision.outcome import Finding
from assistant.decision.request import Request
from models.backends.base import Prompt, TextBackend
from models.reply import FENCE_OPENER, LIST_OPENER


class Opening:
    """P(list opener) / (P(list opener) + P(fence opener)), over the openers' full token sequences."""

    name = "opening"

    def look(self, request: Request, prompt: Prompt, backend: TextBackend) -> Finding | None:
        """One prefill, no sampling; None without log-probabilities or when neither opener has any mass."""
        started = time.perf_counter()
        mass = backend.opener_mass(prompt, (LIST_OPENER, FENCE_OPENER))
        if mass is None or sum(mass.mass) <= 0.0:
            return None
        asks, codes = mass.mass
        value = asks / (asks + codes)
        basis = "" if mass.exact else ", judged by the first token alone"
        return Finding(
            name=self.name,
            value=value,
            cost_seconds=time.perf_counter() - started,
            reason=f"the model would open with a question with probability {value:.2f}{basis}",
            p_other=mass.other,
        )
