"""Attention over a tree, block by block, is the attention that its mask asks for."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from training.engine import attention
from training.engine.attention import blocks_of, tree_attention
from training.prefix_tree import grow

_SEQUENCES = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=60), min_size=1, max_size=8)
_WIDTH = 4


def _visible(sequences: list[list[int]]) -> Tensor:
    return torch.from_numpy(grow(sequences).visible())[None, None]


def _inputs(nodes: int, heads: int, key_heads: int, dtype: torch.dtype, seed: int) -> list[Tensor]:
    chance = torch.Generator().manual_seed(seed)
    return [
        torch.randn(1, count, nodes, _WIDTH, generator=chance).mul(2).to(dtype).requires_grad_()
        for count in (heads, key_heads, key_heads)
    ]


def _dense(query: Tensor, key: Tensor, value: Tensor, visible: Tensor) -> Tensor:
    times = query.shape[1] // key.shape[1]
    return nn.functional.scaled_dot_product_attention(
        query, key.repeat_interleave(times, 1), value.repeat_interleave(times, 1), attn_mask=visible
    )


@given(_SEQUENCES, st.sampled_from([(2, 2), (4, 2), (3, 1)]), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_values_and_gradients_are_those_of_the_whole_mask(
    sequences: list[list[int]], heads: tuple[int, int], seed: int
) -> None:
    visible = _visible(sequences)
    nodes = visible.shape[-1]
    ours = _inputs(nodes, *heads, torch.float32, seed)
    theirs = _inputs(nodes, *heads, torch.float32, seed)
    mine = tree_attention(*ours, blocks_of(visible), _WIDTH**-0.5)
    dense = _dense(*theirs, visible)
    torch.testing.assert_close(mine, dense, atol=1e-5, rtol=1e-4)
    weight = torch.randn(dense.shape, generator=torch.Generator().manual_seed(seed + 1))
    mine.backward(weight)
    dense.backward(weight)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one.grad, other.grad, atol=1e-5, rtol=1e-4)


def test_in_bfloat16_it_is_as_near_to_the_truth_as_the_fused_kernel() -> None:
    visible = _visible([[0] * 50 + [one] * 90 for one in range(1, 4)])
    runs = {}
    for name, dtype in (("exact", torch.float32), ("dense", torch.bfloat16), ("tree", torch.bfloat16)):
        inputs = _inputs(visible.shape[-1], 4, 2, torch.bfloat16, 7)
        used = [one.detach().to(dtype).requires_grad_() for one in inputs]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=name == "tree"):
            if name == "tree":
                found = tree_attention(*used, blocks_of(visible), _WIDTH**-0.5)
            else:
                found = _dense(*used, visible)
        found.backward(torch.ones_like(found))
        runs[name] = [one.grad.float() for one in used if one.grad is not None] + [found.float()]
    for exact, dense, tree in zip(runs["exact"], runs["dense"], runs["tree"], strict=True):
        assert (tree - exact).norm() <= 1.5 * (dense - exact).norm() + 1e-3 * exact.norm()


@given(_SEQUENCES)
@settings(deadline=None)
def test_the_blocks_hold_every_pair_that_is_seen_and_each_query_once(sequences: list[list[int]]) -> None:
    visible = _visible(sequences)
    found = torch.zeros_like(visible[0, 0])
    blocks = blocks_of(visible)
    assert [block.start for block in blocks[1:]] == [block.stop for block in blocks[:-1]]
    for block in blocks:
        found[block.start : block.stop, block.keys] = ~block.hidden
    assert torch.equal(found, visible[0, 0])
    for one, other in itertools.pairwise(blocks):
        assert one.stop - one.start == attention.BLOCK >= other.stop - other.start


def test_trees_of_unlike_samples_need_few_keys() -> None:
    visible = _visible([[one] * 100 for one in range(10)])
    needed = sum((block.stop - block.start) * len(block.keys) for block in blocks_of(visible))
    assert needed < 0.3 * visible.shape[-1] ** 2


@pytest.mark.parametrize("blocks", [True, False])
def test_transformers_takes_it_for_a_model(blocks: bool) -> None:
    from transformers import Qwen2Config, Qwen2ForCausalLM

    attention.register()
    config = Qwen2Config(
        vocab_size=32, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2,
    )  # fmt: skip
    config._attn_implementation = attention.NAME
    torch.manual_seed(0)
    model = Qwen2ForCausalLM(config).eval()
    sequences = [[1, 2, 3, 4], [1, 2, 5, 6, 7], [8, 9]]
    tree = grow(sequences)
    visible = _visible(sequences)
    with torch.no_grad():
        found = model.model(
            input_ids=torch.tensor([tree.ids]),
            position_ids=torch.tensor([tree.depths]),
            attention_mask=visible,
            blocks=blocks_of(visible) if blocks else None,
        ).last_hidden_state[0]
        for sequence, path in zip(sequences, tree.paths, strict=True):
            alone = model.model(input_ids=torch.tensor([sequence])).last_hidden_state[0]
            torch.testing.assert_close(found[list(path)], alone, atol=1e-5, rtol=1e-4)
