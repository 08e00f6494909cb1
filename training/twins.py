"""Pairs of twins in a batch: how much likelier the unclear one is to be asked about than the clear one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.collator import Batch, collate
from training.masking import Encoded

if TYPE_CHECKING:
    from torch import Tensor

    from synth.schema import Sample


class TwinBatch(Batch):
    """A batch with pairs of twins.

    contrasts: places among the supervised tokens, shape (pairs, 4): the opener of a list and that of code
        after the unclear request, then the same after the clear one.
    contrast_weights: of each pair's loss, shape (pairs,), float32.
    """

    contrasts: Tensor
    contrast_weights: Tensor


@dataclass(frozen=True, slots=True)
class Twins:
    """Which samples are each other's twins, and how their decisions are compared.

    Args:
        groups: the problem of each sample, by place.
        sides: whether each sample is unclear, by place; None for one without a decision, of a second round.
        asks: the token that opens a list of questions.
        codes: the token that opens code.
        weight: of a pair in the loss.
    """

    groups: tuple[str, ...]
    sides: tuple[bool | None, ...]
    asks: int
    codes: int
    weight: float

    def pairs(self, places: Sequence[int]) -> list[tuple[int, int]]:
        """Indices into `places` of an unclear sample and a clear one of its problem."""
        clear: dict[str, list[int]] = {}
        for index, place in enumerate(places):
            if self.sides[place] is False:
                clear.setdefault(self.groups[place], []).append(index)
        return [
            (index, other)
            for index, place in enumerate(places)
            if self.sides[place]
            for other in clear.get(self.groups[place], ())
        ]

    def batch(
        self,
        places: Sequence[int],
        rows: Sequence[Encoded],
        weights: Sequence[Sequence[float]],
        total_weight: float,
    ) -> TwinBatch:
        """Rows as tensors, with both openers after the request of each row that has a twin.

        In a tree the openers cost nothing: the request is there, and a last token is only predicted.

        Args:
            places: of the rows that count.
            rows: as tokens; those that count come first, in the order of `places`.
            weights: of the rows' supervised tokens.
            total_weight: that the pairs' weight is a share of.
        """
        import torch

        pairs = self.pairs(places)
        compared = sorted({index for pair in pairs for index in pair})
        first = sum(len(row.supervised) for row in rows)
        at = {index: first + 2 * number for number, index in enumerate(compared)}
        openers = [
            Encoded((*rows[index].prompt, opener), rows[index].reply_start, rows[index].reply_start)
            for index in compared
            for opener in (self.asks, self.codes)
        ]
        contrasts = [[at[one], at[one] + 1, at[other], at[other] + 1] for one, other in pairs]
        return TwinBatch(
            **collate([*rows, *openers], [*weights, *([0.0] for _ in openers)], share_prefix=True),
            contrasts=torch.tensor(contrasts, dtype=torch.long).reshape(-1, 4),
            contrast_weights=torch.full((len(pairs),), self.weight / total_weight),
        )


def twins_of(samples: Sequence[Sample], *, asks: int, codes: int, weight: float) -> Twins:
    """The twins among samples."""
    return Twins(
        groups=tuple(sample.source_id for sample in samples),
        sides=tuple(None if sample.answers else sample.unclear for sample in samples),
        asks=asks,
        codes=codes,
        weight=weight,
    )
