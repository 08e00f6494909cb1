from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import UserError
from models.reply import FENCE_OPENER, LIST_OPENER
from tests.training.material import recipe, write_tiny_folder
from tests.training.preference.material import pairs, plan_of
from training.engine.base import find_base, open_vocabulary
from training.evaluation import openers
from training.preference.plan import plan_pairs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_folder(tmp_path_factory.mktemp("m") / "tiny")


def test_an_epoch_has_every_pair_once_and_both_kinds_alike(folder: Path) -> None:
    plan = plan_of(folder, schedule={"epochs": 3, "samples_per_step": 5})
    for epoch in range(3):
        steps = plan.steps[epoch * plan.steps_per_epoch : (epoch + 1) * plan.steps_per_epoch]
        assert sorted(place for step in steps for place in step) == list(plan.mixed)
    assert Counter(one.unclear for one in plan.pairs) == {True: 6, False: 6}
    assert plan.steps[: plan.steps_per_epoch] != plan.steps[plan.steps_per_epoch : 2 * plan.steps_per_epoch]
    assert plan.sha256 == plan_of(folder, schedule={"epochs": 3, "samples_per_step": 5}).sha256


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.integers(1, 4), st.booleans(), st.sampled_from([200, 2048]))
def test_the_devices_share_a_steps_pairs(
    folder: Path, per_step: int, devices: int, share_prefix: bool, most: int
) -> None:
    plan = plan_of(
        folder,
        schedule={"samples_per_step": per_step},
        memory={"share_prefix": share_prefix, "tokens_per_batch": most},
    )
    for number, places in enumerate(plan.steps):
        dealt = [plan.step(number, devices=devices, device=device).batches for device in range(devices)]
        assert all(dealt)
        rows = [row for batches in dealt for batch in batches for row in batch]
        assert sorted(row.place for row in rows if row.counts) == sorted(places)


def test_of_decisions_only_the_openers_are_compared(folder: Path) -> None:
    plan = plan_of(folder, preference={"decision_only": True})
    asks, codes = (tuple(text.encode()) for text in (LIST_OPENER, FENCE_OPENER))
    with open_vocabulary(find_base(recipe(folder).base)) as vocabulary:
        assert openers(vocabulary) == tuple(
            tuple(vocabulary.encode_continuation(text)) for text in (LIST_OPENER, FENCE_OPENER)
        )
        opened = openers(vocabulary)
    assert (len(opened[0]), len(opened[1])) == (len(asks), len(codes))
    for one, tokens in zip(plan.pairs, plan.encoded, strict=True):
        right, wrong = opened if one.unclear else reversed(opened)
        assert (tokens.chosen.supervised, tokens.rejected.supervised) == (right, wrong)
        assert tokens.chosen.prompt == tokens.rejected.prompt


def test_groups_kept_aside_and_long_pairs_are_dropped_and_counted(folder: Path) -> None:
    made = recipe(folder)
    given_pairs = pairs()
    with open_vocabulary(find_base(made.base)) as vocabulary:
        opened = openers(vocabulary)
        plan = plan_pairs(given_pairs, made, vocabulary, opened, aside={"group-1", "group-2"})
        assert {one.group for one in plan.pairs} == {"group-0", "group-3", "group-4", "group-5"}
        assert plan.kept_aside == 4
        with pytest.raises(UserError, match="of 12 pairs none is left: 2 are of groups kept aside, 10 have"):
            plan_pairs(
                given_pairs, recipe(folder, data={"max_tokens": 16}), vocabulary, opened, aside={"group-0"}
            )


def test_a_limit_keeps_both_kinds(folder: Path) -> None:
    plan = plan_of(folder, data={"limit": 5})
    assert Counter(one.unclear for one in plan.pairs) == {True: 2, False: 2}


def test_twins_stand_side_by_side(folder: Path) -> None:
    plan = plan_of(folder, schedule={"samples_per_step": 2})
    assert all(len({plan.pairs[place].source_id for place in step}) == 1 for step in plan.steps)
