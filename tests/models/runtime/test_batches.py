from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.runtime.batches import common, length, plan, within

_CONTROL = 0
_TOKENS = st.lists(st.integers(0, 3), max_size=60)


def _plan(tokens: list[int]) -> tuple[tuple[int, ...], ...]:
    return plan(tokens, lambda token: token == _CONTROL, chunk=8, shortest=3)


@given(_TOKENS)
def test_batches_are_the_tokens_and_never_too_long(tokens: list[int]) -> None:
    batches = _plan(tokens)
    assert [token for batch in batches for token in batch] == tokens
    assert all(0 < len(batch) <= 8 for batch in batches)
    assert length(batches) == len(tokens)


@given(_TOKENS, _TOKENS, _TOKENS)
def test_prompts_that_begin_alike_share_their_leading_batches(
    start: list[int], one: list[int], other: list[int]
) -> None:
    left, right = _plan(start + one), _plan(start + other)
    # All but the batch that was open when they parted, and at most one that the next token decides on.
    assert length(left[: common(left, right)]) >= len(start) - 8


def test_a_message_that_is_long_enough_ends_a_batch() -> None:
    assert _plan([0, 1, 1, 0, 2, 0, 3, 3]) == ((0, 1, 1), (0, 2, 0, 3, 3))
    assert _plan([0, 1, 0, 1, 1, 1]) == ((0, 1, 0, 1, 1, 1),)


def test_a_plan_does_not_know_what_follows() -> None:
    tokens = [1] * 20
    assert _plan(tokens)[:2] == _plan(tokens + [0, 2, 2])[:2] == ((1,) * 8, (1,) * 8)


def test_within_counts_whole_batches_only() -> None:
    batches = ((1, 1), (1, 1, 1), (1,))
    assert [within(batches, tokens) for tokens in range(7)] == [0, 0, 1, 1, 1, 2, 3]
