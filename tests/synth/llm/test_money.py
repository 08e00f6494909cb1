"""Prices, what was spent, and what a run would take."""

from __future__ import annotations

import pytest

from models.backends.base import Usage
from synth.modifications.llm.estimate import estimate
from synth.modifications.llm.prices import Price, price_of
from synth.modifications.llm.settings import LlmSettings
from synth.modifications.llm.spending import Ledger
from tests.synth.problems import problems


@pytest.mark.parametrize("model", ["openai:gpt-4o-mini", "openai:gpt-4o-mini-2024-07-18"])
def test_a_dated_name_has_the_price_of_its_model(model: str) -> None:
    assert price_of(model) == Price(prompt=0.15, reply=0.60)


@pytest.mark.parametrize(
    "model", ["openai:gpt-4o-mini-tts", "gemini:gpt-4o", "qwen2.5-coder-0.5b", "gemini:"]
)
def test_no_price_is_guessed(model: str) -> None:
    assert price_of(model) is None


def test_a_server_of_ones_own_has_no_price() -> None:
    assert price_of("openai:gpt-4o", "http://localhost:8000/v1") is None


def test_what_was_spent_adds_up() -> None:
    ledger = Ledger(Price(prompt=1.0, reply=10.0))
    for _ in range(4):
        ledger.called(Usage(prompt_tokens=1000, generated_tokens=250))
    ledger.kept()
    ledger.unusable()
    assert ledger.spent.cost == pytest.approx(0.004 + 0.01)
    assert str(ledger.spent).startswith("4 calls (1 kept, 1 unusable), 4,000 prompt and 1,000 reply tokens")
    assert Ledger(None).spent.cost is None


def test_an_estimate_counts_two_calls_for_each_type() -> None:
    some = problems()[:5]
    all_types = estimate(some, LlmSettings(model="gemini:gemini-2.5-flash"))
    one_type = estimate(some, LlmSettings(model="gemini:gemini-2.5-flash", types="incomplete"))
    assert (all_types.calls, one_type.calls) == (30, 10)
    assert all_types.most_reply_tokens == 30 * 2048
    assert all_types.cost is not None
    assert all_types.most_cost is not None
    assert 0 < all_types.cost < all_types.most_cost
    assert all_types.lines()[-1].startswith("cost: about $")
    assert estimate(some, LlmSettings(model="m")).lines()[-1] == "cost: not known for this model"
