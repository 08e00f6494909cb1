"""How well scores put two classes in order, whatever the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def auroc(
    scores: Sequence[float] | NDArray[np.float64], positive: Sequence[bool] | NDArray[np.bool_]
) -> float:
    """Share of pairs, one of each class, in which the positive one scores higher; ties count half.

    Args:
        scores: one for each item, shape (n,).
        positive: whether an item is of the positive class, shape (n,).

    Raises:
        ValueError: one of the classes is missing.
    """
    import numpy as np

    chosen = np.asarray(positive, dtype=np.bool_)
    if chosen.all() or not chosen.any():
        raise ValueError("AUROC needs items of both classes")
    _, inverse, counts = np.unique(np.asarray(scores), return_inverse=True, return_counts=True)
    upper = counts.cumsum()
    ranks = (upper - (counts - 1) / 2)[inverse]
    positives = int(chosen.sum())
    negatives = len(chosen) - positives
    return float((ranks[chosen].sum() - positives * (positives + 1) / 2) / (positives * negatives))
