"""The losses against the papers' formulas, written out, and the model's against plain full logits."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.training.material import recipe, write_tiny_folder
from tests.training.preference.material import model_of, plan_of
from training.collator import Row
from training.masking import Encoded
from training.preference.loss import dpo, orpo
from training.preference.model import PairModel
from training.preference.plan import PairPlan
from training.preference.reference import measure

nats = st.floats(-40, -0.01)


@given(nats, nats, nats, nats, st.floats(0.01, 2))
def test_dpo_is_the_papers(chosen: float, rejected: float, ref_c: float, ref_r: float, beta: float) -> None:
    """Equation 7: -log σ(β log(π(y_w)/π_ref(y_w)) - β log(π(y_l)/π_ref(y_l)))."""
    got = dpo(*map(torch.tensor, ([chosen], [rejected], [[ref_c, ref_r]])), beta)  # type: ignore[arg-type]
    inner = beta * (chosen - ref_c) - beta * (rejected - ref_r)
    expected = math.log1p(math.exp(-inner)) if inner > 0 else -inner + math.log1p(math.exp(inner))
    assert got.item() == pytest.approx(expected, rel=1e-4, abs=1e-5)


@given(st.floats(-8, -0.01), st.floats(-8, -0.01), st.floats(0.01, 2))
def test_orpo_is_the_papers(chosen: float, rejected: float, weight: float) -> None:
    """Equations 4 to 7: the chosen reply's loss, and λ times -log σ(log odds(y_w)/odds(y_l))."""
    got = orpo(torch.tensor([chosen]), torch.tensor([rejected]), weight)
    odds = [math.exp(mean) / (1 - math.exp(mean)) for mean in (chosen, rejected)]
    ratio = -math.log(1 / (1 + math.exp(-math.log(odds[0] / odds[1]))))
    assert got.item() == pytest.approx(-chosen + weight * ratio, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("means", [(0.0, -0.5), (-0.5, 0.0), (0.0, 0.0), (-300.0, -0.1), (-0.1, -300.0)])
def test_orpo_stays_finite_at_certainty(means: tuple[float, float]) -> None:
    chosen, rejected = (torch.tensor([mean], requires_grad=True) for mean in means)
    loss = orpo(chosen, rejected, 1.0)
    loss.sum().backward()  # type: ignore[no-untyped-call]
    for found in (loss, chosen.grad, rejected.grad):
        assert found is not None
        assert torch.isfinite(found).all()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_folder(tmp_path_factory.mktemp("m") / "tiny")


def by_full_logits(model: Any, one: Encoded) -> tuple[torch.Tensor, int]:
    """The log-probability of a reply by the model's own logits, and how many tokens it has."""
    rows = model.model(input_ids=torch.tensor([one.ids])).logits[0].log_softmax(-1)
    places = range(one.reply_start, len(one))
    return torch.stack([rows[place - 1, one.ids[place]] for place in places]).sum(), len(places)


def gradients(loss: torch.Tensor, model: Any) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("kind", ["dpo", "orpo"])
@pytest.mark.parametrize("decision_only", [False, True])
@pytest.mark.parametrize("share_prefix", [True, False])
def test_a_batch_of_pairs_has_the_plain_loss_and_gradient(
    folder: Path, kind: str, decision_only: bool, share_prefix: bool
) -> None:
    preference = {"loss": kind, "decision_only": decision_only, "beta": 0.3}
    plan = plan_of(folder, preference=preference, memory={"share_prefix": share_prefix})
    reference = tuple((-3.0 - place, -2.0) for place in plan.mixed)
    plan = dataclasses.replace(plan, reference=reference)
    model = model_of(folder)
    rows = [Row(0), Row(1), Row(4)]
    pair_model = PairModel(model, recipe(folder, preference=preference).preference)
    loss = pair_model(**plan.batch(rows, len(rows)))
    mine = gradients(loss, model)

    expected = torch.zeros(())
    for row in rows:
        one = plan.encoded[row.place]
        (chosen, m), (rejected, n) = (by_full_logits(model, reply) for reply in (one.chosen, one.rejected))
        if kind == "dpo":
            left, right = reference[row.place]
            expected = expected - torch.log(torch.sigmoid(0.3 * (chosen - left) - 0.3 * (rejected - right)))
        else:
            p, q = (chosen / m).exp(), (rejected / n).exp()
            ratio = (p / (1 - p)) / (q / (1 - q))
            expected = expected - chosen / m - 0.3 * torch.log(torch.sigmoid(torch.log(ratio)))
    expected = expected / len(rows)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-4)
    theirs = gradients(expected, model)
    assert mine.keys() == theirs.keys()
    assert any(gradient.abs().max() > 1e-4 for gradient in theirs.values())
    for name, gradient in mine.items():
        torch.testing.assert_close(gradient, theirs[name], rtol=1e-3, atol=1e-5)


def test_a_row_that_keeps_a_device_busy_adds_nothing(folder: Path) -> None:
    plan = plan_of(folder)
    model = PairModel(model_of(folder), recipe(folder).preference)
    alone, with_idle = ([Row(0)], [Row(0), Row(1, counts=False)])
    assert model(**plan.batch(alone, 1.0)).item() == pytest.approx(
        model(**plan.batch(with_idle, 1.0)).item(), rel=1e-5
    )


def test_the_split_into_batches_changes_no_loss(folder: Path) -> None:
    whole, cut = (plan_of(folder, memory={"tokens_per_batch": most}) for most in (100_000, 600))
    model = PairModel(model_of(folder), recipe(folder).preference)

    def total(plan: PairPlan) -> tuple[int, float]:
        batches = plan.step(0).batches
        return len(batches), sum(model(**plan.batch(rows, 4.0)).item() for rows in batches)

    (one, expected), (several, got) = total(whole), total(cut)
    assert one == 1 < several
    assert got == pytest.approx(expected, rel=1e-4)


def test_the_reference_is_the_model_as_it_is_or_its_base(folder: Path) -> None:
    plan = plan_of(folder)
    model = model_of(folder)
    one = plan.encoded[2].chosen
    as_it_is, base = (measure(plan, model, base=without)[2][0] for without in (False, True))
    assert as_it_is == pytest.approx(by_full_logits(model, one)[0].item(), rel=1e-4)
    with model.model.disable_adapter():
        assert base == pytest.approx(by_full_logits(model, one)[0].item(), rel=1e-4)
    assert abs(as_it_is - base) > 0.1
    dpo_model = PairModel(model, recipe(folder).preference)
    held = dataclasses.replace(plan, reference=measure(plan, model))
    assert dpo_model(**held.batch([Row(0), Row(3)], 2.0)).item() == pytest.approx(math.log(2), rel=1e-4)


@pytest.mark.parametrize("kind", ["dpo", "orpo"])
def test_learning_raises_the_chosen_reply_over_the_rejected_one(folder: Path, kind: str) -> None:
    plan = plan_of(folder)
    model = model_of(folder)
    pair_model = PairModel(model, recipe(folder, preference={"loss": kind}).preference)
    before = measure(plan, model)[0]
    plan = dataclasses.replace(plan, reference=measure(plan, model))
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    for _ in range(8):
        optimiser.zero_grad()
        pair_model(**plan.batch([Row(0)], 1.0)).backward()
        optimiser.step()
    after = measure(plan, model)[0]
    assert after[0] - after[1] > before[0] - before[1] + 1
