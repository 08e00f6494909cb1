"""What attention over a tree costs block by block, against the fused kernel with the whole mask.

Usage: python -m benchmarks.bench_attention [--rounds N]

One layer of Qwen2.5-Coder-0.5B's shape, forward and backward in bfloat16, the two taking turns; of each the
best round counts. A tree is so many problems, each with so many versions that share its beginning.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_HEADS, _KEY_HEADS, _WIDTH = 14, 2, 64
_TREES = {
    "two problems, two short versions each": (2, 2, 150, 150),
    "one problem, three long versions": (1, 3, 300, 900),
    "one problem, twelve versions": (1, 12, 300, 300),
}
"""Problems, versions of each, and the tokens that its versions share and that each has alone."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    from training import launch

    launch.prepare(None)
    print(f"{'':<40}{'nodes':>7}{'pairs seen':>12}{'fused s':>9}{'blocks s':>10}{'ratio':>7}")
    for name, shape in _TREES.items():
        visible = _tree(*shape)
        fused, blocks = _turns(visible, rounds)
        seen = visible.float().mean().item()
        print(
            f"{name:<40}{visible.shape[-1]:>7}{seen:>12.2f}{fused:>9.3f}{blocks:>10.3f}{fused / blocks:>7.1f}"
        )


def _tree(problems: int, versions: int, shared: int, own: int) -> Tensor:
    import torch

    from training.prefix_tree import grow

    token = itertools.count()
    root = [next(token) for _ in range(60)]
    sequences = []
    for _ in range(problems):
        beginning = root + [next(token) for _ in range(shared)]
        sequences += [beginning + [next(token) for _ in range(own)] for _ in range(versions)]
    return torch.from_numpy(grow(sequences).visible())[None, None]


def _turns(visible: Tensor, rounds: int) -> tuple[float, float]:
    import torch

    from training.engine.attention import blocks_of, tree_attention

    def fused(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        times = _HEADS // _KEY_HEADS
        return torch.nn.functional.scaled_dot_product_attention(
            query, key.repeat_interleave(times, 1), value.repeat_interleave(times, 1), attn_mask=visible
        )

    def blocks(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return tree_attention(query, key, value, blocks_of(visible), _WIDTH**-0.5)

    best = {fused: float("inf"), blocks: float("inf")}
    for _ in range(rounds):
        for one in best:
            best[one] = min(best[one], _seconds(one, visible.shape[-1]))
    return best[fused], best[blocks]


def _seconds(attend: Callable[..., Tensor], nodes: int) -> float:
    import torch

    inputs = [
        torch.randn(1, heads, nodes, _WIDTH, dtype=torch.bfloat16, requires_grad=True)
        for heads in (_HEADS, _KEY_HEADS, _KEY_HEADS)
    ]
    started = time.perf_counter()
    found = attend(*inputs)
    found.backward(torch.ones_like(found))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
