"""From the samples of a step to the batches that are computed, within a budget of tokens.

Either as a tree, in which what samples have in common stands once and nothing is padding; or as rows of
similar length, padded at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from training.prefix_tree import common, grow

if TYPE_CHECKING:
    from torch import Tensor

    from training.masking import Encoded


class Batch(TypedDict):
    """Tensors of a batch.

    ids: token ids, shape (rows, longest): one row of a tree's nodes, or a row for each sample.
    depths: position of each token in its own sample, shape (rows, longest).
    visible: for a tree, which nodes each attends to, shape (1, 1, longest, longest), bool; without any
        element where rows are padded at the end, so that causal attention is right.
    positions: where the hidden states lie that predict the supervised tokens, shape (supervised,): into the
        states of the rows one after another.
    targets: the supervised tokens, shape (supervised,).
    weights: of their losses, shape (supervised,), float32.
    """

    ids: Tensor
    depths: Tensor
    visible: Tensor
    positions: Tensor
    targets: Tensor
    weights: Tensor


@dataclass(frozen=True, slots=True)
class Row:
    """A sample in a batch; `counts` is False where it only keeps a device busy."""

    place: int
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """What one device computes of an optimiser's step.

    Args:
        batches: rows of each batch.
        places: samples of the whole step, over all devices.
    """

    batches: tuple[tuple[Row, ...], ...]
    places: tuple[int, ...]


def plan_step(
    places: Sequence[int],
    lengths: Sequence[int],
    *,
    tokens_per_batch: int,
    ids: Sequence[Sequence[int]] | None = None,
    devices: int = 1,
    device: int = 0,
) -> Step:
    """Deal the samples of a step to the devices, and a device's samples to batches.

    Args:
        places: of the step's samples.
        lengths: of all samples, in tokens, by place.
        tokens_per_batch: most tokens that are computed at once; a longer sample goes alone.
        ids: of all samples, by place: batches are trees, and what samples have in common counts once. None:
            batches are rows of similar length, and padding counts.
        devices: how many share the step.
        device: which of them this is.
    """
    longest_first = sorted(places, key=lambda place: (-lengths[place], place))
    shares: list[list[Row]] = [[] for _ in range(devices)]
    loads = [0] * devices
    for place in longest_first:
        least = loads.index(min(loads))
        shares[least].append(Row(place))
        loads[least] += lengths[place]
    # A device without a sample would keep the others waiting at the exchange of gradients.
    rows = shares[device] or [Row(longest_first[-1], counts=False)]
    if ids is None:
        return Step(tuple(_padded(rows, lengths, tokens_per_batch)), tuple(places))
    return Step(tuple(_trees(rows, ids, tokens_per_batch)), tuple(places))


def collate(rows: Sequence[Encoded], weights: Sequence[Sequence[float]], *, share_prefix: bool) -> Batch:
    """A batch as tensors.

    The last token of a sample is only predicted, never read.

    Args:
        rows: conversations as tokens.
        weights: of each row's supervised tokens.
        share_prefix: as a tree, instead of padded rows.
    """
    import torch

    layout = _as_tree(rows) if share_prefix else _as_rows(rows)
    predicted_from = [
        path[place - 1]
        for row, path in zip(rows, layout.paths, strict=True)
        for place in range(row.learned_from, len(row))
    ]
    return Batch(
        ids=layout.ids,
        depths=layout.depths,
        visible=layout.visible,
        positions=torch.tensor(predicted_from, dtype=torch.long),
        targets=torch.tensor([token for row in rows for token in row.supervised], dtype=torch.long),
        weights=torch.tensor([weight for row in weights for weight in row], dtype=torch.float32),
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where tokens stand; `paths` are the places of each sample's tokens in the flattened ids."""

    ids: Tensor
    depths: Tensor
    visible: Tensor
    paths: Sequence[Sequence[int]]


def _as_tree(rows: Sequence[Encoded]) -> _Layout:
    import torch

    tree = grow(row.ids[:-1] for row in rows)
    return _Layout(
        torch.tensor([tree.ids], dtype=torch.long),
        torch.tensor([tree.depths], dtype=torch.long),
        torch.from_numpy(tree.visible())[None, None],
        tree.paths,
    )


def _as_rows(rows: Sequence[Encoded]) -> _Layout:
    import torch

    longest = max(map(len, rows)) - 1
    ids = torch.zeros((len(rows), longest), dtype=torch.long)
    for number, row in enumerate(rows):
        ids[number, : len(row) - 1] = torch.tensor(row.ids[:-1], dtype=torch.long)
    depths = torch.arange(longest)[None].expand(len(rows), -1)
    paths = [range(number * longest, (number + 1) * longest) for number in range(len(rows))]
    return _Layout(ids, depths, torch.empty(0, dtype=torch.bool), paths)


def _padded(rows: Sequence[Row], lengths: Sequence[int], budget: int) -> list[tuple[Row, ...]]:
    """Rows from long to short, cut where the budget is full."""
    batches: list[tuple[Row, ...]] = []
    start = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or (end + 1 - start) * lengths[rows[start].place] > budget:
            batches.append(tuple(rows[start:end]))
            start = end
    return batches


def _trees(rows: Sequence[Row], ids: Sequence[Sequence[int]], budget: int) -> list[tuple[Row, ...]]:
    """Rows in the order of their tokens, which puts the most alike side by side, cut where it is full."""
    batches: list[list[Row]] = []
    nodes = 0
    before: Sequence[int] = ()
    for row in sorted(rows, key=lambda row: (ids[row.place], row.place)):
        own = ids[row.place]
        further = len(own) - common(before, own)
        if not batches or nodes + further > budget:
            batches.append([])
            nodes, further = 0, len(own)
        batches[-1].append(row)
        nodes += further
        before = own
    return [tuple(batch) for batch in batches]
