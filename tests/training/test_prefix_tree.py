"""Packing changes what is computed, never what comes out: loss and gradients of the separate sequences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.prefix_tree import WeightedSequence, nodes, pack

_ids = st.lists(st.integers(0, 3), min_size=1, max_size=9)


@st.composite
def _sequences(draw: st.DrawFn) -> list[WeightedSequence]:
    found = []
    for ids in draw(st.lists(_ids, min_size=1, max_size=6)):
        start = draw(st.integers(1, len(ids)))
        weights = [0.0] * start + [1.0] * (len(ids) - start)
        found.append(WeightedSequence(tuple(ids), tuple(weights)))
    return found


@given(_sequences())
def test_every_sequence_is_a_path_from_a_root(sequences: list[WeightedSequence]) -> None:
    packed = pack(sequences)
    paths = {_path(packed, node) for node in range(len(packed.ids))}
    assert paths == {s.ids[: end + 1] for s in sequences for end in range(len(s.ids))}
    assert len(paths) == len(packed.ids) == nodes([s.ids for s in sequences])


@given(_sequences())
def test_a_node_sees_its_own_sequence_up_to_itself(sequences: list[WeightedSequence]) -> None:
    packed = pack(sequences)
    visible = packed.visible()
    for node in range(len(packed.ids)):
        seen = packed.ids[visible[node]]
        assert tuple(seen) == _path(packed, node)
        assert packed.positions[node] == len(seen) - 1


@given(_sequences())
def test_the_weights_of_all_sequences_are_kept(sequences: list[WeightedSequence]) -> None:
    packed = pack(sequences)
    assert packed.weights.sum() == pytest.approx(sum(sum(s.weights) for s in sequences))
    assert packed.tokens == sum(len(s.ids) for s in sequences)
    wanted = {(s.ids[:at], s.ids[at]) for s in sequences for at in range(1, len(s.ids)) if s.weights[at]}
    edges = zip(packed.sources.tolist(), packed.targets.tolist(), strict=True)
    assert {(_path(packed, source), target) for source, target in edges} == wanted


def test_what_is_common_is_computed_once() -> None:
    packed = pack([_sequence(1, 2, 3, 4), _sequence(1, 2, 3, 5), _sequence(1, 2, 6)])
    assert packed.ids.tolist() == [1, 2, 3, 4, 5, 6]
    assert packed.positions.tolist() == [0, 1, 2, 3, 3, 2]
    assert packed.parents.tolist() == [-1, 0, 1, 2, 2, 1]


def test_the_first_token_cannot_be_supervised() -> None:
    with pytest.raises(ValueError, match="first token"):
        WeightedSequence((1, 2), (1.0, 1.0))


def test_loss_and_gradients_are_those_of_separate_sequences() -> None:
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    shape: dict[str, Any] = {"num_attention_heads": 4, "num_key_value_heads": 2, "num_hidden_layers": 2}
    config = Qwen2Config(vocab_size=64, hidden_size=32, intermediate_size=48, **shape)
    model = Qwen2ForCausalLM(config).double()
    random = np.random.default_rng(0)
    shared = random.integers(0, 64, 12).tolist()
    sequences = [_sequence(*shared[:cut], *random.integers(0, 64, 7).tolist()) for cut in (12, 12, 9, 4)]

    separate = sum(_separate_loss(model, sequence) for sequence in sequences)
    separate.backward()
    expected = {name: p.grad.clone() for name, p in model.named_parameters()}
    model.zero_grad()
    packed = pack(sequences)
    hidden = model.model(
        input_ids=torch.from_numpy(packed.ids)[None],
        position_ids=torch.from_numpy(packed.positions)[None],
        attention_mask=torch.from_numpy(packed.visible())[None, None],
    ).last_hidden_state[0]
    logits = model.lm_head(hidden[torch.from_numpy(packed.sources)])
    losses = torch.nn.functional.cross_entropy(logits, torch.from_numpy(packed.targets), reduction="none")
    together = (losses * torch.from_numpy(packed.weights)).sum()
    together.backward()
    assert together.item() == pytest.approx(separate.item(), rel=1e-9)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(
            parameter.grad, expected[name], rtol=1e-4, atol=1e-6
        )  # norms compute in float32


def _separate_loss(model: Any, sequence: WeightedSequence) -> Any:
    import torch

    ids = torch.tensor(sequence.ids)
    logits = model(input_ids=ids[None]).logits[0, :-1]
    losses = torch.nn.functional.cross_entropy(logits, ids[1:], reduction="none")
    return (losses * torch.tensor(sequence.weights[1:])).sum()


def _sequence(*ids: int) -> WeightedSequence:
    return WeightedSequence(ids, (0.0,) + (1.0,) * (len(ids) - 1))


def _path(packed: Any, node: int) -> tuple[int, ...]:
    path: list[int] = []
    while node >= 0:
        path.append(int(packed.ids[node]))
        node = int(packed.parents[node])
    return tuple(reversed(path))
