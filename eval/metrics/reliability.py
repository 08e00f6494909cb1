"""Calibration: whether a p_ask of 0.7 is right seven times in ten.

Both classes weigh the same: how many variants a task has is an accident of the benchmark.
Source: expected calibration error over bins of equal width, Guo et al. (arXiv 1706.04599).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics.weighted import Column, Weights, divided

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of a reliability diagram.

    Args:
        low: p_ask from here.
        high: to here; the last bin includes it.
        p_ask: mean in the bin.
        unclear: share of unclear texts in the bin, classes weighted alike.
        weight: share of all rows, classes weighted alike.
        rows: how many there are.
    """

    low: float
    high: float
    p_ask: float
    unclear: float
    weight: float
    rows: int


def calibration_error(
    p_ask: Column, unclear: NDArray[np.bool_], weights: Weights, bins: int = BINS
) -> Column:
    """Expected calibration error: the mean distance of p_ask from the share of unclear texts, by bin.

    Args:
        p_ask: (rows,), from 0 to 1; NaN for a row without.
        unclear: whether asking is right, (rows,).
        weights: (draws, rows).
        bins: of equal width.
    """
    known = ~np.isnan(p_ask)
    inside = _inside(p_ask[known], bins)
    balanced = _balanced(weights[:, known], unclear[known])
    distance = np.abs((balanced * (unclear[known] - p_ask[known])) @ inside).sum(axis=1)
    return np.where(balanced.sum(axis=1) > 0.75, distance, np.nan)  # 0.5 where a class is missing


def reliability(p_ask: Column, unclear: NDArray[np.bool_], bins: int = BINS) -> tuple[Bin, ...]:
    """The bins of a reliability diagram that hold rows.

    Args:
        p_ask: (rows,), from 0 to 1; NaN for a row without.
        unclear: whether asking is right, (rows,).
        bins: of equal width.
    """
    known = ~np.isnan(p_ask)
    values, positive = p_ask[known], unclear[known]
    inside = _inside(values, bins)
    balanced = _balanced(np.ones((1, len(values))), positive)
    weight = (balanced @ inside)[0]
    mean_p = divided(((balanced * values) @ inside)[0], weight)
    share = divided(((balanced * positive) @ inside)[0], weight)
    return tuple(
        Bin(
            low=place / bins,
            high=(place + 1) / bins,
            p_ask=float(mean_p[place]),
            unclear=float(share[place]),
            weight=float(weight[place]),
            rows=int(inside[:, place].sum()),
        )
        for place in range(bins)
        if weight[place] > 0
    )


def _inside(values: Column, bins: int) -> NDArray[np.float64]:
    """Which bin each value is in: (rows, bins), of 0 and 1."""
    place = np.clip((values * bins).astype(int), 0, bins - 1)
    inside: NDArray[np.float64] = np.eye(bins)[place]
    return inside


def _balanced(weights: Weights, unclear: NDArray[np.bool_]) -> Weights:
    """Weights in which each class that is there has one half."""
    halves = np.zeros_like(weights)
    for chosen in (unclear, ~unclear):
        total = (weights * chosen).sum(axis=1, keepdims=True)
        halves += 0.5 * np.divide(weights * chosen, total, out=np.zeros_like(weights), where=total > 0)
    return halves
