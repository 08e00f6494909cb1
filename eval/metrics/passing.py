"""Whether code does what was wanted: pass@k and test pass rate.

Sources: pass@k and its unbiased estimator, Chen et al. (arXiv 2107.03374), section 2.1; test pass rate, Wu
and Fard (arXiv 2406.00215).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from eval.metrics.weighted import Column, Weights, mean


def pass_at_k(samples: int, solved: int, k: int) -> float:
    """Chance that one of `k` samples of a text solves it, from `samples` of which `solved` did. Unbiased.

    Raises:
        ValueError: there are fewer samples than `k`, or more solved than sampled.
    """
    if not 0 <= solved <= samples or not 1 <= k <= samples:
        raise ValueError(f"pass@{k} of {samples} samples with {solved} solved cannot be had")
    return 1.0 - math.comb(samples - solved, k) / math.comb(samples, k)


def mean_pass_at_k(counts: Iterable[tuple[int, int]], k: int) -> float:
    """Mean of `pass_at_k` over texts; NaN without any.

    Args:
        counts: samples and solved ones, by text.
        k: see `pass_at_k`.
    """
    values = [pass_at_k(samples, solved, k) for samples, solved in counts]
    return float(np.mean(values)) if values else math.nan


def pass_at_1(solved: Column, weights: Weights) -> Column:
    """Share of responses whose code passes every test.

    With several samples of a text, each weighs its share, which makes this the unbiased pass@1.

    Args:
        solved: 1 or 0; NaN for a row that does not count.
        weights: (draws, rows).
    """
    return mean(solved, weights)


def test_pass_rate(share: Column, weights: Weights) -> Column:
    """Mean of the share of tests passed; without code it is 0.

    Args:
        share: from 0 to 1; NaN for a row that does not count.
        weights: (draws, rows).
    """
    return mean(share, weights)


test_pass_rate.__test__ = False  # type: ignore[attr-defined]  # pytest takes it for a test
