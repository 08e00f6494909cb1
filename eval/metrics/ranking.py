"""How well p_ask ranks unclear texts above clear ones, whatever the threshold.

Both classes weigh the same in all of these: an unclear task comes in several variants, a clear one once, and
that must not show. So 0.5 is chance in AUROC and in average precision.
Sources: AUROC with ties counting half, Hanley and McNeil 1982; average precision as the step-wise sum of
precision over recall, Manning et al., "Introduction to Information Retrieval", chapter 8.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eval.metrics.weighted import Column, Weights


def auroc(scores: Column, unclear: NDArray[np.bool_], weights: Weights) -> Column:
    """Chance that an unclear text has the higher score than a clear one; a tie counts half.

    Args:
        scores: p_ask, (rows,); NaN for a row without.
        unclear: whether asking is right, (rows,).
        weights: (draws, rows).
    """
    hits, false = _by_score(scores, unclear, weights)
    caught = np.cumsum(hits, axis=1) - hits / 2
    return _where_defined((caught * false).sum(axis=1), hits, false)


def average_precision(scores: Column, unclear: NDArray[np.bool_], weights: Weights) -> Column:
    """Mean precision over the recall steps, unclear texts being what is looked for.

    Args:
        scores: p_ask, (rows,); NaN for a row without.
        unclear: whether asking is right, (rows,).
        weights: (draws, rows).
    """
    hits, false = _by_score(scores, unclear, weights)
    caught, wrong = np.cumsum(hits, axis=1), np.cumsum(false, axis=1)
    precision = np.divide(caught, caught + wrong, out=np.zeros_like(caught), where=caught + wrong > 0)
    return _where_defined((hits * precision).sum(axis=1), hits, false)


def communication_at(
    scores: Column, unclear: NDArray[np.bool_], weights: Weights, false_asks: float = 0.05
) -> Column:
    """Share of unclear texts asked about at the lowest threshold that keeps false asks within a limit.

    Args:
        scores: p_ask, (rows,); NaN for a row without. One asks where it is at least the threshold.
        unclear: whether asking is right, (rows,).
        weights: (draws, rows).
        false_asks: largest share of clear texts that may be asked about.
    """
    hits, false = _by_score(scores, unclear, weights)
    allowed = np.cumsum(false, axis=1) <= false_asks + 1e-12
    caught = np.where(allowed, np.cumsum(hits, axis=1), 0.0).max(axis=1, initial=0.0)
    return _where_defined(caught, hits, false)


def _by_score(
    scores: Column, unclear: NDArray[np.bool_], weights: Weights
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of the unclear and of the clear rows at each score, highest first: twice (draws, scores)."""
    known = ~np.isnan(scores)
    values, place = np.unique(-scores[known], return_inverse=True)
    at = np.zeros((int(known.sum()), len(values)))
    at[np.arange(len(at)), place] = 1.0
    kept, positive = weights[:, known], unclear[known]
    return _shares((kept * positive) @ at), _shares((kept * ~positive) @ at)


def _shares(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    total = sums.sum(axis=1, keepdims=True)
    shares = np.zeros_like(sums)
    np.divide(sums, total, out=shares, where=total > 0)
    return shares


def _where_defined(values: Column, hits: NDArray[np.float64], false: NDArray[np.float64]) -> Column:
    both = (hits.sum(axis=1) > 0) & (false.sum(axis=1) > 0)
    return np.where(both, values, np.nan)
