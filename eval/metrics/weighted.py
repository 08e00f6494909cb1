"""Weighted means and ratios, the ground of most metrics."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Column: TypeAlias = NDArray[np.float64]
"""A number per row, NaN where there is none."""

Weights: TypeAlias = NDArray[np.float64]
"""How much each row weighs, by draw: (draws, rows)."""


def mean(values: Column, weights: Weights) -> Column:
    """Mean over the rows that have a value, by draw; NaN without any.

    Args:
        values: (rows,).
        weights: (draws, rows).
    """
    known = ~np.isnan(values)
    return divided(weights @ np.where(known, values, 0.0), weights @ known.astype(float))


def ratio(over: Column, under: Column, weights: Weights) -> Column:
    """Sum over sum, over the rows that have both, by draw; NaN where the lower one is 0.

    Args:
        over: (rows,).
        under: (rows,).
        weights: (draws, rows).
    """
    known = ~np.isnan(over) & ~np.isnan(under)
    return divided(weights @ np.where(known, over, 0.0), weights @ np.where(known, under, 0.0))


def divided(over: Column, under: Column) -> Column:
    """Element by element; NaN where the lower one is 0."""
    quotient = np.full(np.shape(over), np.nan)
    np.divide(over, under, out=quotient, where=under > 0)
    return quotient
