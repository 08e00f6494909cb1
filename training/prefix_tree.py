"""Packs sequences into one tree of tokens, so that what they have in common is computed once.

All prompts of a run share the instruction, twins share the request up to its flaw, and several answers to one
request share all of it. A batch becomes a single row: each token is a node that attends to its ancestors
alone and stands at its own depth, so hidden states, loss and gradients are those of the separate sequences.
Causal models with position ids only; it knows no model and no tokenizer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class WeightedSequence:
    """Tokens with the weight of each in the loss.

    Args:
        ids: tokens, shape (length,), not empty.
        weights: as long; the weight of predicting that token from those before it, 0 for a prompt's tokens.
            The first token is predicted from nothing, so its weight is 0.
    """

    ids: tuple[int, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the lengths and the first weight."""
        if not self.ids or len(self.ids) != len(self.weights):
            raise ValueError(f"{len(self.ids)} tokens and {len(self.weights)} weights")
        if self.weights[0] != 0:
            raise ValueError("the first token of a sequence cannot be predicted")


@dataclass(frozen=True, slots=True)
class Packed:
    """A batch as one row of a tree's nodes, parents before children.

    Args:
        ids: token of each node, shape (nodes,), int64.
        positions: depth of each node, shape (nodes,), int64; the position in its own sequence.
        parents: index of each node's parent, shape (nodes,), int64; -1 at a root.
        sources: nodes that a supervised token is predicted from, shape (edges,), int64.
        targets: the supervised tokens, shape (edges,), int64.
        weights: their weights, shape (edges,), float32; sequences that share an edge add up.
        tokens: tokens of the sequences before packing, for speed in tokens per second.
    """

    ids: NDArray[np.int64]
    positions: NDArray[np.int64]
    parents: NDArray[np.int64]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: NDArray[np.float32]
    tokens: int

    def visible(self) -> NDArray[np.bool_]:
        """Who attends to whom: [i, j] is true where node j is node i or an ancestor; shape (nodes, nodes)."""
        import numpy as np

        count = len(self.ids)
        seen = np.zeros((count, count), dtype=np.bool_)
        for node, parent in enumerate(self.parents.tolist()):
            if parent >= 0:
                seen[node] = seen[parent]
            seen[node, node] = True
        return seen


def pack(sequences: Sequence[WeightedSequence]) -> Packed:
    """One tree of the sequences, common beginnings merged.

    Args:
        sequences: at least one.
    """
    import numpy as np

    ids: list[int] = []
    positions: list[int] = []
    parents: list[int] = []
    children: dict[tuple[int, int], int] = {}
    edges: dict[tuple[int, int], float] = {}
    for sequence in sequences:
        node = -1
        for depth, (token, weight) in enumerate(zip(sequence.ids, sequence.weights, strict=True)):
            if weight:
                edges[node, token] = edges.get((node, token), 0.0) + weight
            known = children.get((node, token))
            if known is None:
                known = children[node, token] = len(ids)
                ids.append(token)
                positions.append(depth)
                parents.append(node)
            node = known
    return Packed(
        ids=np.array(ids, dtype=np.int64),
        positions=np.array(positions, dtype=np.int64),
        parents=np.array(parents, dtype=np.int64),
        sources=np.array([source for source, _ in edges], dtype=np.int64),
        targets=np.array([target for _, target in edges], dtype=np.int64),
        weights=np.array(list(edges.values()), dtype=np.float32),
        tokens=sum(len(sequence.ids) for sequence in sequences),
    )


def nodes(sequences: Iterable[Sequence[int]]) -> int:
    """How many nodes the tree of these token sequences would have: what computing it costs."""
    ordered = sorted(tuple(sequence) for sequence in sequences)
    total = 0
    before: tuple[int, ...] = ()
    for sequence in ordered:
        total += len(sequence) - _common(before, sequence)
        before = sequence
    return total


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the common beginning."""
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length
