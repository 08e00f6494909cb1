"""Makes pairs: the sample's answer against a reply of the other form, by the trained model or by a twin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from models.errors import UserError
from training.preference.pairs import Pair, balanced, from_twins, pair, write_pairs
from training.rendering import render
from training.replies import rendered

if TYPE_CHECKING:
    from synth.schema import Sample
    from training.progress import Progress
    from training.replies import Replies

_EVERY = 25
"""Requests between two words on the progress."""


class PairsReport(BaseModel):
    """What came of making pairs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str = Field(description="That holds them.")
    pairs: int = Field(description="In it; half are of clear requests.")
    by_model: int = Field(description="Of these, with a rejected reply of the trained model.")
    by_twin: int = Field(description="Of these, with the answer of a twin as the rejected reply.")
    without: int = Field(description="Requests that got no rejected reply of the other form.")


def make_pairs(
    samples: Sequence[Sample],
    replies: Replies | None,
    out: Path,
    progress: Progress,
    *,
    limit: int | None = None,
    seed: int = 0,
) -> PairsReport:
    """Write a file of pairs, as many of clear requests as of unclear ones.

    Args:
        samples: of both kinds; second rounds make no pair.
        replies: of the trained model, made to reply in the wrong form; None takes twins alone.
        out: the file, written when all pairs are there.
        progress: told how far it is.
        limit: most pairs.
        seed: of which samples are taken.

    Raises:
        UserError: there is nothing of one kind, or a file cannot be written.
    """
    twins = from_twins(samples)
    usable = [one for one in samples if not one.answers and (replies is not None or one.id in twins)]
    if not usable:
        raise UserError("no request has a twin of the other kind", do="name the trained model with --model")
    chosen = balanced(usable, seed, limit)
    made: list[Pair] = []
    for number, sample in enumerate(chosen, 1):
        reply = _rejected(sample, replies) if replies is not None else None
        if reply is not None:
            made.append(pair(sample, reply, "model"))
        elif sample.id in twins:
            made.append(pair(sample, twins[sample.id], "twin"))
        if replies is not None and number % _EVERY == 0:
            progress.note(f"{number} of {len(chosen)} requests")
    kept = balanced(made, seed)
    write_pairs(out, kept)
    by_model = sum(one.rejected_by == "model" for one in kept)
    return PairsReport(
        file=str(out),
        pairs=len(kept),
        by_model=by_model,
        by_twin=len(kept) - by_model,
        without=len(chosen) - len(made),
    )


def _rejected(sample: Sample, replies: Replies) -> str | None:
    """What the model says when it is made to reply in the wrong form."""
    messages = render(sample).messages
    reply = replies.code(messages) if sample.unclear else replies.questions(messages)
    return rendered(reply) if reply is not None else None
