from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy, linear

from tests.training.material import recipe, write_tiny_folder
from training.collator import collate
from training.engine.adapter import add_adapter
from training.engine.base import find_base, load_model
from training.engine.loss import (
    _SLICE,
    CHUNK,
    ReplyModel,
    _exact_log_probabilities,
    token_log_probabilities,
)
from training.engine.memory import recompute_activations
from training.masking import Encoded


@given(
    tokens=st.sampled_from([1, 3, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5]),
    bias=st.booleans(),
    scale=st.sampled_from([0.1, 3.0, 100.0]),
    seed=st.integers(0, 9),
)
@hypothesis_settings(max_examples=25, deadline=None)
def test_loss_and_gradient_are_those_of_full_cross_entropy(
    tokens: int, bias: bool, scale: float, seed: int
) -> None:
    torch.manual_seed(seed)
    head, shift = torch.randn(50, 8), torch.randn(50) if bias else None
    targets, weights = torch.randint(0, 50, (tokens,)), torch.rand(tokens)
    mine = (torch.randn(tokens, 8) * scale).requires_grad_()
    full = mine.detach().clone().requires_grad_()
    loss = -(token_log_probabilities(mine, head, shift, targets) * weights).sum()
    expected = (cross_entropy(linear(full, head, shift), targets, reduction="none") * weights).sum()
    torch.testing.assert_close(loss, expected)
    (2.5 * loss).backward()
    (2.5 * expected).backward()
    torch.testing.assert_close(mine.grad, full.grad, rtol=1e-4, atol=1e-5)


def test_bfloat16_states_get_the_gradient_within_their_precision() -> None:
    torch.manual_seed(0)
    head, targets, weights = torch.randn(50, 8), torch.randint(0, 50, (40,)), torch.rand(40)
    states = torch.randn(40, 8)
    mine = states.bfloat16().requires_grad_()
    full = states.bfloat16().float().requires_grad_()
    loss = -(token_log_probabilities(mine, head.bfloat16(), None, targets) * weights).sum()
    expected = (
        cross_entropy(linear(full, head.bfloat16().float()), targets, reduction="none") * weights
    ).sum()
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, expected, rtol=1e-2, atol=1e-2)
    loss.backward()
    expected.backward()
    assert mine.grad is not None
    torch.testing.assert_close(mine.grad.float(), full.grad, rtol=5e-2, atol=5e-2)


def test_without_gradients_none_are_computed() -> None:
    with torch.no_grad():
        found = token_log_probabilities(torch.randn(4, 8), torch.randn(9, 8), None, torch.arange(4))
    assert not found.requires_grad


