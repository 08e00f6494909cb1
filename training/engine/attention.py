"""Attention over a tree of tokens on the CPU: a block of queries meets only the keys that one of them sees.

Most of a tree's nodes are neither ancestor nor descendant of one another, and what a fused kernel computes of
such pairs is thrown away. In the backward pass the probabilities are computed again, so none are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

NAME = "clarify_tree"
"""The implementation as transformers knows it."""

BLOCK = 64
"""Queries of a block; more of them see more keys together than each alone."""


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring queries and the keys they need.

    Args:
        start: the first query.
        stop: the one after the last.
        keys: indices of the keys that any of them sees, shape (keys,).
        hidden: which of these each query does not see, shape (queries, keys).
    """

    start: int
    stop: int
    keys: Tensor
    hidden: Tensor


def blocks_of(visible: Tensor) -> tuple[Block, ...]:
    """The blocks of a tree.

    Args:
        visible: who attends to whom, shape (1, 1, nodes, nodes); every node sees itself.
    """
    found = []
    rows = visible[0, 0]
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        keys = part.any(dim=0).nonzero().squeeze(-1)
        found.append(Block(start, start + len(part), keys, ~part[:, keys]))
    return tuple(found)


def register() -> None:
    """Make the implementation known to transformers; without blocks it is `sdpa`."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(NAME, _attend)
    AttentionMaskInterface.register(NAME, sdpa_mask)


def tree_attention(
    query: Tensor, key: Tensor, value: Tensor, blocks: Sequence[Block], scaling: float
) -> Tensor:
    """Attention of each node to its ancestors and itself: shape (1, heads, nodes, width).

    Args:
        query: shape (1, heads, nodes, width).
        key: shape (1, key_heads, nodes, width); each of its heads serves heads / key_heads neighbouring ones.
        value: as `key`.
        blocks: of the tree.
        scaling: of the products before the softmax.
    """
    apply: Callable[..., Tensor] = _TreeAttention.apply
    return apply(query, key, value, tuple(blocks), scaling)


class _TreeAttention(torch.autograd.Function):
    """Products and their softmax in float32, sums with the values in the values' own type.

    In the backward pass `of_x` is the gradient of the loss by x.
    """

    @staticmethod
    def forward(
        ctx: Any, query: Tensor, key: Tensor, value: Tensor, blocks: tuple[Block, ...], scaling: float
    ) -> Tensor:
        ctx.save_for_backward(query, key, value)
        ctx.blocks, ctx.scaling = blocks, scaling
        found = torch.empty_like(query)
        with torch.autocast(query.device.type, enabled=False):
            for block in blocks:
                here = _Part(query, key, value, block, scaling)
                output = torch.bmm(here.probabilities.to(value.dtype), here.value)
                found[:, :, block.start : block.stop] = here.apart(output)
        return found

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor, Tensor, Tensor, None, None]:
        query, key, value = ctx.saved_tensors
        of_query = torch.empty_like(query)
        # Summed over many blocks, so in float32.
        of_key, of_value = (torch.zeros(one.shape[1:], device=one.device) for one in (key, value))
        with torch.autocast(query.device.type, enabled=False):
            for block in ctx.blocks:
                here = _Part(query, key, value, block, ctx.scaling)
                of_output = here.together(gradients[0]).to(value.dtype)
                probabilities = here.probabilities
                of_value.index_add_(
                    1, block.keys, torch.bmm(probabilities.to(value.dtype).mT, of_output).float()
                )
                of_probability = torch.bmm(of_output, here.value.mT).float()
                of_score = torch._softmax_backward_data(of_probability, probabilities, -1, torch.float32)
                of_score = of_score.to(query.dtype)
                of_query[:, :, block.start : block.stop] = here.apart(
                    torch.bmm(of_score, here.key) * ctx.scaling
                )
                of_key.index_add_(1, block.keys, torch.bmm(of_score.mT, here.query).float())
        return of_query, of_key[None].to(key.dtype), of_value[None].to(value.dtype), None, None


class _Part:
    """A block's share of queries, keys and values.

    The heads that one key head serves stand one after another in one matrix: (key_heads, rows, width).
    """

    def __init__(self, query: Tensor, key: Tensor, value: Tensor, block: Block, scaling: float) -> None:
        self._block = block
        self._heads, self._key_heads = query.shape[1], key.shape[1]
        self.query = self.together(query) * scaling
        self.key = key[0].index_select(1, block.keys)
        self.value = value[0].index_select(1, block.keys)
        scores = torch.bmm(self.query.float(), self.key.float().mT)
        by_head = scores.view(self._key_heads, -1, *block.hidden.shape)
        by_head.masked_fill_(block.hidden, -torch.inf)
        self.probabilities = scores.softmax(dim=-1)

    def together(self, whole: Tensor) -> Tensor:
        """The block's rows of something that has the queries' shape."""
        rows = whole[0, :, self._block.start : self._block.stop]
        return rows.reshape(self._key_heads, -1, rows.shape[-1])

    def apart(self, rows: Tensor) -> Tensor:
        """The other way round: shape (heads, queries, width)."""
        return rows.view(self._heads, -1, rows.shape[-1])


def _attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    dropout: float = 0.0,
    blocks: tuple[Block, ...] | None = None,
    **more: Any,
) -> tuple[Tensor, None]:
    """As transformers calls it: gives shape (1, nodes, heads, width)."""
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    if blocks is None or dropout > 0.0:
        found, _ = sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **more
        )
        return found, None
    return tree_attention(query, key, value, blocks, scaling).transpose(1, 2), None
