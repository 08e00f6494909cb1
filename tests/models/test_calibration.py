"""Calibration: finite, in order, alike for both classes; the decider applies it to what it shows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration import Calibration, fit, logit, sigmoid
from models.errors import UserError

log_odds = st.floats(-40, 40)
classes = st.lists(log_odds, min_size=1, max_size=20)


@given(clear=classes, unclear=classes)
def test_a_fit_is_finite_and_never_turns_the_order_around(clear: list[float], unclear: list[float]) -> None:
    found = fit([*clear, *unclear], [False] * len(clear) + [True] * len(unclear))
    assert math.isfinite(found.scale)
    assert math.isfinite(found.bias)
    assert found.scale >= 0
    assert found.probability(1.0) >= found.probability(-1.0)


@given(clear=classes, unclear=classes)
def test_the_mean_p_ask_of_both_classes_together_is_near_a_half(
    clear: list[float], unclear: list[float]
) -> None:
    # Where the slope for the bias is zero, the weighted mean of p is that of the labels, but for the ridge.
    found = fit([*clear, *unclear], [False] * len(clear) + [True] * len(unclear))
    bound = logit(1.0)
    bounded = [[max(-bound, min(bound, x)) for x in side] for side in (clear, unclear)]
    means = [float(np.mean([found.probability(x) for x in side])) for side in bounded]
    count = len(clear) + len(unclear)
    assert sum(means) / 2 == pytest.approx(0.5 - found.bias / count, abs=1e-4)


def test_how_many_samples_a_class_has_does_not_move_the_border() -> None:
    numbers = np.random.default_rng(0)
    clear, unclear = numbers.normal(-1.0, 2.0, 2000).tolist(), numbers.normal(1.0, 2.0, 2000).tolist()
    even = fit([*clear, *unclear], [False] * 2000 + [True] * 2000)
    uneven = fit([*clear * 9, *unclear], [False] * 18_000 + [True] * 2000)
    assert uneven.scale == pytest.approx(even.scale, abs=1e-2)
    assert uneven.bias == pytest.approx(even.bias, abs=1e-2)


def test_a_known_line_is_found_again() -> None:
    numbers = np.random.default_rng(0)
    x = numbers.normal(0.0, 3.0, 40_000)
    y = numbers.random(40_000) < 1 / (1 + np.exp(-(0.5 * x - 1.0)))
    share = y.mean()
    found = fit(x.tolist(), y.tolist())
    assert found.scale == pytest.approx(0.5, abs=0.02)
    assert found.bias == pytest.approx(-1.0 + math.log((1 - share) / share), abs=0.05)  # classes weigh alike


def test_one_sample_of_each_class_moves_the_identity_little() -> None:
    found = fit([-1.0, 1.0], [False, True])
    assert found.scale == pytest.approx(1.0, abs=0.5)
    assert found.bias == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "labels", "line"),
    [
        ([1.0], [True, False], "1 log-odds for 2 samples"),
        ([1.0, math.inf], [True, False], "not finite"),
        ([1.0, 2.0], [True, True], "on clear or on unclear samples alone; hold out some of both"),
        ([], [], "on clear or on unclear samples alone"),
    ],
)
def test_what_cannot_be_fitted_is_a_line(values: list[float], labels: list[bool], line: str) -> None:
    with pytest.raises(UserError, match=line):
        fit(values, labels)


@given(log_odds)
def test_logit_and_sigmoid_are_inverses_where_probabilities_tell(x: float) -> None:
    assert 0.0 <= sigmoid(x) <= 1.0
    if abs(x) < 10:
        assert logit(sigmoid(x)) == pytest.approx(x, abs=1e-9)


@pytest.mark.parametrize("values", [{"scale": -0.1}, {"scale": math.nan}, {"bias": math.inf}, {"slope": 1.0}])
def test_a_wrong_calibration_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Calibration(**values)
