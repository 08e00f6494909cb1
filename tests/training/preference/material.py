"""Pairs and models for the tests of the second stage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from synth.schema import Sample
from tests.training.material import recipe, samples
from training.engine.adapter import add_adapter
from training.engine.base import find_base, load_model, open_vocabulary
from training.engine.loss import ReplyModel
from training.evaluation import openers
from training.preference.pairs import Pair, balanced, from_twins, pair, write_pairs
from training.preference.plan import PairPlan, plan_pairs


def twin_pairs(made: Sequence[Sample]) -> tuple[Pair, ...]:
    """Pairs whose rejected replies are the twins' answers."""
    rejected = from_twins(made)
    return balanced([pair(one, rejected[one.id], "twin") for one in made if one.id in rejected], 0)


def pairs(problems: int = 6) -> tuple[Pair, ...]:
    return twin_pairs(samples(problems))


def pairs_file(path: Path, made: Sequence[Sample]) -> Path:
    write_pairs(path, twin_pairs(made))
    return path


def plan_of(folder: Path, made: Sequence[Pair] | None = None, **sections: dict[str, Any]) -> PairPlan:
    built = recipe(folder, **sections)
    with open_vocabulary(find_base(built.base)) as vocabulary:
        return plan_pairs(pairs() if made is None else made, built, vocabulary, openers(vocabulary), aside=())


def model_of(folder: Path, *, seed: int = 1) -> ReplyModel:
    """A tiny model whose adapter does something."""
    made = recipe(folder)
    tuned = add_adapter(
        load_model(find_base(made.base), made.base, made.memory), made.adapter, base_name="tiny", seed=0
    )
    with torch.no_grad():
        torch.manual_seed(seed)
        for name, parameter in tuned.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.2)
    return ReplyModel(tuned, torch.float32)
