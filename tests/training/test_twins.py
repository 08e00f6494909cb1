from __future__ import annotations

import dataclasses
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

from models.errors import UserError
from synth.schema import SampleType
from tests.training.material import recipe, sample, write_tiny_folder
from tests.training.test_loss import gradients, model_of, same
from training.engine.loss import twin_loss
from training.masking import Encoded, EncodedSamples
from training.plan import Plan, plan
from training.rendering import render

ASKS, CODES = 49, 96
KINDS: tuple[SampleType, ...] = ("Original", "Incomplete", "Ambiguous")


def _plan(**loss: Any) -> Plan:
    made = [sample(number, type=kind) for number in range(3) for kind in KINDS]
    made += [sample(0, type="Incomplete", answered=True), sample(9, type="Incomplete"), sample(8)]
    encoded = []
    for one in made:
        text = (one.problem + "".join(answer.text or "" for answer in one.answers))[-60:]
        prompt = list(text.encode())
        ids = (*prompt, *render(one).reply[:9].encode())
        encoded.append(Encoded(ids, len(prompt), len(prompt)))
    settings = recipe(data={"held_out": 0.0}, loss=loss, schedule={"samples_per_step": 16, "epochs": 1})
    return plan(EncodedSamples(tuple(made), tuple(encoded), 0), settings, ((ASKS, 46), (CODES,)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_folder(tmp_path_factory.mktemp("m") / "qwen2", architecture="qwen2")


def test_each_unclear_first_round_is_compared_with_each_clear_one_of_its_problem() -> None:
    laid_out = _plan(twin_weight=5.0)
    assert laid_out.twins is not None
    places = laid_out.steps[0]
    samples = [laid_out.data.samples[place] for place in places]
    pairs = laid_out.twins.pairs(places)
    assert Counter(samples[one].source_id for one, _ in pairs) == {
        "problem-0": 2,
        "problem-1": 2,
        "problem-2": 2,
    }
    for one, other in pairs:
        assert samples[one].unclear
        assert samples[other].type == "Original"
        assert samples[one].source_id == samples[other].source_id
        assert not samples[one].answers


def test_the_loss_of_pairs_is_added_as_a_share_of_the_step(folder: Path) -> None:
    model, alone, with_pairs = model_of(folder), _plan(), _plan(twin_weight=5.0)
    places = alone.steps[0]
    assert with_pairs.steps[0] == places
    total = with_pairs.total_weight(places)
    assert total == pytest.approx(alone.total_weight(places) + 6 * 5.0)
    rows = alone.step(0).batches
    assert len(rows) == 1
    expected = model(**alone.batch(rows[0], total)).item()

    def log_odds(place: int) -> torch.Tensor:
        prompt = alone.data.encoded[place].prompt
        logits = model.model(input_ids=torch.tensor([prompt])).logits[0, -1]
        return logits[ASKS] - logits[CODES]

    assert with_pairs.twins is not None
    for one, other in with_pairs.twins.pairs(places):
        gap = (log_odds(places[one]) - log_odds(places[other])).item()
        expected += 5.0 / total * math.log1p(math.exp(-gap))
    assert model(**with_pairs.batch(rows[0], total)).item() == pytest.approx(expected, rel=1e-4)


def test_the_split_into_batches_changes_no_gradient(folder: Path) -> None:
    model, laid_out = model_of(folder), _plan(twin_weight=5.0)
    total = laid_out.total_weight(laid_out.steps[0])
    whole = gradients(model, [laid_out.batch(laid_out.step(0).batches[0], total)])
    small = dataclasses.replace(laid_out, tokens_per_batch=100)
    batches = small.step(0).batches
    assert len(batches) > 2
    same(gradients(model, [small.batch(rows, total) for rows in batches]), whole)


def test_only_the_difference_of_the_two_counts() -> None:
    scores = torch.tensor([-1.0, -2.0, -3.0, -1.5]).requires_grad_()
    contrasts = torch.tensor([[0, 1, 2, 3]])
    loss = twin_loss(scores, contrasts)
    assert loss.item() == pytest.approx(math.log1p(math.exp(-((-1 + 2) - (-3 + 1.5)))))
    moved = twin_loss(scores + torch.tensor([0.7, 0.2, 0.7, 0.2]), contrasts)
    assert moved.item() == pytest.approx(loss.item(), rel=1e-6)
    loss.sum().backward()
    assert scores.grad is not None
    assert scores.grad.sum().abs() < 1e-6


@pytest.mark.parametrize("section", [{"data": {"twins": "off"}}, {"memory": {"share_prefix": False}}])
def test_it_needs_twins_in_a_step_and_trees(section: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="twin_weight needs"):
        recipe(loss={"twin_weight": 1.0}, **section)
