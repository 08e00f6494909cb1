"""What a model makes of held-out samples: its loss, and the log-odds with which it would ask."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.reply import FENCE_OPENER, LIST_OPENER
from training.collator import collate
from training.masking import Encoded

if TYPE_CHECKING:
    import torch

    from training.engine.loss import ReplyModel
    from training.plan import Plan
    from training.vocabulary import Vocabulary

Openers = tuple[tuple[int, ...], tuple[int, ...]]
"""Tokens that open a list of questions, and those that open a fence."""


def openers(vocabulary: Vocabulary) -> Openers:
    """How a reply begins that asks, and one that codes."""
    asks, codes = (vocabulary.encode_continuation(text) for text in (LIST_OPENER, FENCE_OPENER))
    return tuple(asks), tuple(codes)


def choose(places: Sequence[int], most: int, seed: int) -> tuple[int, ...]:
    """At most so many of the places, the same for the same seed."""
    if len(places) <= most:
        return tuple(places)
    return tuple(sorted(random.Random(f"evaluation:{seed}").sample(list(places), most)))


def held_out_loss(model: ReplyModel, plan: Plan, places: Sequence[int]) -> float:
    """The mean loss of samples, each token weighted as in training; in nats."""
    import torch

    was_training = model.training
    model.eval()
    step = plan.batches(places)
    total = plan.total_weight(places)
    found = 0.0
    with torch.no_grad():
        for rows in step.batches:
            found += float(model(**on_device(model, plan.batch(rows, total))))
    model.train(was_training)
    return found


def ask_log_odds(model: ReplyModel, conversations: Sequence[Encoded], openers: Openers) -> list[float]:
    """Log-odds of opening a list against opening a fence, over the openers' full tokens, in nats.

    Args:
        model: to be asked.
        conversations: of which only the prompt is read.
        openers: of a list and of a fence.
    """
    was_training = model.training
    model.eval()
    found = []
    for one in conversations:
        # The two rows share the whole prompt, which is computed once for both.
        asks, codes = _scores(model, [_opened(one, opener) for opener in openers])
        found.append(asks - codes)
    model.train(was_training)
    return found


def on_device(model: ReplyModel, batch: object) -> dict[str, torch.Tensor]:
    """A batch where the model is."""
    assert isinstance(batch, dict)
    device = next(model.parameters()).device
    return {name: tensor.to(device) for name, tensor in batch.items()}


def _opened(one: Encoded, opener: Sequence[int]) -> Encoded:
    return Encoded((*one.prompt, *opener), one.reply_start, one.reply_start)


def _scores(model: ReplyModel, rows: Sequence[Encoded]) -> list[float]:
    """The log-probability of each row's supervised tokens."""
    batch = collate(rows, [[1.0] * len(row.supervised) for row in rows], share_prefix=True)
    values = model.log_probabilities(on_device(model, batch)).tolist()  # type: ignore[arg-type]
    scores: list[float] = []
    for row in rows:
        scores.append(sum(values[: len(row.supervised)]))
        values = values[len(row.supervised) :]
    return scores
