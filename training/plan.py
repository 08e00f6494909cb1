"""All steps of a run, laid out before the first one: which samples, on which device, in which batches."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from models.errors import UserError
from training import mixing
from training.collator import Batch, Row, Step, collate, plan_step
from training.masking import EncodedSamples, token_weights
from training.twins import Twins, twins_of

if TYPE_CHECKING:
    from training.evaluation import Openers
    from training.recipe import Recipe


class StepPlan(Protocol):
    """What the loop of steps needs of a plan, whatever its places stand for."""

    @property
    def steps(self) -> tuple[tuple[int, ...], ...]:
        """The places of each step."""

    @property
    def steps_per_epoch(self) -> int:
        """How many steps a pass takes."""

    @property
    def mixed(self) -> tuple[int, ...]:
        """The places of one epoch."""

    @property
    def sha256(self) -> str:
        """Of all that is learned, and its order."""

    def step(self, number: int, *, devices: int = 1, device: int = 0) -> Step:
        """What a device computes in a step, the first one being 0."""

    def batch(self, rows: Sequence[Row], total_weight: float) -> Batch:
        """Rows as tensors, their losses as shares of a total."""

    def total_weight(self, places: Sequence[int]) -> float:
        """What the losses of these places are divided by."""

    def tokens(self, places: Sequence[int]) -> int:
        """Tokens of these places."""


@dataclass(frozen=True)
class Plan:
    """The steps of a run, and the samples kept aside.

    Args:
        data: samples as tokens.
        weights: of each sample's supervised tokens in the loss, by place.
        steps: the samples of each step, by place.
        steps_per_epoch: how many steps a pass over the mix takes.
        mixed: places of one epoch's samples.
        held_out: places of the samples kept aside.
        share_prefix: compute once what samples of a batch have in common at their beginning.
        tokens_per_batch: most tokens that are computed at once.
        twins: whose decisions are compared; None compares none.
    """

    data: EncodedSamples
    weights: tuple[tuple[float, ...], ...]
    steps: tuple[tuple[int, ...], ...]
    steps_per_epoch: int
    mixed: tuple[int, ...]
    held_out: tuple[int, ...]
    share_prefix: bool
    tokens_per_batch: int
    twins: Twins | None = None

    @functools.cached_property
    def sha256(self) -> str:
        """Of the tokens, their weights and their order: two runs that share it learn the same."""
        digest = hashlib.sha256()
        for one, weights in zip(self.data.encoded, self.weights, strict=True):
            digest.update(f"{one.learned_from} {one.ids} {weights}\n".encode())
        digest.update(repr(self.steps).encode())
        if self.twins is not None:
            digest.update(f"twins {self.twins.weight}".encode())
        return digest.hexdigest()

    @functools.cached_property
    def _lengths(self) -> list[int]:
        return [len(one) for one in self.data.encoded]

    @functools.cached_property
    def _ids(self) -> list[tuple[int, ...]]:
        return [one.ids for one in self.data.encoded]

    def step(self, number: int, *, devices: int = 1, device: int = 0) -> Step:
        """What a device computes in a step, the first one being 0."""
        return self.batches(self.steps[number], devices=devices, device=device)

    def batches(self, places: Sequence[int], *, devices: int = 1, device: int = 0) -> Step:
        """How a device computes these samples."""
        return plan_step(
            places,
            self._lengths,
            tokens_per_batch=self.tokens_per_batch,
            ids=self._ids if self.share_prefix else None,
            groups=self.twins.groups if self.twins else None,
            devices=devices,
            device=device,
        )

    def batch(self, rows: Sequence[Row], total_weight: float) -> Batch:
        """Rows as tensors, the weights as shares of a total."""
        weights = [
            [weight / total_weight if row.counts else 0.0 for weight in self.weights[row.place]]
            for row in rows
        ]
        encoded = [self.data.encoded[row.place] for row in rows]
        if self.twins is not None:
            places = [row.place for row in rows if row.counts]  # a row that does not count is alone
            return self.twins.batch(places, encoded, weights, total_weight)
        return collate(encoded, weights, share_prefix=self.share_prefix)

    def total_weight(self, places: Sequence[int]) -> float:
        """What the losses of these samples are divided by, so that the split into batches changes nothing."""
        tokens = sum(sum(self.weights[place]) for place in places)
        return tokens + (self.twins.weight * len(self.twins.pairs(places)) if self.twins else 0.0)

    def tokens(self, places: Sequence[int]) -> int:
        """Tokens of these samples."""
        return sum(len(self.data.encoded[place]) for place in places)


def plan(data: EncodedSamples, recipe: Recipe, openers: Openers) -> Plan:
    """Lay out a run.

    Args:
        data: the samples.
        recipe: of the run.
        openers: tokens of the two ways to open a reply.

    Raises:
        UserError: there is nothing to learn from.
    """
    if not data.samples:
        raise UserError("there is no sample in the data", do="build some with `clarify synth build`")
    sides = mixing.split(data.samples, recipe.data)
    if not sides.training:
        raise UserError("all samples are kept aside", do="lower data.held_out, or name other groups")
    mixed = mixing.mix(data.samples, sides.training, recipe.data)
    data = _shortened(data, mixed, recipe)
    steps: list[tuple[int, ...]] = []
    per_epoch, epoch = 0, 0
    wanted = recipe.schedule.steps
    while len(steps) < wanted if wanted is not None else epoch < recipe.schedule.epochs:
        ordered = mixing.order(
            data.samples, mixed, recipe.data, per_step=recipe.schedule.samples_per_step, epoch=epoch
        )
        per_epoch = per_epoch or len(ordered)
        steps.extend(ordered)
        epoch += 1
    weights = tuple(
        tuple(
            token_weights(
                one,
                by_sample=recipe.loss.normalise == "sample",
                opener_weight=recipe.loss.opener_weight,
                weight=recipe.data.weights.get(sample.type, 1.0),
            )
        )
        for sample, one in zip(data.samples, data.encoded, strict=True)
    )
    return Plan(
        data=data,
        weights=weights,
        steps=tuple(steps[:wanted]),
        steps_per_epoch=per_epoch,
        mixed=mixed,
        held_out=sides.held_out,
        share_prefix=recipe.memory.share_prefix,
        tokens_per_batch=recipe.memory.tokens_per_batch,
        twins=_twins(data, recipe, openers),
    )


def _twins(data: EncodedSamples, recipe: Recipe, openers: Openers) -> Twins | None:
    if recipe.loss.twin_weight == 0:
        return None
    asks, codes = openers
    return twins_of(data.samples, asks=asks[0], codes=codes[0], weight=recipe.loss.twin_weight)


def _shortened(data: EncodedSamples, places: Sequence[int], recipe: Recipe) -> EncodedSamples:
    """With what is learned of each sample; those kept aside stay whole."""
    encoded = list(data.encoded)
    for place in set(places):
        if not mixing.learned_whole(data.samples[place], recipe.data):
            encoded[place] = encoded[place].decision
    return dataclasses.replace(data, encoded=tuple(encoded))
