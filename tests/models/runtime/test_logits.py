from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.runtime.logits import Tokens, log_softmax, opener_masses

if TYPE_CHECKING:
    from models.runtime.logits import LogProbabilities


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=50))
def test_log_softmax_sums_to_one_and_keeps_the_order(values: list[float]) -> None:
    row = np.array(values, dtype=np.float32)
    found = log_softmax(row)
    assert found.dtype == np.float64
    assert math.isclose(float(np.exp(found).sum()), 1.0, rel_tol=1e-12)
    assert found[row.argmax()] == found.max()


class _Markov:
    """Four tokens; the next one's probabilities depend on the last one, and are counted when asked for."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.table = random.dirichlet(np.ones(4), size=5)
        self.asked: list[Tokens] = []

    def after(self, beginning: Tokens) -> LogProbabilities:
        self.asked.append(beginning)
        return np.asarray(np.log(self.table[beginning[-1] if beginning else 4]))


def test_each_beginning_is_computed_once_and_depth_first() -> None:
    model = _Markov()
    masses = opener_masses([[1, 2], [0], [1, 3, 0], [1]], model.after)
    p = model.table
    assert masses == pytest.approx((p[4][1] * p[1][2], p[4][0], p[4][1] * p[1][3] * p[3][0], p[4][1]))
    assert model.asked == [(), (1,), (1, 3)]


@given(st.integers(1, 3))
def test_all_sequences_of_a_length_have_all_the_mass(length: int) -> None:
    sequences = [list(np.unravel_index(index, (4,) * length)) for index in range(4**length)]
    openers = [[int(token) for token in sequence] for sequence in sequences]
    assert sum(opener_masses(openers, _Markov().after)) == pytest.approx(1.0)


def test_an_opener_without_tokens_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no tokens"):
        opener_masses([[1], []], _Markov().after)
