"""The steps of the second stage, laid out before the first one: which pairs, in which batches."""

from __future__ import annotations

import functools
import hashlib
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import UserError
from models.reply import first_round, render_request
from training.collator import Batch, Row, Step, collate, plan_step
from training.masking import Encoded, encode
from training.preference.pairs import Pair, balanced
from training.rendering import Conversation, ReplyEnd, reply_end

if TYPE_CHECKING:
    from torch import Tensor

    from training.evaluation import Openers
    from training.recipe import Recipe
    from training.vocabulary import Vocabulary


class PairBatch(Batch):
    """A batch of pairs: two replies each, the chosen one first.

    owners: which reply each supervised token is of, shape (supervised,).
    reference: log-probability of each reply under the reference, shape (pairs, 2), float32.
    shares: of each pair in the step's loss, shape (pairs,), float32.
    """

    owners: Tensor
    reference: Tensor
    shares: Tensor


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """A pair as tokens.

    Args:
        chosen: the request and the right reply.
        rejected: the same request and the other reply.
    """

    chosen: Encoded
    rejected: Encoded

    @property
    def joined(self) -> tuple[int, ...]:
        """The request and both replies: what a tree computes of the pair."""
        return self.chosen.ids + self.rejected.supervised


@dataclass(frozen=True)
class PairPlan:
    """The steps of a run over pairs; places are those of pairs.

    Args:
        pairs: as many of clear requests as of unclear ones.
        encoded: the same as tokens.
        steps: the pairs of each step.
        steps_per_epoch: how many steps a pass takes.
        too_long: pairs that were dropped for their length.
        kept_aside: pairs that were dropped since their group is.
        share_prefix: compute once what replies of a batch have in common before them.
        tokens_per_batch: most tokens that are computed at once.
        reference: log-probabilities of the chosen and the rejected replies under the reference; zeros when
            empty.
    """

    pairs: tuple[Pair, ...]
    encoded: tuple[EncodedPair, ...]
    steps: tuple[tuple[int, ...], ...]
    steps_per_epoch: int
    too_long: int
    kept_aside: int
    share_prefix: bool
    tokens_per_batch: int
    reference: tuple[tuple[float, float], ...] = ()

    @property
    def mixed(self) -> tuple[int, ...]:
        """All of them make up an epoch."""
        return tuple(range(len(self.pairs)))

    @functools.cached_property
    def sha256(self) -> str:
        """Of the tokens and their order."""
        digest = hashlib.sha256()
        for one in self.encoded:
            digest.update(f"{one.chosen.reply_start} {one.chosen.ids} {one.rejected.ids}\n".encode())
        digest.update(repr(self.steps).encode())
        return digest.hexdigest()

    @functools.cached_property
    def _trees(self) -> list[tuple[int, ...]] | None:
        return [one.joined for one in self.encoded] if self.share_prefix else None

    @functools.cached_property
    def _lengths(self) -> list[int]:
        if self._trees is not None:
            return list(map(len, self._trees))
        return [2 * max(len(one.chosen), len(one.rejected)) for one in self.encoded]

    def step(self, number: int, *, devices: int = 1, device: int = 0) -> Step:
        """What a device computes in a step, the first one being 0."""
        return self.batches(self.steps[number], devices=devices, device=device)

    def batches(self, places: Sequence[int], *, devices: int = 1, device: int = 0) -> Step:
        """How a device computes these pairs; the two replies of one stay in one batch."""
        return plan_step(
            places,
            self._lengths,
            tokens_per_batch=self.tokens_per_batch,
            ids=self._trees,
            devices=devices,
            device=device,
        )

    def batch(self, rows: Sequence[Row], total_weight: float) -> PairBatch:
        """Pairs as tensors, their losses as shares of a total."""
        import torch

        replies = [
            reply
            for row in rows
            for reply in (self.encoded[row.place].chosen, self.encoded[row.place].rejected)
        ]
        weights = [[1.0] * len(reply.supervised) for reply in replies]
        owners = [number for number, reply in enumerate(replies) for _ in reply.supervised]
        reference = [self.reference[row.place] if self.reference else (0.0, 0.0) for row in rows]
        shares = [1 / total_weight if row.counts else 0.0 for row in rows]
        return PairBatch(
            **collate(replies, weights, share_prefix=self.share_prefix),
            owners=torch.tensor(owners, dtype=torch.long),
            reference=torch.tensor(reference, dtype=torch.float32),
            shares=torch.tensor(shares, dtype=torch.float32),
        )

    def total_weight(self, places: Sequence[int]) -> float:
        """The loss of a step is the mean over its pairs."""
        return float(len(places))

    def tokens(self, places: Sequence[int]) -> int:
        """Tokens of these pairs, the request counted once."""
        return sum(len(self.encoded[place].joined) for place in places)


