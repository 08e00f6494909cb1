"""Self-distillation: code answers in the base model's own words, where its code passes the examples.

A model that learns code in another's style forgets some of its own ability; its own replies cost nothing of
it. Questions, and code that cannot be tested or fails, stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.files import replacing
from models.sandbox.cases import Case, Shows
from training.rendering import render
from training.replies import key_of, rendered

if TYPE_CHECKING:
    from models.sandbox.judge import Judge
    from synth.schema import Sample
    from training.progress import Progress
    from training.replies import Replies

_EVERY = 25
"""Samples between two words on the progress."""

_Outcome = Literal["asks", "replaced", "failed", "no code", "untested"]


class DistillReport(BaseModel):
    """What came of a self-distillation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str = Field(description="That holds all samples.")
    samples: int = Field(description="In it.")
    code: int = Field(description="Of these, answered by code.")
    replaced: int = Field(description="Of these, now answered by the model's own code.")
    failed: int = Field(description="Kept, since the model's code fails an example.")
    no_code: int = Field(description="Kept, since the model's reply is no whole code block.")
    untested: int = Field(description="Kept, since the request shows no example.")


def distill(
    samples: Sequence[Sample], replies: Replies, judge: Judge, out: Path, progress: Progress
) -> DistillReport:
    """Write the samples with the model's own code where it passes.

    Args:
        samples: of a data file.
        replies: of the base model.
        judge: runs the examples.
        out: data file to write, once all replies are there.
        progress: told how far it is.

    Raises:
        UserError: the model failed, or a file cannot be written.
        SandboxUnavailable: nothing isolates the code here; nothing has run.
    """
    counts: Counter[_Outcome] = Counter()
    made: list[Sample] = []
    for number, sample in enumerate(samples, 1):
        answered, outcome = _distilled(sample, replies, judge)
        made.append(answered)
        counts[outcome] += 1
        if number % _EVERY == 0:
            progress.note(f"{number} of {len(samples)} samples, {counts['replaced']} replaced")
    with replacing(out) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{sample.model_dump_json()}\n" for sample in made)
    return DistillReport(
        file=str(out),
        samples=len(made),
        code=len(made) - counts["asks"],
        replaced=counts["replaced"],
        failed=counts["failed"],
        no_code=counts["no code"],
        untested=counts["untested"],
    )


def _distilled(sample: Sample, replies: Replies, judge: Judge) -> tuple[Sample, _Outcome]:
    if sample.unclear:
        return sample, "asks"
    if not sample.examples:
        return sample, "untested"
    reply = replies.code(render(sample).messages)
    if reply is None:
        return sample, "no code"
    if not _passes(reply.code, sample, replies, judge):
        return sample, "failed"
    return sample.model_copy(update={"answer": rendered(reply)}), "replaced"


def _passes(code: str, sample: Sample, replies: Replies, judge: Judge) -> bool:
    examples = [[example.call, example.result] for example in sample.examples]
    key = key_of("verdict", code, examples)
    known = replies.log.get(key)
    if known is not None:
        return bool(known["passed"])
    cases = [Case(call=call, expected=Shows(text=result)) for call, result in examples]
    passed = all(result.passed for result in judge.run(code, cases))
    replies.log.add(key, {"passed": passed})
    return passed
