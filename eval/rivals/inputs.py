"""Inputs for the drafts of rivals: calls that a request shows, that the model proposes, and variations."""

from __future__ import annotations

import random

from assistant.decision.drafts.inputs import calls_in, gathered, proposed, variations
from assistant.decision.request import DecisionSettings, Request
from models.backends.base import TextBackend
from models.shown import shown


def inputs(request: Request, name: str, backend: TextBackend, settings: DecisionSettings) -> tuple[str, ...]:
    """Calls of a function, in the order of their source: shown, proposed, varied.

    Args:
        request: that asks for it.
        name: of the function.
        backend: the model that proposes.
        settings: their decoding, and the seed of variation.

    Raises:
        UserError: the backend failed.
    """
    proposal = proposed(request.text, backend, settings.sampling)
    calls = [*(one.call for one in shown(request.text, name)), *calls_in(proposal, name)]
    chance = random.Random(settings.sampling.seed)
    return gathered(calls, name, lambda seeds: variations(seeds, chance))
