"""The loop of steps: transformers' Trainer, given steps that were laid out before.

What is ours: a step's batches are weighted by shares of the whole step, over all its batches and devices, so
the split changes neither loss nor gradient; and a checkpoint appears whole or not at all.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch.utils.data import DataLoader, Dataset
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from models.errors import UserError
from training.engine.adapter import read_adapter, save_adapter
from training.engine.memory import give_back

if TYPE_CHECKING:
    import torch

    from training.collator import Batch
    from training.engine.loss import ReplyModel
    from training.plan import StepPlan
    from training.preference.model import PairModel
    from training.recipe import Recipe

_UNFINISHED = "unfinished"


class NotFinite(UserError):
    """The loss or its gradient is no number any more."""

    def __init__(self, what: str, step: int, checkpoints: Path) -> None:
        last = newest_checkpoint(checkpoints)
        kept = f"; {last.name} is kept" if last else ""
        super().__init__(
            f"the {what} is not finite at step {step}{kept}",
            do="start a new run with a lower schedule.learning_rate, and look at the data of that step",
        )


def newest_checkpoint(folder: Path) -> Path | None:
    """The checkpoint of the most steps; whatever has its name is whole."""
    found = [path for path in folder.glob("checkpoint-*") if path.name.partition("-")[2].isdecimal()]
    return max(found, key=_steps_of, default=None)


class Steps(Dataset[list["Batch"]]):
    """The batches that this device computes of each step."""

    def __init__(self, plan: StepPlan, *, devices: int, device: int) -> None:
        self._plan, self._devices, self._device = plan, devices, device

    def __len__(self) -> int:
        return len(self._plan.steps)

    def __getitem__(self, number: int) -> list[Batch]:
        step = self._plan.step(number, devices=self._devices, device=self._device)
        # Gradients are averaged over the devices, where the shares of the whole step want their sum.
        total = self._plan.total_weight(step.places) / self._devices
        return [self._plan.batch(rows, total) for rows in step.batches]


class StepTrainer(Trainer):
    """Trains a model on the steps of a plan.

    Args:
        model: with adapters; gives the loss of the plan's batches.
        plan: of the run.
        recipe: of the run.
        checkpoints: folder for checkpoints.
        callbacks: told of steps and their loss.
    """

    def __init__(
        self,
        model: ReplyModel | PairModel,
        plan: StepPlan,
        recipe: Recipe,
        checkpoints: Path,
        callbacks: list[TrainerCallback],
    ) -> None:
        self._checkpoints = checkpoints
        self._keep = recipe.checkpoints.keep
        self._into = checkpoints
        arguments = _arguments(recipe, checkpoints, len(plan.steps))
        steps = Steps(plan, devices=arguments.world_size, device=arguments.process_index)
        super().__init__(model=model, args=arguments, train_dataset=steps, callbacks=callbacks)
        self.remove_callback(PrinterCallback)
        self.model_accepts_loss_kwargs = False

    def get_train_dataloader(self) -> DataLoader[list[Batch]]:
        """Steps in their order; each device takes its own share of every one."""
        assert isinstance(self.train_dataset, Steps)
        return DataLoader(self.train_dataset, batch_size=1, collate_fn=lambda steps: steps[0])

    def training_step(
        self,
        model: Any,
        inputs: Any,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor:
        """Loss and gradient of a whole step, batch by batch."""
        model.train()
        total: torch.Tensor | None = None
        for number, batch in enumerate(inputs, 1):
            last = number == len(inputs)
            with contextlib.nullcontext() if last else self.accelerator.no_sync(model):
                loss = model(**self._prepare_inputs(batch))
                if not math.isfinite(loss.item()):
                    raise NotFinite("loss", self.state.global_step + 1, self._checkpoints)
                self.accelerator.backward(loss)
            total = loss.detach() if total is None else total + loss.detach()
        assert total is not None
        give_back()
        return total

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """As usual, which comes before a checkpoint is written."""
        if not math.isfinite(logs.get("grad_norm", 0.0)):
            raise NotFinite("gradient", self.state.global_step, self._checkpoints)
        super().log(logs, start_time)

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        assert output_dir is not None
        save_adapter(self._trained.model, Path(output_dir))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        read_adapter(self._trained.model, Path(resume_from_checkpoint))

    def _get_output_dir(self, trial: Any) -> str:
        return str(self._into)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Written aside, synced, and then given its name."""
        self._into = self._checkpoints / _UNFINISHED
        try:
            super()._save_checkpoint(model, trial)
        finally:
            self._into = self._checkpoints
        self.accelerator.wait_for_everyone()
        if self.args.should_save:
            name = f"checkpoint-{self.state.global_step}"
            written = self._checkpoints / _UNFINISHED / name
            _publish(written, self._checkpoints / name)
            written.parent.rmdir()
            self._drop_old()
        self.accelerator.wait_for_everyone()

    def _drop_old(self) -> None:
        whole = sorted(self._checkpoints.glob("checkpoint-*"), key=_steps_of)
        for old in whole[: -self._keep]:
            _remove(old)

    @property
    def _trained(self) -> ReplyModel | PairModel:
        model: ReplyModel | PairModel = self.accelerator.unwrap_model(self.model)
        return model


class Every(TrainerCallback):
    """Calls a function after each so many steps, on the first device."""

    def __init__(self, steps: int, call: Callable[[int], None]) -> None:
        self._steps, self._call = steps, call

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
        """A step is logged when it is done, and this comes after the callbacks that were given before."""
        due = self._steps > 0 and state.global_step % self._steps == 0 and logs and "loss" in logs
        if due and state.is_world_process_zero and state.global_step < state.max_steps:
            self._call(state.global_step)


class Report(TrainerCallback):
    """Calls a function with each step's number, loss, learning rate and length of gradient."""

    def __init__(self, call: Callable[[int, float, float, float], None]) -> None:
        self._call = call

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
        """Pass on what is of a step."""
        if state.is_world_process_zero and logs and "loss" in logs:
            self._call(state.global_step, logs["loss"], logs["learning_rate"], logs.get("grad_norm", 0.0))


def _arguments(recipe: Recipe, checkpoints: Path, steps: int) -> TrainingArguments:
    import torch

    schedule = recipe.schedule
    decay = {"constant": "constant_with_warmup"}.get(schedule.decay, schedule.decay)
    arguments = TrainingArguments(
        output_dir=str(checkpoints),
        per_device_train_batch_size=1,
        max_steps=steps,
        learning_rate=schedule.learning_rate,
        lr_scheduler_type=decay,
        warmup_steps=schedule.warmup_steps,
        weight_decay=schedule.weight_decay,
        max_grad_norm=schedule.max_grad_norm,
        optim="adamw_torch",
        seed=schedule.seed,
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=recipe.checkpoints.every,
        report_to="none",
        disable_tqdm=True,
        log_level="error",
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        ddp_find_unused_parameters=False,
        use_cpu=not torch.cuda.is_available(),
    )
    arguments._n_gpu = min(arguments.n_gpu, 1)  # several devices take a process each
    return arguments


def _publish(written: Path, final: Path) -> None:
    for file in written.iterdir():
        _sync(file)
    _sync(written)
    if final.exists():
        _remove(final)
    written.rename(final)
    _sync(final.parent)


def _sync(path: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(checkpoint: Path) -> None:
    """Under another name first, so that no half of it is ever taken for a whole."""
    gone = checkpoint.with_name(f".{checkpoint.name}.gone")
    shutil.rmtree(gone, ignore_errors=True)
    checkpoint.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _steps_of(checkpoint: Path) -> int:
    return int(checkpoint.name.partition("-")[2])
