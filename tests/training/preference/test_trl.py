"""The losses on a tiny model are those of trl's own trainers, on the same tokens."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tests.training.material import recipe, write_tiny_folder
from tests.training.preference.material import model_of, plan_of
from training.collator import Row
from training.engine.loss import ReplyModel
from training.preference.model import PairModel
from training.preference.plan import PairPlan
from training.preference.reference import measure

BETA = 0.3
ROWS = [Row(0), Row(1), Row(4)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_folder(tmp_path_factory.mktemp("m") / "tiny")


def _examples(plan: PairPlan) -> list[dict[str, list[int]]]:
    """Pairs as trl's collators take them."""
    found = []
    for row in ROWS:
        one = plan.encoded[row.place]
        start = one.chosen.reply_start
        found.append({
            "prompt_ids": list(one.chosen.ids[:start]),
            "chosen_ids": list(one.chosen.ids[start:]),
            "rejected_ids": list(one.rejected.ids[start:]),
        })
    return found


def _ours(folder: Path, plan: PairPlan, model: ReplyModel, kind: str) -> torch.Tensor:
    settings = recipe(folder, preference={"loss": kind, "beta": BETA}).preference
    loss: torch.Tensor = PairModel(model, settings)(**plan.batch(ROWS, len(ROWS)))
    return loss


def _gradients(loss: torch.Tensor, model: Any) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    return {
        name: p.grad.clone() for name, p in model.named_parameters() if p.requires_grad and p.grad is not None
    }


def _same_gradients(mine: torch.Tensor, theirs: torch.Tensor, model: Any) -> None:
    ours, expected = _gradients(mine, model), _gradients(theirs, model)
    assert ours.keys() == expected.keys()
    assert any(gradient.abs().max() > 1e-4 for gradient in expected.values())
    for name, gradient in ours.items():
        torch.testing.assert_close(gradient, expected[name], rtol=1e-3, atol=1e-5)


# trl still uses names that transformers gives up.
@pytest.mark.filterwarnings("ignore:.*gradient_checkpointing.*is deprecated:FutureWarning")
def test_dpo_is_that_of_trls_trainer(folder: Path, tmp_path: Path) -> None:
    from datasets import Dataset
    from transformers import AutoTokenizer
    from trl import DPOConfig, DPOTrainer

    plan = plan_of(folder, preference={"loss": "dpo", "beta": BETA})
    model = model_of(folder)
    trainer = DPOTrainer(
        model=model.model,
        args=DPOConfig(
            str(tmp_path), beta=BETA, max_length=None, report_to="none", use_cpu=True, bf16=False,
            gradient_checkpointing=False, disable_tqdm=True,
        ),
        processing_class=AutoTokenizer.from_pretrained(folder),
        # Only to build it: what it is asked about are our own tokens.
        train_dataset=Dataset.from_list([{"prompt": "a", "chosen": "b", "rejected": "c"}]),
    )  # fmt: skip
    plan = dataclasses.replace(plan, reference=measure(plan, model))
    with torch.no_grad():  # it has learned since; trl keeps the reference as an adapter beside it
        for name, parameter in model.model.named_parameters():
            if "lora_B.default" in name:
                parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(3)) * 0.1)
    model.eval()
    theirs = trainer.compute_loss(trainer.model, trainer.data_collator(_examples(plan)))
    mine = _ours(folder, plan, model, "dpo")
    assert abs(mine.item() - math.log(2)) > 0.01  # else it would be that of a model that learned nothing
    assert mine.item() == pytest.approx(theirs.item(), rel=1e-4)
    _same_gradients(mine, theirs, model.model)


def test_orpo_has_trls_odds_ratio(folder: Path) -> None:
    """Only the ratio: trl's trainer adds the loss of the request too, the paper and we that of the reply."""
    from trl.experimental.orpo import ORPOTrainer

    plan = plan_of(folder, preference={"loss": "orpo", "beta": BETA})
    model = model_of(folder)
    means = []
    for row in ROWS:
        one = plan.encoded[row.place]
        for reply in (one.chosen, one.rejected):
            ids = torch.tensor([reply.ids])
            labels = ids.clone()
            labels[:, : reply.reply_start] = -100
            means.append(ORPOTrainer.get_batch_logps(model.model(input_ids=ids).logits, labels, True))
    chosen, rejected = torch.cat(means[::2]), torch.cat(means[1::2])
    trainer = SimpleNamespace(beta=BETA, accelerator=SimpleNamespace(device="cpu"))
    ratio = ORPOTrainer.odds_ratio_loss(trainer, chosen, rejected)[0]  # type: ignore[arg-type]
    theirs = (-chosen - ratio).mean()
    mine = _ours(folder, plan, model, "orpo")
    assert mine.item() == pytest.approx(theirs.item(), rel=1e-4)
    _same_gradients(mine, theirs, model.model)
