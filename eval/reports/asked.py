"""Figures of the replies that ask: how good their questions are, and whether they name a concrete point."""

from __future__ import annotations

import numpy as np

from eval.metrics.communication import GOOD
from eval.metrics.weighted import Column, mean, ratio
from eval.reports.concrete import names_a_point
from eval.reports.result import Result
from eval.schema import Category, Estimate
from eval.statistics import estimate, task_draws


def good_per_ask(result: Result, category: Category | None = None) -> Estimate | None:
    """Mean of quality / 2 of the replies to unclear requests that ask; None where none does.

    Args:
        result: with judgements.
        category: of the requests; None for all unclear ones.
    """
    rows = result.rows()
    rows = rows.of(rows.unclear if category is None else rows.category == category)
    if not rows.task.size:
        return None
    asked = np.where(np.isnan(rows.quality), np.nan, rows.asked)
    asking = int(np.nansum(asked))
    draws = task_draws(rows.task.tolist())
    return estimate(lambda by: ratio(rows.quality / GOOD, asked, by), rows.base, draws, asking)


def concrete_share(result: Result) -> Estimate | None:
    """Of the replies to unclear requests that ask, those that name a concrete point.

    None where none asks, or the requests are not at hand.
    """
    asking = [
        response
        for response in result.responses
        if response.category != "original"
        and response.variant_key in result.variants
        and result.asked(response)
    ]
    if not asking:
        return None
    named: Column = np.asarray(
        [names_a_point(one, result.variants[one.variant_key].text) for one in asking], dtype=float
    )
    draws = task_draws([one.name for one in asking])
    return estimate(lambda by: mean(named, by), np.ones(len(named)), draws, len(named))
