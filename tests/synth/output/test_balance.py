"""The choice: exact counts, whatever order the samples come in, and twins together."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from synth.output.balance import FLAWS, BalanceSettings, Item, choose, kind_of, quotas

KINDS = ("clear", *FLAWS, "combined", "second round")
counts = st.fixed_dictionaries({kind: st.integers(0, 60) for kind in KINDS})
shares = st.builds(
    BalanceSettings,
    clear=st.sampled_from([0.35, 0.4, 0.5, 1 / 3]),
    combined=st.sampled_from([0.0, 0.05, 0.3]),
    second_round=st.sampled_from([0.0, 0.1, 0.25]),
    uneven=st.sampled_from([1.0, 1.5, 3.0]),
)
limits = st.none() | st.integers(1, 200)


@given(counts, shares, limits)
def test_quotas_keep_to_what_there_is_and_to_the_shares(there, settings_, limit):
    plan = quotas(there, settings_, limit)
    total = sum(plan.values())
    assert all(0 <= plan[kind] <= there[kind] for kind in KINDS)
    assert limit is None or total <= limit
    exact = total * Fraction(repr(settings_.clear))
    assert exact <= plan["clear"] < exact + 1
    assert plan["combined"] <= total * Fraction(repr(settings_.combined))
    assert plan["second round"] <= total * Fraction(repr(settings_.second_round))
    flaws = [plan[flaw] for flaw in FLAWS if there[flaw]]
    if flaws:
        assert max(flaws) - min(flaws) <= 1 or max(flaws) <= settings_.uneven * min(flaws)


@given(counts, shares, limits)
def test_no_larger_data_would_do(there, settings_, limit):
    plan = quotas(there, settings_, limit)
    if limit is not None and limit > 1:
        assert sum(quotas(there, settings_, limit - 1).values()) <= sum(plan.values())
    assume(all(there[kind] >= 10 for kind in KINDS))
    assert sum(plan.values()) > 0


def test_a_flaw_that_nobody_has_does_not_count():
    there = {"clear": 50, "ambiguous": 0, "incomplete": 10, "inconsistent": 10}
    plan = quotas(there, BalanceSettings(clear=0.5), None)
    assert (plan["clear"], plan["incomplete"], plan["inconsistent"]) == (21, 10, 10)


def test_uneven_takes_more_of_what_there_is_more_of():
    there = {"clear": 100, "ambiguous": 4, "incomplete": 50, "inconsistent": 50}
    assert quotas(there, BalanceSettings(clear=0.5), None)["incomplete"] == 5
    assert quotas(there, BalanceSettings(clear=0.5, uneven=3), None)["incomplete"] == 12


def items(problems: int, seed: int = 0) -> list[Item]:
    """Of each problem pairs of each flaw, some with a second round, and a clear one without a twin."""
    chance = random.Random(seed)
    found = []
    for number in range(problems):
        problem = f"p{number}"
        side = "train" if number % 4 else "test"

        def add(label: str, kind, problem=problem, side=side) -> None:
            found.append(Item(f"{problem}:{label}", problem, kind, side, 0, len(found)))

        for flaw in FLAWS:
            for turn in range(chance.randrange(3)):
                add(f"{flaw}-{turn}:clear", "clear")
                add(f"{flaw}-{turn}:unclear", flaw)
                if chance.random() < 0.5:
                    add(f"{flaw}-{turn}:answered", "second round")
        add("terse-0:clear", "clear")
    return found


@settings(max_examples=30)
@given(st.integers(0, 40), st.integers(0, 5), st.randoms(), limits)
def test_the_choice_does_not_depend_on_the_order(count, seed, chance, limit):
    there = items(count)
    shuffled = chance.sample(there, len(there))
    chosen = choose(there, BalanceSettings(), seed, limit)
    assert chosen == choose(shuffled, BalanceSettings(), seed, limit)
    assert len({item.id for item in chosen}) == len(chosen)
    assert set(chosen) <= set(there)
    assert limit is None or len(chosen) <= limit


def test_another_seed_chooses_and_orders_otherwise():
    there = items(40)
    one, other = (choose(there, BalanceSettings(), seed, 50) for seed in (1, 2))
    assert {item.id for item in one} != {item.id for item in other}
    assert [item.id for item in one] != sorted(item.id for item in one)


def test_each_side_is_balanced_by_itself():
    for side in ("train", "test"):
        chosen = [item for item in choose(items(60), BalanceSettings(), 1, None) if item.side == side]
        kinds = Counter(item.kind for item in chosen)
        assert kinds["clear"] / len(chosen) == pytest.approx(0.4, abs=0.02)
        assert max(kinds[flaw] for flaw in FLAWS) - min(kinds[flaw] for flaw in FLAWS) <= 1


def test_a_limit_is_met_exactly_over_all_sides():
    for limit in (10, 33, 50):
        assert len(choose(items(200), BalanceSettings(), 1, limit)) == limit


def test_clear_samples_are_twins_of_unclear_ones_or_have_none():
    chosen = choose(items(200), BalanceSettings(), 1, 120)
    pairs = {item.pair for item in chosen if item.kind != "clear"}
    clear = [item for item in chosen if item.kind == "clear"]
    assert all(item.pair in pairs or "terse" in item.id for item in clear)
    assert any(item.pair in pairs for item in clear)
    assert any("terse" in item.id for item in clear)


def test_problems_come_once_before_they_come_twice():
    chosen = choose(items(200), BalanceSettings(), 1, 60)
    ambiguous = Counter(item.problem for item in chosen if item.kind == "ambiguous")
    assert set(ambiguous.values()) == {1}


def test_all_can_be_kept():
    there = items(20)
    assert {item.id for item in choose(there, BalanceSettings(keep="all"), 1, None)} == {
        one.id for one in there
    }
    assert len(choose(there, BalanceSettings(keep="all"), 1, 7)) == 7


@pytest.mark.parametrize(
    ("type_", "second", "kind"),
    [
        ("Original", False, "clear"),
        ("Ambiguous", False, "ambiguous"),
        ("Inconsistent", False, "inconsistent"),
        ("Incomplete", True, "second round"),
        ("Inconsistent+Incomplete", False, "combined"),
    ],
)
def test_kinds(type_, second, kind):
    assert kind_of(type_, second) == kind
