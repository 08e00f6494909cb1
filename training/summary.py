"""What a run would take, and what came of one: documents for people and for programs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from training.progress import duration

if TYPE_CHECKING:
    from training.progress import Progress
    from training.run import Prepared
    from training.run_folder import RunFolder

_TIMED_TOKENS = 2000
"""Tokens that are computed to tell how fast the machine is."""


class Summary(BaseModel):
    """Of a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str = Field(description="The model that is tuned.")
    samples: int = Field(description="Samples of an epoch.")
    answered_by_questions: int = Field(description="Of these.")
    answered_by_code: int = Field(description="Of these.")
    held_out: int = Field(description="Samples kept aside.")
    too_long: int = Field(description="Samples dropped for their length.")
    tokens: int = Field(description="Tokens of all steps, each sample as often as it is learned from.")
    steps: int = Field(description="Steps of the optimiser.")
    tokens_per_second: float | None = Field(description="Measured; null where no step was done.")
    seconds: float | None = Field(description="Of all steps: estimated for a dry run, else measured.")
    loss: float | None = Field(default=None, description="Of the last step, in nats.")
    held_out_loss: float | None = Field(default=None, description="After the last step, in nats.")
    auroc: float | None = Field(
        default=None, description="Of p_ask on held-out samples, as many clear as unclear."
    )
    adapter: str | None = Field(default=None, description="The GGUF file; null for a dry run.")


def estimate(prepared: Prepared, progress: Progress) -> Summary:
    """What a run would take on this machine; computes a few batches, and writes nothing.

    Raises:
        UserError: the base cannot be loaded.
    """
    from training.evaluation import on_device
    from training.run import fresh_model, trainable

    progress.note(f"loading {prepared.base.name}")
    model = fresh_model(prepared)
    trained, plan = trainable(prepared, model), prepared.steps
    tokens, seconds = 0, 0.0
    for warm in (False, True):
        for number in range(len(plan.steps)):
            for rows in plan.step(number).batches:
                started = time.perf_counter()
                trained(**on_device(model, plan.batch(rows, 1.0))).backward()
                if warm:
                    seconds += time.perf_counter() - started
                    tokens += plan.tokens([row.place for row in rows])
                elif number == 0:
                    break
            if not warm or tokens >= _TIMED_TOKENS:
                break
    rate = tokens / seconds
    summary = _summary(prepared)
    return summary.model_copy(update={"tokens_per_second": rate, "seconds": summary.tokens / rate})


def result(prepared: Prepared, folder: RunFolder) -> Summary:
    """What came of a run."""
    from training.calibrate import Fitted

    steps, held_out = folder.measured("step"), folder.measured("held-out")
    seconds = sum(one["seconds"] for one in steps)
    fitted = (
        Fitted.model_validate_json(folder.calibration.read_bytes()) if folder.calibration.exists() else None
    )
    return _summary(prepared).model_copy(
        update={
            "tokens_per_second": sum(one["tokens"] for one in steps) / seconds if seconds else None,
            "seconds": seconds,
            "loss": steps[-1]["loss"] if steps else None,
            "held_out_loss": held_out[-1]["loss"] if held_out else None,
            "auroc": fitted.auroc if fitted else None,
            "adapter": str(folder.gguf),
        }
    )


def as_lines(summary: Summary) -> str:
    """The document for people."""
    lines = [
        f"base       {summary.base}",
        f"epoch      {summary.samples} samples: {summary.answered_by_questions} answered by questions, "
        f"{summary.answered_by_code} by code",
        f"held out   {summary.held_out} samples",
    ]
    if summary.too_long:
        lines.append(f"too long   {summary.too_long} samples, dropped")
    lines.append(f"run        {summary.steps} steps, {summary.tokens:,} tokens")
    if summary.seconds is not None and summary.tokens_per_second is not None:
        about = "about " if summary.adapter is None else ""
        lines.append(
            f"time       {about}{duration(summary.seconds)} at {summary.tokens_per_second:.0f} tokens/s"
        )
    if summary.loss is not None:
        aside = f", held out {summary.held_out_loss:.4f}" if summary.held_out_loss is not None else ""
        lines.append(f"loss       {summary.loss:.4f}{aside}")
    if summary.auroc is not None:
        lines.append(f"p_ask      AUROC {summary.auroc:.3f} on held-out samples of the same kind")
    if summary.adapter is not None:
        lines.append(f"adapter    {summary.adapter}")
    return "\n".join(lines)


def _summary(prepared: Prepared) -> Summary:
    record = prepared.record()
    return Summary(
        base=prepared.base.name,
        samples=record["epoch"]["samples"],
        answered_by_questions=record["epoch"]["answered_by_questions"],
        answered_by_code=record["epoch"]["answered_by_code"],
        held_out=record["held_out"],
        too_long=record["too_long"],
        tokens=record["tokens"],
        steps=record["steps"],
        tokens_per_second=None,
        seconds=None,
    )
