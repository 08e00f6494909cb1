"""How often a system asks: where it should, and where it should not.

Sources: communication rate and good question rate, Wu and Fard (arXiv 2406.00215) in the form of the
benchmark's V2 and of ClarifyCoder (arXiv 2504.16331); the false-ask rate is the communication rate on
descriptions that leave nothing open, which they do not report.
"""

from __future__ import annotations

import numpy as np

from eval.metrics.weighted import Column, Weights, mean

GOOD = 2
"""The quality of a reply that asks what recovers what was changed; 1 asks something else, 0 does not ask."""


def communication_rate(asked: Column, weights: Weights) -> Column:
    """Share of replies that ask, of those that were judged.

    On originals this is the false-ask rate.

    Args:
        asked: 1 or 0; NaN ungraded.
        weights: (draws, rows).
    """
    return mean(asked, weights)


def good_question_rate(quality: Column, weights: Weights) -> Column:
    """Mean of quality / 2: a fair question counts half, a reply that does not ask nothing.

    The base is all judged replies, not the questions asked.

    Args:
        quality: 0, 1 or 2; NaN ungraded.
        weights: (draws, rows).
    """
    return mean(quality / GOOD, weights)


def good_only_rate(quality: Column, weights: Weights) -> Column:
    """Share of judged replies whose questions are good; a fair one counts nothing.

    Args:
        quality: 0, 1 or 2; NaN ungraded.
        weights: (draws, rows).
    """
    return mean(np.where(np.isnan(quality), np.nan, quality == GOOD), weights)
