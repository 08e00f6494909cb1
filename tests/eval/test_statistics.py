from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics.weighted import mean
from eval.statistics import agreement, estimate, holm, mcnemar, paired_difference, task_draws


def test_draws_are_of_tasks_and_keep_their_number() -> None:
    tasks = ["a", "b", "a", "c", "b"]
    draws = task_draws(tasks, draws=50, seed=3)
    assert draws.shape == (50, 5)
    assert (draws[:, 0] == draws[:, 2]).all()
    assert (draws[:, 1] == draws[:, 4]).all()
    assert (draws[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert (draws == task_draws(tasks, draws=50, seed=3)).all()
    assert not (draws == task_draws(tasks, draws=50, seed=4)).all()


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(1, 5))
def test_an_interval_holds_its_value(values: list[float], tasks: int) -> None:
    column = np.asarray(values)
    names = [f"t{place % tasks}" for place in range(len(values))]
    found = estimate(
        functools.partial(mean, column), np.ones(len(values)), task_draws(names, 50), len(values)
    )
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high
    assert found.value == pytest.approx(float(np.mean(column)))


def test_variants_of_one_task_do_not_make_it_surer() -> None:
    solved = [1.0, 0.0] * 20
    tasks = [f"t{place}" for place in range(40)]
    once = paired_difference([0.0] * 40, solved, tasks)
    four = paired_difference([0.0] * 160, solved * 4, tasks * 4)
    assert once is not None
    assert four is not None
    assert (once.low, once.high) == (pytest.approx(four.low), pytest.approx(four.high))


def test_nothing_to_rest_on() -> None:
    assert paired_difference([], [], []) is None
    assert paired_difference([math.nan], [1.0], ["a"]) is None


def test_a_paired_difference_is_sharper_than_its_parts() -> None:
    rng = np.random.default_rng(0)
    hard = rng.random(100)
    tasks = [str(place) for place in range(100)]
    found = paired_difference(list(hard), list(hard + 0.01), tasks)
    assert found is not None
    assert found.value == pytest.approx(0.01)
    assert found.low == pytest.approx(0.01)


def test_mcnemar_counts_where_they_differ() -> None:
    first = [True] * 9 + [False] + [True] * 50
    second = [False] * 9 + [True] + [True] * 50
    found = mcnemar(first, second)
    assert (found.only_first, found.only_second) == (9, 1)
    assert found.p == pytest.approx(2 * 11 / 1024)  # of ten coins at most one head, two-sided
    assert mcnemar([True, False], [True, False]).p == 1.0
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        mcnemar([True], [])


@settings(deadline=None, max_examples=15)
@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=7))
def test_holm_never_lowers_and_keeps_the_order(p_values: dict[str, float]) -> None:
    corrected = holm(p_values)
    assert corrected.keys() == p_values.keys()
    for name, value in p_values.items():
        assert value <= corrected[name] + 1e-12 <= 1 + 1e-9
        assert all(corrected[name] <= corrected[other] for other in p_values if value < p_values[other])


def test_kappa() -> None:
    half = agreement([1, 1, 0, 0], [1, 0, 1, 0])
    assert (half.kappa, half.observed) == (pytest.approx(0), 0.5)
    assert half.confusion == ((1, 1), (1, 1))
    same = agreement(["a", "b"], ["a", "b"])
    assert (same.kappa, same.n, same.labels) == (1, 2, ("a", "b"))
    constant = agreement([1, 2, 1, 1], [1, 1, 1, 1])
    assert constant.kappa == pytest.approx(0)
    assert agreement([1, 1], [1, 1]).kappa is None
    with pytest.raises(ValueError, match="nothing to compare"):
        agreement([], [])
