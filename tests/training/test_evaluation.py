from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.ranking import auroc
from tests.training.material import recipe, samples, write_samples, write_tiny_folder
from training.calibrate import balanced, calibrate, look
from training.evaluation import ask_log_odds, choose, held_out_loss
from training.plan import Plan
from training.run import Prepared, fresh_model, prepare


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("material")
    data = write_samples(folder / "data.jsonl", samples(20))
    return prepare(recipe(write_tiny_folder(folder / "tiny"), data={"held_out": 0.4}), [data])


def test_log_odds_are_those_of_the_openers_in_full(prepared: Prepared) -> None:
    model = fresh_model(prepared)
    assert [len(opener) for opener in prepared.openers] == [2, 3]  # of bytes: `1.` and three backticks
    chosen = prepared.plan.data.encoded[:3]
    found = ask_log_odds(model, chosen, prepared.openers)
    for one, log_odds in zip(chosen, found, strict=True):
        expected = []
        for opener in prepared.openers:
            ids = torch.tensor([[*one.prompt, *opener]])
            rows = model.model(input_ids=ids).logits[0].log_softmax(-1)
            places = range(len(one.prompt) - 1, ids.shape[1] - 1)
            expected.append(sum(rows[place, ids[0, place + 1]].item() for place in places))
        assert log_odds == pytest.approx(expected[0] - expected[1], abs=1e-4)


def test_the_held_out_loss_is_that_of_a_whole_step(prepared: Prepared) -> None:
    model = fresh_model(prepared)
    places = prepared.plan.held_out
    total = 0.0
    for place in places:
        one = prepared.plan.data.encoded[place]
        labels = torch.tensor([[-100] * one.learned_from + list(one.supervised)])
        loss = model.model(input_ids=torch.tensor([one.ids]), labels=labels).loss
        total += loss.item() * len(one.supervised)
    tokens = sum(len(prepared.plan.data.encoded[place].supervised) for place in places)
    assert held_out_loss(model, prepared.plan, places) == pytest.approx(total / tokens, rel=1e-4)
    assert model.training


def test_a_look_counts_asks_among_as_many_clear_as_unclear(prepared: Prepared) -> None:
    model = fresh_model(prepared)
    found = look(model, prepared, prepared.plan.held_out[:8])
    chosen = balanced(prepared.plan, 8, prepared.recipe.data.seed)
    encoded = [prepared.plan.data.encoded[place] for place in chosen]
    asked = [score > 0 for score in ask_log_odds(model, encoded, prepared.openers)]
    assert found.asked_clear is not None
    assert found.asked_unclear is not None
    assert (found.asked_clear + found.asked_unclear) * 4 == sum(asked)
    assert found.loss == held_out_loss(model, prepared.plan, prepared.plan.held_out[:8])


def test_calibration_is_fitted_on_as_many_clear_as_unclear_first_rounds(prepared: Prepared) -> None:
    plan: Plan = prepared.plan
    chosen = balanced(plan, 8, seed=0)
    assert set(chosen) <= set(plan.held_out)
    assert sum(plan.data.samples[place].unclear for place in chosen) * 2 == len(chosen) == 8
    assert not any(plan.data.samples[place].answers for place in chosen)
    fitted = calibrate(fresh_model(prepared), prepared)
    assert fitted is not None
    assert fitted.unclear.count(True) == fitted.unclear.count(False)
    assert fitted.auroc == auroc(fitted.log_odds, fitted.unclear)


@given(st.lists(st.integers(), unique=True), st.integers(1, 20), st.integers(0, 3))
def test_a_choice_is_a_part_and_the_same_again(places: list[int], most: int, seed: int) -> None:
    found = choose(places, most, seed)
    assert found == choose(places, most, seed)
    assert set(found) <= set(places)
    assert len(found) == min(most, len(places))
