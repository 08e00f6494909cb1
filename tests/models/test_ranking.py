"""AUROC is the share of pairs in order, with ties as halves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ranking import auroc


@pytest.mark.parametrize(
    ("scores", "positive", "expected"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], 1.0),
        ([1, 1, 1, 1], [0, 1, 0, 1], 0.5),
        ([2, 1, 3, 0], [1, 0, 0, 1], 0.25),
    ],
)
def test_auroc(scores: list[float], positive: list[int], expected: float) -> None:
    assert auroc(np.array(scores, float), np.array(positive, bool)) == pytest.approx(expected)


def test_auroc_needs_both_classes() -> None:
    with pytest.raises(ValueError, match="both classes"):
        auroc(np.array([1.0]), np.array([True]))


@given(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=2))
def test_auroc_is_the_share_of_pairs_in_order(pairs: list[tuple[int, bool]]) -> None:
    scores, unclear = [float(score) for score, _ in pairs], [flag for _, flag in pairs]
    if len(set(unclear)) < 2:
        return
    found = auroc(scores, unclear)
    assert 0 <= found <= 1
    assert found + auroc([-score for score in scores], unclear) == pytest.approx(1)
    assert auroc([score + 10 * flag for score, flag in zip(scores, unclear, strict=True)], unclear) >= found
    assert auroc([1.0 if flag else 0.0 for flag in unclear], unclear) == 1
