"""Splits: whole groups, stable, in about the shares that were asked for."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from synth.gate.split import SplitSettings, side

SHARES = SplitSettings(validation=0.2, test=0.1)


@given(st.text(), st.integers(0, 2**32))
def test_a_group_has_one_side_whatever_else_is_there(group, seed):
    shares = SHARES.model_copy(update={"seed": seed})
    assert side(group, shares) == side(group, shares)
    assert side(group, SplitSettings(seed=seed)) == "train"


@given(st.text(), st.integers(0, 100), st.floats(0, 0.3), st.floats(0, 0.3))
def test_a_larger_test_side_only_takes_groups_in(group, seed, small, more):
    before = side(group, SplitSettings(seed=seed, test=small))
    after = side(group, SplitSettings(seed=seed, test=small + more))
    assert after == "test" or before == "train"


def test_the_shares_are_met():
    counts = Counter(side(f"package-{number}", SHARES) for number in range(5000))
    assert counts["test"] == pytest.approx(500, abs=70)
    assert counts["validation"] == pytest.approx(1000, abs=100)


def test_another_seed_deals_anew():
    groups = [f"package-{number}" for number in range(200)]
    other = SHARES.model_copy(update={"seed": 1})
    assert [side(one, SHARES) for one in groups] != [side(one, other) for one in groups]


def test_something_is_left_to_train_on():
    with pytest.raises(ValidationError, match="nothing to train on"):
        SplitSettings(validation=0.5, test=0.5)


def test_sides_that_cannot_have_samples_are_none():
    assert SplitSettings(test=0.1).sides == ("train", "test")
    assert SplitSettings().sides == ("train",)
