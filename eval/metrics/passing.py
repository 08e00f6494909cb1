"""Whether code does what was wanted: pass@1 and test pass rate.

Sources: pass@1 and its unbiased estimator, Chen et al. (arXiv 2107.03374), section 2.1; test pass rate, Wu
and Fard (arXiv 2406.00215).
"""

from __future__ import annotations

from eval.metrics.weighted import Column, Weights, mean


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
