"""Sequences of tokens as one tree, so that what they have in common is computed once.

All requests share the instruction, twins share the request up to its flaw, and several replies to one request
share all of it. A batch becomes a single row of nodes: each attends to its ancestors alone and stands at its
own depth, so a causal model gives it the state that it has in its own sequence. It knows no model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes, parents before children.

    Args:
        ids: token of each node.
        depths: of each node; its position in its own sequence.
        parents: index of each node's parent; -1 at a root.
        paths: for each sequence, the nodes that it runs through.
    """

    ids: tuple[int, ...]
    depths: tuple[int, ...]
    parents: tuple[int, ...]
    paths: tuple[tuple[int, ...], ...]

    def visible(self) -> NDArray[np.bool_]:
        """Who attends to whom: [i, j] is true where node j is node i or an ancestor; shape (nodes, nodes)."""
        import numpy as np

        seen = np.zeros((len(self.ids), len(self.ids)), dtype=np.bool_)
        for node, parent in enumerate(self.parents):
            if parent >= 0:
                seen[node] = seen[parent]
            seen[node, node] = True
        return seen


def grow(sequences: Iterable[Sequence[int]]) -> Tree:
    """The tree of the sequences, common beginnings merged."""
    ids: list[int] = []
    depths: list[int] = []
    parents: list[int] = []
    paths: list[tuple[int, ...]] = []
    children: dict[tuple[int, int], int] = {}
    for sequence in sequences:
        node = -1
        path = []
        for depth, token in enumerate(sequence):
            known = children.get((node, token))
            if known is None:
                known = children[node, token] = len(ids)
                ids.append(token)
                depths.append(depth)
                parents.append(node)
            node = known
            path.append(node)
        paths.append(tuple(path))
    return Tree(tuple(ids), tuple(depths), tuple(parents), tuple(paths))


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the common beginning."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))
