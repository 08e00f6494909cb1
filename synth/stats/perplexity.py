"""Perplexity of a text under a local model, as the paper's table 6 has it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

TokenLosses = Callable[[str], Sequence[float]]
"""The loss of each token of a text but the first, in nats."""

LONGEST = 1024
"""Tokens of a text that are looked at, as in the paper."""


def perplexity(text: str, losses: TokenLosses) -> float | None:
    """exp(mean token loss); None for a text of fewer than two tokens."""
    found = losses(text)
    return math.exp(sum(found) / len(found)) if len(found) else None


@contextmanager
def model_losses(model: Path) -> Iterator[TokenLosses]:
    """Token losses under a GGUF model, which is loaded for this.

    Raises:
        UserError: the file cannot be used.
    """
    from models.runtime.scoring import Scorer

    with Scorer.load(model, context_tokens=LONGEST) as scorer:
        yield scorer.losses
