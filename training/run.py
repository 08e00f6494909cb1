"""A training run from data to adapter: reads, plans, trains or goes on, and writes what came of it."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import UserError
from training import data as data_module
from training import launch
from training.engine.base import Base, find_base, load_model, open_vocabulary
from training.evaluation import Openers, choose, openers
from training.masking import encode_samples
from training.plan import Plan, plan
from training.progress import Progress, StepReport
from training.recipe import Recipe
from training.run_folder import RunFolder

if TYPE_CHECKING:
    from training.data import Data
    from training.engine.loss import ReplyModel


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that could start.

    Args:
        recipe: of the run.
        base: the model that is tuned.
        data: as it was read.
        plan: its steps.
        openers: tokens of the two ways to open a reply.
    """

    recipe: Recipe
    base: Base
    data: Data
    plan: Plan
    openers: Openers

    def record(self) -> dict[str, Any]:
        """What the run learns from, for `data.json`."""
        mixed = [self.plan.data.samples[place] for place in self.plan.mixed]
        held_out = [self.plan.data.samples[place] for place in self.plan.held_out]
        return {
            "sha256": self.data.sha256,
            "base": {"name": self.base.name, "origin": self.base.origin, "sha256": self.base.sha256},
            "files": [
                {"name": file.name, "sha256": file.sha256, "samples": file.samples}
                for file in self.data.files
            ],
            "samples": len(self.data.samples),
            "too_long": self.plan.data.too_long,
            "held_out": len(held_out),
            "held_out_groups": sorted({sample.group for sample in held_out}),
            "epoch": {
                "samples": len(mixed),
                "answered_by_questions": sum(sample.unclear for sample in mixed),
                "answered_by_code": sum(not sample.unclear for sample in mixed),
                "types": dict(sorted(Counter(sample.type for sample in mixed).items())),
                "tokens": self.plan.tokens(self.plan.mixed),
                "steps": self.plan.steps_per_epoch,
            },
            "plan_sha256": self.plan.sha256,
            "steps": len(self.plan.steps),
            "tokens": sum(map(self.plan.tokens, self.plan.steps)),
        }


def prepare(recipe: Recipe, files: Sequence[Path]) -> Prepared:
    """Read the data and lay out the run.

    Raises:
        UserError: data, base or recipe cannot be used.
    """
    data = data_module.read(files)
    base = find_base(recipe.base)
    with open_vocabulary(base) as vocabulary:
        encoded = encode_samples(
            data.samples,
            vocabulary,
            supervise=recipe.data.supervise,
            max_tokens=recipe.data.max_tokens,
        )
        opened = openers(vocabulary)
    return Prepared(recipe, base, data, plan(encoded, recipe), opened)


def fresh_model(prepared: Prepared) -> ReplyModel:
    """The base in memory with a fresh adapter.

    Raises:
        UserError: the base cannot be loaded, or has no layers of the recipe's names.
    """
    import torch

    from training.engine.adapter import add_adapter
    from training.engine.loss import ReplyModel
    from training.engine.memory import recompute_activations

    recipe = prepared.recipe
    model = load_model(prepared.base, recipe.base, recipe.memory)
    if recipe.memory.checkpointing:
        recompute_activations(model)
    tuned = add_adapter(model, recipe.adapter, base_name=prepared.base.origin, seed=recipe.schedule.seed)
    return ReplyModel(tuned, getattr(torch, recipe.base.dtype))


def train(prepared: Prepared, folder: RunFolder, progress: Progress) -> None:
    """Train, or go on with a run that was stopped, until the run's folder holds all that comes of it.

    Several processes call this together; the first one writes.

    Raises:
        UserError: the folder is of another run, memory ran out, or the loss is no number any more.
    """
    from training.engine.memory import is_out_of_memory
    from training.finish import finish

    first = launch.is_first_process()
    with folder.locked() if first else contextlib.nullcontext():
        if first:
            folder.claim(prepared.recipe, prepared.record())
            folder.drop_unfinished()
        try:
            model = _trained(prepared, folder, progress)
            if first:
                finish(prepared, folder, model, progress)
        except KeyboardInterrupt:
            progress.note("stopped; the same command goes on from the last checkpoint")
            raise
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            raise UserError(
                "memory ran out",
                do="set memory.tokens_per_batch to half, or memory.checkpointing=true; the same command "
                "goes on from the last checkpoint",
            ) from error


def _trained(prepared: Prepared, folder: RunFolder, progress: Progress) -> ReplyModel:
    from training.calibrate import look
    from training.engine.trainer import Every, Report, StepTrainer, newest_checkpoint

    recipe = prepared.recipe
    progress.note(f"loading {prepared.base.name}")
    model = fresh_model(prepared)
    told = _Told(prepared.plan, folder, progress)
    watched = choose(prepared.plan.held_out, recipe.checkpoints.evaluation_samples, recipe.data.seed)

    def evaluate(step: int) -> None:
        if watched:
            measured = look(model, prepared, watched)
            folder.record("held-out", step, measured.model_dump())
            progress.note(f"step {step}: {measured}")
            told.skip_time()

    callbacks = [Report(told), Every(recipe.checkpoints.evaluate_every, evaluate)]
    trainer = StepTrainer(model, prepared.plan, recipe, folder.checkpoints, callbacks)
    last = newest_checkpoint(folder.checkpoints)
    if last is not None:
        progress.note(f"going on from {last.name}")
    told.skip_time()
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    if launch.is_first_process():
        evaluate(len(prepared.plan.steps))
    return model


class _Told:
    """Turns the trainer's words on a step into a report, with its tokens and times."""

    def __init__(self, plan: Plan, folder: RunFolder, progress: Progress) -> None:
        self._plan, self._folder, self._progress = plan, folder, progress
        self._tokens = 0
        self._seconds = 0.0
        self._since = time.perf_counter()

    def __call__(self, step: int, loss: float, learning_rate: float, grad_norm: float) -> None:
        now = time.perf_counter()
        seconds, self._since = now - self._since, now
        tokens = self._plan.tokens(self._plan.steps[step - 1])
        self._tokens += tokens
        self._seconds += seconds
        rate = self._tokens / self._seconds
        left = sum(map(self._plan.tokens, self._plan.steps[step:])) / rate
        report = StepReport(
            step, len(self._plan.steps), loss, learning_rate, grad_norm, tokens, seconds, rate, left
        )
        self._folder.record(
            "step",
            step,
            {
                "epoch": step / self._plan.steps_per_epoch,
                "loss": loss,
                "learning_rate": learning_rate,
                "grad_norm": grad_norm,
                "samples": len(self._plan.steps[step - 1]),
                "tokens": tokens,
                "seconds": round(seconds, 3),
            },
        )
        self._progress.step(report)

    def skip_time(self) -> None:
        """What was done since the last step was no training."""
        self._since = time.perf_counter()
