"""The reference of a run over pairs: computed once, before the first step, and kept in the run's folder."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

from models.files import write_atomic
from training import launch
from training.replies import key_of

if TYPE_CHECKING:
    from training.engine.loss import ReplyModel
    from training.preference.plan import PairPlan
    from training.recipe import Recipe

Reference = tuple[tuple[float, float], ...]


def with_reference(plan: PairPlan, model: ReplyModel, recipe: Recipe, file: Path, *, of: str) -> PairPlan:
    """The plan with what its loss compares to; as it is where the loss compares to nothing.

    Args:
        plan: of the run.
        model: as the stage finds it, before any step.
        recipe: of the run.
        file: where it is kept, so that a run that goes on has the very numbers that it began with.
        of: hashes of the base and of the adapter that the stage starts from.
    """
    if recipe.preference.loss != "dpo":
        return plan
    against = recipe.preference.reference
    settings = [recipe.base.model_dump(), recipe.adapter.model_dump(), recipe.schedule.seed, against]
    key = key_of(plan.sha256, of, settings)
    kept = _read(file, key)
    if kept is None:
        kept = measure(plan, model, base=against == "base")
        if launch.is_first_process():
            write_atomic(file, json.dumps({"key": key, "reference": kept}) + "\n")
    return dataclasses.replace(plan, reference=kept)


def measure(plan: PairPlan, model: ReplyModel, *, base: bool = False) -> Reference:
    """Log-probabilities of the chosen and the rejected reply of each pair, in nats.

    Args:
        plan: of the run.
        model: that is measured.
        base: without its adapter.
    """
    from training.evaluation import on_device
    from training.preference.model import by_reply

    was_training = model.training
    model.eval()
    found: dict[int, tuple[float, float]] = {}
    with model.model.disable_adapter() if base else contextlib.nullcontext():
        for rows in plan.batches(plan.mixed).batches:
            batch = on_device(model, plan.batch(rows, 1.0))
            sums = by_reply(model.log_probabilities(batch), batch["owners"])  # type: ignore[arg-type]
            for row, (chosen, rejected) in zip(rows, sums.tolist(), strict=True):
                found[row.place] = (chosen, rejected)
    model.train(was_training)
    return tuple(found[place] for place in plan.mixed)


def _read(file: Path, key: str) -> Reference | None:
    try:
        kept = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(kept, dict) or kept.get("key") != key:
        return None
    return tuple((chosen, rejected) for chosen, rejected in kept["reference"])
