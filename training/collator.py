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
    groups: Sequence[str] | None = None,
    devices: int = 1,
    device: int = 0,
) -> Step:
    """Deal the samples of a step to the devices, and a device's samples to batches.

    Args:
        places: of the step's samples.
        lengths: of all samples, in tokens, by place.
        tokens_per_batch: most tokens that are computed at once; what has to stay together goes alone if it
            has more.
        ids: of all samples, by place: batches are trees, and what samples have in common counts once. None:
            batches are rows of similar length, and padding counts.
        groups: of all samples, by place: samples of a group stay in one batch. None: each may go anywhere.
        devices: how many share the step.
        device: which of them this is.
    """
    units = _units(places, groups)
    weights = [sum(lengths[place] for place in unit) for unit in units]
    longest_first = sorted(range(len(units)), key=lambda unit: (-weights[unit], units[unit]))
    shares: list[list[tuple[Row, ...]]] = [[] for _ in range(devices)]
    loads = [0] * devices
    for unit in longest_first:
        least = loads.index(min(loads))
        shares[least].append(tuple(map(Row, units[unit])))
        loads[least] += weights[unit]
    # A device without a sample would keep the others waiting at the exchange of gradients.
    shortest = min(units[longest_first[-1]], key=lambda place: lengths[place])
    share = shares[device] or [(Row(shortest, counts=False),)]
    if ids is None:
        return Step(tuple(_padded(share, lengths, tokens_per_batch)), tuple(places))
    return Step(tuple(_trees(share, ids, tokens_per_batch)), tuple(places))


def _units(places: Sequence[int], groups: Sequence[str] | None) -> list[tuple[int, ...]]:
    """Places that stay together."""
    if groups is None:
        return [(place,) for place in places]
    found: dict[str, list[int]] = {}
    for place in places:
        found.setdefault(groups[place], []).append(place)
    return [tuple(unit) for unit in found.values()]


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


def _padded(units: Sequence[Sequence[Row]], lengths: Sequence[int], budget: int) -> list[tuple[Row, ...]]:
    """Units from long to short, cut where the budget is full."""
    longest = [max(lengths[row.place] for row in unit) for unit in units]
    batches: list[tuple[Row, ...]] = []
    batch: list[Row] = []
    widest = 0
    for number in sorted(range(len(units)), key=lambda number: -longest[number]):
        unit = units[number]
        if batch and (len(batch) + len(unit)) * widest > budget:
            batches.append(tuple(batch))
            batch, widest = [], 0
        batch.extend(unit)
        widest = max(widest, longest[number])
    return [*batches, tuple(batch)]


def _trees(
    units: Sequence[Sequence[Row]], ids: Sequence[Sequence[int]], budget: int
) -> list[tuple[Row, ...]]:
    """Units in the order of their tokens, which puts the most alike side by side, cut where it is full."""
    in_order = [sorted(unit, key=lambda row: (ids[row.place], row.place)) for unit in units]
    batches: list[list[Row]] = []
    nodes = 0
    before: Sequence[int] = ()
    for unit in sorted(in_order, key=lambda unit: (ids[unit[0].place], unit[0].place)):
        further = _further(before, unit, ids)
        if not batches or nodes + further > budget:
            batches.append([])
            nodes, further = 0, _further((), unit, ids)
        batches[-1].extend(unit)
        nodes += further
        before = ids[unit[-1].place]
    return [tuple(batch) for batch in batches]


def _further(before: Sequence[int], unit: Sequence[Row], ids: Sequence[Sequence[int]]) -> int:
    """Nodes that a unit adds to a tree that was last grown by these tokens."""
    added = 0
    for row in unit:
        own = ids[row.place]
        added += len(own) - common(before, own)
        before = own
    return added
