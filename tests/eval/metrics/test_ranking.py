"""Against the definitions, worked out pair by pair."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.ranking import auroc, average_precision, communication_at
from eval.metrics.reliability import calibration_error, reliability

ROWS = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.booleans()), max_size=12)


def columns(rows: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    scores = np.asarray([score for score, _ in rows], dtype=float)
    return scores, np.asarray([unclear for _, unclear in rows], dtype=bool), np.ones((1, len(rows)))


def has_both(rows: list[tuple[float, bool]]) -> bool:
    return len({unclear for _, unclear in rows}) == 2


@given(ROWS)
def test_auroc_is_the_share_of_pairs_in_order(rows: list[tuple[float, bool]]) -> None:
    (found,) = auroc(*columns(rows))
    if not has_both(rows):
        assert math.isnan(found)
        return
    pairs = [(one, other) for one, a in rows if a for other, b in rows if not b]
    wanted = sum((one > other) + (one == other) / 2 for one, other in pairs) / len(pairs)
    assert found == pytest.approx(wanted)


@given(ROWS)
def test_communication_at_is_the_best_threshold_within_the_limit(rows: list[tuple[float, bool]]) -> None:
    (found,) = communication_at(*columns(rows), false_asks=0.25)
    if not has_both(rows):
        assert math.isnan(found)
        return

    def share(threshold: float, unclear: bool) -> float:
        asked = [score >= threshold for score, label in rows if label == unclear]
        return sum(asked) / len(asked)

    allowed = [t for t in {score for score, _ in rows} | {2.0} if share(t, False) <= 0.25]
    assert found == pytest.approx(max(share(threshold, True) for threshold in allowed))


@given(ROWS)
def test_average_precision_does_not_depend_on_how_many_clear_rows_there_are(
    rows: list[tuple[float, bool]],
) -> None:
    (once,) = average_precision(*columns(rows))
    (thrice,) = average_precision(*columns(rows + [row for row in rows if not row[1]] * 2))
    assert once == pytest.approx(thrice, nan_ok=True)
    assert math.isnan(once) or 0 < once <= 1


def test_perfect_useless_and_inverted() -> None:
    perfect = columns([(0.9, True), (0.8, True), (0.1, False)])
    assert [metric(*perfect)[0] for metric in (auroc, average_precision, communication_at)] == [1, 1, 1]
    useless = columns([(0.5, True), (0.5, False)])
    assert [metric(*useless)[0] for metric in (auroc, average_precision, communication_at)] == [0.5, 0.5, 0]
    assert auroc(*columns([(0.1, True), (0.9, False)]))[0] == 0


@given(ROWS, st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_a_weight_of_three_is_three_rows(rows: list[tuple[float, bool]], times: list[int]) -> None:
    scores, unclear, _ = columns(rows)
    weights = np.asarray([times[: len(rows)]], dtype=float)
    repeated = columns([row for row, count in zip(rows, times, strict=False) for _ in range(count)])
    for metric in (auroc, average_precision, communication_at, calibration_error):
        assert metric(scores, unclear, weights) == pytest.approx(metric(*repeated), nan_ok=True)


def test_rows_without_a_score_are_left_out() -> None:
    scores, unclear, weights = columns([(0.9, True), (0.1, False), (math.nan, True), (math.nan, False)])
    assert auroc(scores, unclear, weights)[0] == 1
    assert calibration_error(scores, unclear, weights)[0] == pytest.approx(0.1)


def test_calibration_with_both_classes_alike() -> None:
    # Of the weight at 0.75, three parts are unclear and one is clear: calibrated, whatever the counts.
    rows = [(0.75, True)] * 3 + [(0.25, True)] + [(0.75, False)] * 2 + [(0.25, False)] * 6
    scores, unclear, weights = columns(rows)
    assert calibration_error(scores, unclear, weights)[0] == pytest.approx(0)
    low, high = reliability(scores, unclear)
    assert (low.p_ask, low.unclear, low.rows) == (0.25, pytest.approx(0.25), 7)
    assert (high.low, high.high, high.unclear) == (0.7, 0.8, pytest.approx(0.75))
    assert low.weight + high.weight == pytest.approx(1)
    always = columns([(1.0, True), (1.0, False)])
    assert calibration_error(*always)[0] == pytest.approx(0.5)