@pytest.fixture(scope="module", params=["qwen2", "llama"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_folder(tmp_path_factory.mktemp("m") / request.param, architecture=request.param)


def model_of(folder: Path, *, checkpointing: bool = False) -> ReplyModel:
    made = recipe(folder)
    causal = load_model(find_base(made.base), made.base, made.memory)
    if checkpointing:
        recompute_activations(causal)
    tuned = add_adapter(causal, made.adapter, base_name="tiny", seed=0)
    with torch.no_grad():  # a fresh B is zero, and an adapter that does nothing proves nothing
        torch.manual_seed(1)
        for name, parameter in tuned.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.2)
    return ReplyModel(tuned, torch.float32)


def conversations(seed: int = 0, rows: int = 5) -> list[Encoded]:
    chance = random.Random(seed)
    begin = [chance.randrange(250) for _ in range(20)]
    made = []
    for _ in range(rows):
        own = [chance.randrange(250) for _ in range(chance.randrange(4, 30))]
        start = chance.randrange(21, 20 + len(own))
        made.append(Encoded((*begin, *own), start, start))
    return made


def gradients(model: ReplyModel, batches: list[Any]) -> tuple[float, dict[str, torch.Tensor]]:
    model.zero_grad()
    total = 0.0
    for batch in batches:
        loss = model(**batch)
        loss.backward()
        total += loss.item()
    found = {
        name: parameter.grad.clone()
        for name, parameter in model.named_parameters()
        if parameter.grad is not None
    }
    assert found
    assert all("lora_" in name for name in found)
    return total, found


def same(one: tuple[float, dict[str, torch.Tensor]], other: tuple[float, dict[str, torch.Tensor]]) -> None:
    assert one[0] == pytest.approx(other[0], rel=1e-5)
    assert one[1].keys() == other[1].keys()
    for name, gradient in one[1].items():
        torch.testing.assert_close(gradient, other[1][name], rtol=1e-3, atol=1e-5)


def test_a_batch_has_the_loss_of_the_model_itself(folder: Path) -> None:
    model = model_of(folder)
    rows = conversations()
    ones = [[1.0] * len(row.supervised) for row in rows]
    total = model(**collate(rows, ones, share_prefix=True)).item()
    expected = 0.0
    for row in rows:
        labels = torch.tensor([[-100] * row.learned_from + list(row.supervised)])
        out = model.model(input_ids=torch.tensor([row.ids]), labels=labels)
        expected += out.loss.item() * len(row.supervised)
    assert total == pytest.approx(expected, rel=1e-5)


def test_a_tree_changes_no_gradient(folder: Path) -> None:
    model = model_of(folder)
    rows = conversations()
    weights = [[0.5 + number] * len(row.supervised) for number, row in enumerate(rows)]
    shared, apart = (collate(rows, weights, share_prefix=share) for share in (True, False))
    assert shared["ids"].numel() == sum(len(row) - 1 for row in rows) - 20 * (len(rows) - 1)
    same(gradients(model, [shared]), gradients(model, [apart]))


def test_twins_and_replies_to_one_request_branch_where_they_differ(folder: Path) -> None:
    model = model_of(folder)
    first, other = conversations(rows=2)
    rows = [first, other, Encoded((*first.ids[:-3], 7, 8, 9), first.reply_start, first.learned_from), first]
    weights = [[0.5 + number] * len(row.supervised) for number, row in enumerate(rows)]
    shared, apart = (collate(rows, weights, share_prefix=share) for share in (True, False))
    same(gradients(model, [shared]), gradients(model, [apart]))


def test_supervised_tokens_in_the_prefix_count_for_each_row(folder: Path) -> None:
    model = model_of(folder)
    rows = [Encoded(row.ids, row.reply_start, 1) for row in conversations()]
    weights = [[1.0 + number] * len(row.supervised) for number, row in enumerate(rows)]
    shared, apart = (collate(rows, weights, share_prefix=share) for share in (True, False))
    same(gradients(model, [shared]), gradients(model, [apart]))


def test_the_split_into_batches_changes_no_gradient(folder: Path) -> None:
    model = model_of(folder)
    rows = conversations()
    weights = [[0.1] * len(row.supervised) for row in rows]
    whole = gradients(model, [collate(rows, weights, share_prefix=True)])
    for cut in (1, 2, 4):
        parts = [
            collate(rows[part], weights[part], share_prefix=True) for part in (slice(cut), slice(cut, None))
        ]
        same(gradients(model, parts), whole)


@pytest.mark.parametrize("share_prefix", [True, False])
def test_recomputed_activations_change_no_gradient(folder: Path, share_prefix: bool) -> None:
    rows = conversations()
    weights = [[1.0] * len(row.supervised) for row in rows]
    batch = collate(rows, weights, share_prefix=share_prefix)
    kept, recomputed = model_of(folder), model_of(folder, checkpointing=True)
    same(gradients(recomputed.train(), [batch]), gradients(kept.train(), [batch]))


def test_log_probabilities_add_up_to_the_loss(folder: Path) -> None:
    model = model_of(folder)
    rows = conversations()
    batch = collate(rows, [[1.0] * len(row.supervised) for row in rows], share_prefix=True)
    assert -model.log_probabilities(batch).sum().item() == pytest.approx(model(**batch).item(), rel=1e-5)


@given(vocabulary=st.sampled_from([7, _SLICE - 1, _SLICE, _SLICE + 1, 2 * _SLICE + 5]), bias=st.booleans())
@hypothesis_settings(max_examples=10, deadline=None)
def test_exact_log_probabilities_are_those_of_the_whole_head(vocabulary: int, bias: bool) -> None:
    torch.manual_seed(0)
    head, shift = torch.randn(vocabulary, 4).bfloat16(), torch.randn(vocabulary) if bias else None
    states = torch.randn(6, 4).bfloat16()
    targets = torch.tensor([0, vocabulary - 1, vocabulary // 2, 1, 2, vocabulary - 2])
    found = _exact_log_probabilities(states, head, shift, targets)
    rows = linear(states.float(), head.float(), shift).log_softmax(-1)
    torch.testing.assert_close(found, rows.gather(-1, targets[:, None]).squeeze(-1))


def test_adapters_are_float32_on_a_bfloat16_base(folder: Path) -> None:
    made = recipe(folder, base={"dtype": "bfloat16"})
    causal = load_model(find_base(made.base), made.base, made.memory)
    model = ReplyModel(add_adapter(causal, made.adapter, base_name="tiny", seed=0), torch.bfloat16)
    trained = {p.dtype for p in model.parameters() if p.requires_grad}
    frozen = {p.dtype for p in model.parameters() if not p.requires_grad}
    assert (trained, frozen) == ({torch.float32}, {torch.bfloat16})
    rows = conversations()
    batch = collate(rows, [[1.0] * len(row.supervised) for row in rows], share_prefix=True)
    loss, found = gradients(model, [batch])
    exact = model_of(folder)(**batch).item()
    assert {gradient.dtype for gradient in found.values()} == {torch.float32}
    assert loss == pytest.approx(exact, rel=0.1)


def test_the_same_seed_gives_the_same_fresh_adapter(folder: Path) -> None:
    made = recipe(folder)

    def fresh(seed: int) -> dict[str, torch.Tensor]:
        causal = load_model(find_base(made.base), made.base, made.memory)
        tuned = add_adapter(causal, made.adapter, base_name="tiny", seed=seed)
        return {name: p.detach().clone() for name, p in tuned.named_parameters() if "lora_A" in name}

    one, again, other = fresh(3), fresh(3), fresh(4)
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in one)
