"""A training run from data to adapter: reads, plans, trains or goes on, and writes what came of it."""

from __future__ import annotations

import contextlib
import dataclasses
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
from training.plan import Plan, StepPlan, plan
from training.preference.pairs import Pair, read_pairs
from training.preference.plan import PairPlan, plan_pairs
from training.progress import Progress, StepReport
from training.recipe import Recipe
from training.run_folder import RunFolder
from training.start import Start, find_start

if TYPE_CHECKING:
    from synth.schema import Sample
    from training.data import Data
    from training.engine.loss import ReplyModel
    from training.preference.model import PairModel


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that could start.

    Args:
        recipe: of the run.
        base: the model that is tuned.
        data: as it was read, with the pairs and the adapter that it starts from among the files.
        plan: of the samples: the steps, unless there are pairs, and what is kept aside.
        openers: tokens of the two ways to open a reply.
        pairs: the steps of a run over pairs.
        start: the adapter to start from; a fresh one when None.
    """

    recipe: Recipe
    base: Base
    data: Data
    plan: Plan
    openers: Openers
    pairs: PairPlan | None = None
    start: Start | None = None

    @property
    def steps(self) -> StepPlan:
        """What is trained on."""
        return self.pairs or self.plan

    def record(self) -> dict[str, Any]:
        """What the run learns from, for `data.json`."""
        learned: Sequence[Sample | Pair] = (
            self.pairs.pairs if self.pairs else [self.plan.data.samples[place] for place in self.plan.mixed]
        )
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
                "samples": len(learned),
                "answered_by_questions": sum(one.unclear for one in learned),
                "answered_by_code": sum(not one.unclear for one in learned),
                "types": dict(sorted(Counter(one.type for one in learned).items())),
                "tokens": self.steps.tokens(self.steps.mixed),
                "steps": self.steps.steps_per_epoch,
            },
            "pairs": self._pairs(),
            "plan_sha256": self.steps.sha256,
            "steps": len(self.steps.steps),
            "tokens": sum(map(self.steps.tokens, self.steps.steps)),
        }

    def _pairs(self) -> dict[str, Any] | None:
        if self.pairs is None:
            return None
        return {
            "too_long": self.pairs.too_long,
            "kept_aside": self.pairs.kept_aside,
            "rejected_by": dict(sorted(Counter(one.rejected_by for one in self.pairs.pairs).items())),
        }


def prepare(
    recipe: Recipe, files: Sequence[Path], *, pairs: Path | None = None, start: Path | None = None
) -> Prepared:
    """Read the data and lay out the run.

    Args:
        recipe: of the run.
        files: the samples; of a run over pairs, only those kept aside are used.
        pairs: file of the pairs to learn from, instead of the samples.
        start: folder of the run whose adapter to start from.

    Raises:
        UserError: data, base or recipe cannot be used.
    """
    data = data_module.read(files)
    base = find_base(recipe.base)
    found = find_start(start, base, recipe.adapter) if start else None
    over: PairPlan | None = None
    further = [found.file] if found else []
    with open_vocabulary(base) as vocabulary:
        encoded = encode_samples(
            data.samples,
            vocabulary,
            supervise=recipe.data.supervise,
            max_tokens=recipe.data.max_tokens,
        )
        opened = openers(vocabulary)
        samples = plan(encoded, recipe, opened)
        if pairs is not None:
            given = read_pairs(pairs)
            further.append(data_module.described(pairs, len(given)))
            aside = {encoded.samples[place].group for place in samples.held_out}
            over = plan_pairs(given, recipe, vocabulary, opened, aside=aside)
    data = dataclasses.replace(data, files=(*data.files, *further))
    return Prepared(recipe, base, data, samples, opened, over, found)


def fresh_model(prepared: Prepared) -> ReplyModel:
    """The base in memory with the adapter that the run starts from.

    Raises:
        UserError: the base cannot be loaded, or has no layers of the recipe's names; or the adapter to start
            from does not fit.
    """
    import torch

    from training.engine.adapter import add_adapter, read_adapter
    from training.engine.loss import ReplyModel
    from training.engine.memory import recompute_activations

    recipe = prepared.recipe
    model = load_model(prepared.base, recipe.base, recipe.memory)
    if recipe.memory.checkpointing:
        recompute_activations(model)
    tuned = add_adapter(model, recipe.adapter, base_name=prepared.base.origin, seed=recipe.schedule.seed)
    if prepared.start is not None:
        read_adapter(tuned, prepared.start.adapter)
    return ReplyModel(tuned, getattr(torch, recipe.base.dtype))


def trainable(prepared: Prepared, model: ReplyModel) -> ReplyModel | PairModel:
    """The model in the form that gives the loss of this run's steps."""
    if prepared.pairs is None:
        return model
    from training.preference.model import PairModel

    return PairModel(model, prepared.recipe.preference)


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
    from training.preference.reference import with_reference

    recipe = prepared.recipe
    progress.note(f"loading {prepared.base.name}")
    model = fresh_model(prepared)
    steps: StepPlan = prepared.steps
    if prepared.pairs is not None:
        progress.note("measuring what the pairs are compared to")
        of = f"{prepared.base.sha256} {prepared.data.sha256}"
        steps = with_reference(prepared.pairs, model, recipe, folder.reference, of=of)
    told = _Told(steps, folder, progress)
    watched = choose(prepared.plan.held_out, recipe.checkpoints.evaluation_samples, recipe.data.seed)

    def evaluate(step: int) -> None:
        if watched:
            measured = look(model, prepared, watched)
            folder.record("held-out", step, measured.model_dump())
            progress.note(f"step {step}: {measured}")
            told.skip_time()

    callbacks = [Report(told), Every(recipe.checkpoints.evaluate_every, evaluate)]
    trainer = StepTrainer(trainable(prepared, model), steps, recipe, folder.checkpoints, callbacks)
    last = newest_checkpoint(folder.checkpoints)
    if last is not None:
        progress.note(f"going on from {last.name}")
    told.skip_time()
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    if launch.is_first_process():
        evaluate(len(steps.steps))
    return model


class _Told:
    """Turns the trainer's words on a step into a report, with its tokens and times."""

    def __init__(self, plan: StepPlan, folder: RunFolder, progress: Progress) -> None:
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