def plan_pairs(
    pairs: Sequence[Pair],
    recipe: Recipe,
    vocabulary: Vocabulary,
    openers: Openers,
    *,
    aside: Collection[str],
) -> PairPlan:
    """Lay out a run over pairs.

    Args:
        pairs: of both kinds.
        recipe: of the run.
        vocabulary: of the base.
        openers: tokens of the two ways to open a reply.
        aside: groups that are not learned from.

    Raises:
        UserError: nothing of one kind is left to learn from.
    """
    allowed = [one for one in pairs if one.group not in aside]
    end = reply_end(vocabulary)
    encoded: dict[Pair, EncodedPair] = {}
    fitting: list[Pair] = []
    for one in allowed:
        tokens = _encode(one, vocabulary, end, openers if recipe.preference.decision_only else None)
        if max(len(tokens.chosen), len(tokens.rejected)) <= recipe.data.max_tokens:
            encoded[one] = tokens
            fitting.append(one)
    if not fitting:
        raise UserError(
            f"of {len(pairs)} pairs none is left: {len(pairs) - len(allowed)} are of groups kept aside, "
            f"{len(allowed)} have more than {recipe.data.max_tokens} tokens",
            do="give more pairs, or set a larger data.max_tokens",
        )
    kept = balanced(fitting, recipe.data.seed, recipe.data.limit)
    steps, per_epoch = _steps(kept, recipe)
    return PairPlan(
        pairs=kept,
        encoded=tuple(encoded[one] for one in kept),
        steps=steps,
        steps_per_epoch=per_epoch,
        too_long=len(allowed) - len(fitting),
        kept_aside=len(pairs) - len(allowed),
        share_prefix=recipe.memory.share_prefix,
        tokens_per_batch=recipe.memory.tokens_per_batch,
    )


def _encode(one: Pair, vocabulary: Vocabulary, end: ReplyEnd, openers: Openers | None) -> EncodedPair:
    messages = first_round(render_request(one.problem))
    chosen, rejected = (
        encode(Conversation(messages, reply.strip("\n")), vocabulary, end)
        for reply in (one.chosen, one.rejected)
    )
    if openers is None:
        return EncodedPair(chosen, rejected)
    asks, codes = (
        Encoded(chosen.prompt + opener, chosen.reply_start, chosen.reply_start) for opener in openers
    )
    return EncodedPair(asks, codes) if one.unclear else EncodedPair(codes, asks)


def _steps(pairs: Sequence[Pair], recipe: Recipe) -> tuple[tuple[tuple[int, ...], ...], int]:
    """All steps, and how many a pass takes; twins stand side by side, problems anew in each pass."""
    problems: dict[str, list[int]] = {}
    for place, one in enumerate(pairs):
        problems.setdefault(one.source_id, []).append(place)
    schedule = recipe.schedule
    per_epoch = -(-len(pairs) // schedule.samples_per_step)
    wanted = schedule.steps if schedule.steps is not None else schedule.epochs * per_epoch
    steps: list[tuple[int, ...]] = []
    epoch = 0
    while len(steps) < wanted:
        groups = list(problems.values())
        random.Random(f"pairs:{recipe.data.seed}:{epoch}").shuffle(groups)
        places = [place for group in groups for place in group]
        starts = range(0, len(places), schedule.samples_per_step)
        steps.extend(tuple(places[start : start + schedule.samples_per_step]) for start in starts)
        epoch += 1
    return tuple(steps[:wanted]), per_epoch
