"""Probabilities of what comes next, from one row of logits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Row = NDArray[np.float32]
    LogProbabilities = NDArray[np.float64]

Tokens = tuple[int, ...]


def log_softmax(row: Row) -> LogProbabilities:
    """Log-probabilities of a row of logits, in nats, computed in double precision.

    Args:
        row: shape (vocabulary,), float32.

    Returns:
        Shape (vocabulary,), float64; the exponentials sum to 1.
    """
    import numpy as np

    shifted = row.astype(np.float64)
    shifted -= shifted.max()
    shifted -= np.log(np.exp(shifted).sum())
    return shifted


def opener_masses(
    openers: Sequence[Sequence[int]], after: Callable[[Tokens], LogProbabilities]
) -> tuple[float, ...]:
    """P(t1) * P(t2 | t1) * … of each opener.

    Openers that begin alike share what they begin with: `after` is called once for each beginning.

    Args:
        openers: their token sequences, none empty. If one is the beginning of another, the other's mass is a
            part of its own.
        after: log-probabilities of the next token once the model has read the prompt and these tokens.

    Raises:
        ValueError: an opener is empty.
    """
    import numpy as np

    if not all(openers):
        raise ValueError("an opener has no tokens")
    wanted: dict[Tokens, set[int]] = {}
    for opener in openers:
        for depth, token in enumerate(opener):
            wanted.setdefault(tuple(opener[:depth]), set()).add(token)
    known: dict[tuple[Tokens, int], float] = {}
    for beginning in sorted(wanted):  # depth first, so that a computed beginning is still there for the next
        row = after(beginning)
        known.update({(beginning, token): float(row[token]) for token in wanted[beginning]})
    return tuple(
        float(np.exp(sum(known[tuple(opener[:depth]), token] for depth, token in enumerate(opener))))
        for opener in openers
    )
