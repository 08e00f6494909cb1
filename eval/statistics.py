"""Uncertainty: intervals by bootstrap over tasks, paired tests, agreement of labels.

The variants of a task share its text and its tests, so a resample draws tasks, never rows.
Sources: Efron and Tibshirani, "An Introduction to the Bootstrap" (percentile interval); McNemar 1947, exact;
Holm 1979; Cohen 1960.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.metrics.weighted import Column, Weights, mean
from eval.schema import Estimate

DRAWS = 2000
SEED = 0
_LEVEL = 0.95

Statistic = Callable[[Weights], Column]
"""From weights (draws, rows) to a value per draw."""


def task_draws(tasks: Sequence[str], draws: int = DRAWS, seed: int = SEED) -> Weights:
    """How often each row is in each resample of tasks with replacement: (draws, rows).

    Args:
        tasks: of each row.
        draws: number of resamples.
        seed: the same gives the same.
    """
    if not tasks:
        return np.ones((draws, 0))
    names, place = np.unique(np.asarray(tasks, dtype=object).astype(str), return_inverse=True)
    counts = np.random.default_rng(seed).multinomial(
        len(names), np.full(len(names), 1 / len(names)), size=draws
    )
    return counts[:, place].astype(float)


def estimate(statistic: Statistic, base: Column, draws: Weights, rows: int) -> Estimate | None:
    """A figure with its 95% interval; None where it cannot be had.

    Args:
        statistic: see the type.
        base: what each row weighs in the sample itself, (rows,).
        draws: of `task_draws`, (draws, rows).
        rows: on which it rests, for the reader.
    """
    if rows == 0:
        return None
    value = float(statistic(base[None, :])[0])
    if np.isnan(value):
        return None
    drawn = statistic(draws * base)
    drawn = drawn[~np.isnan(drawn)]
    edge = (1 - _LEVEL) / 2
    low, high = np.quantile(drawn, [edge, 1 - edge]) if drawn.size else (np.nan, np.nan)
    # A percentile interval may miss the value by a rounding error where all draws are alike.
    return Estimate(value=value, low=min(float(low), value), high=max(float(high), value), n=rows)


def paired_difference(
    first: Sequence[float],
    second: Sequence[float],
    tasks: Sequence[str],
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate | None:
    """Mean of second - first over the same rows, with its 95% interval; None without rows.

    Args:
        first: a number per row.
        second: of the same rows, in the same order.
        tasks: of each row.
        draws: number of resamples.
        seed: the same gives the same.
    """
    differences = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    rows = int((~np.isnan(differences)).sum())
    return estimate(
        lambda weights: mean(differences, weights),
        np.ones(len(differences)),
        task_draws(tasks, draws, seed),
        rows,
    )


@dataclass(frozen=True, slots=True)
class McNemar:
    """The exact test of whether two systems solve equally many of the same tasks.

    Args:
        only_first: tasks that only the first solves.
        only_second: tasks that only the second solves.
        p: two-sided.
    """

    only_first: int
    only_second: int
    p: float


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> McNemar:
    """Compare two systems on the same tasks, one entry a task.

    Raises:
        ValueError: they have not the same length.
    """
    from statsmodels.stats.contingency_tables import mcnemar as exact

    pairs = list(zip(first, second, strict=True))
    one = sum(a and not b for a, b in pairs)
    other = sum(b and not a for a, b in pairs)
    if one + other == 0:
        return McNemar(0, 0, 1.0)
    table = [[0, one], [other, 0]]  # where both agree does not matter
    return McNemar(one, other, min(1.0, float(exact(table, exact=True).pvalue)))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """P values corrected for their number; the names stay."""
    from statsmodels.stats.multitest import multipletests

    if not p_values:
        return {}
    corrected = multipletests(list(p_values.values()), method="holm")[1]
    return {name: float(value) for name, value in zip(p_values, corrected, strict=True)}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two sets of labels agree.

    Args:
        n: items with both labels.
        observed: share of equal labels.
        kappa: Cohen's; None where both have one and the same label throughout.
        low: of its 95% interval; None where it has none.
        high: of its 95% interval; None where it has none.
        labels: in the order of the table.
        confusion: rows by the first set's label, columns by the second's.
    """

    n: int
    observed: float
    kappa: float | None
    low: float | None
    high: float | None
    labels: tuple[Hashable, ...]
    confusion: tuple[tuple[int, ...], ...]


def agreement(first: Sequence[Hashable], second: Sequence[Hashable]) -> Agreement:
    """Cohen's kappa and the confusion of two sets of labels of the same items.

    Raises:
        ValueError: they have not the same length, or there are none.
    """
    from statsmodels.stats.inter_rater import cohens_kappa

    pairs = list(zip(first, second, strict=True))
    if not pairs:
        raise ValueError("there is nothing to compare")
    labels = tuple(sorted({label for pair in pairs for label in pair}, key=repr))
    table = [[pairs.count((one, other)) for other in labels] for one in labels]
    observed = sum(one == other for one, other in pairs) / len(pairs)
    kappa = low = high = None
    if len(labels) > 1:
        with np.errstate(invalid="ignore", divide="ignore"):  # one set may have the same label throughout
            found = cohens_kappa(np.asarray(table, dtype=float))
        kappa, low, high = float(found.kappa), float(found.kappa_low), float(found.kappa_upp)
    return Agreement(len(pairs), observed, kappa, low, high, labels, tuple(map(tuple, table)))
