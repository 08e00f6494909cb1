"""Programs are run on shown, proposed and varied inputs, and put together by what they do."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decision.decider import build_decider
from assistant.decision.drafts.inputs import calls_in, is_plain_call, variations
from assistant.decision.drafts.writing import TEMPERATURE
from assistant.decision.outcome import Ask, Code
from assistant.decision.request import DecisionSettings, Request
from eval.rivals.base import System, Tools
from eval.rivals.catalogue import make
from eval.rivals.drafts import Drafts
from models.backends.base import Usage
from models.backends.scripted import ScriptedBackend
from models.sandbox.runner import open_sandbox

STUB = '''def late(days):
    """Whether it is late.

    >>> late(9)
    True
    """'''
REQUEST = Request(text=STUB, language="python")
SETTINGS = DecisionSettings()
OVER_SEVEN = "```python\ndef late(days):\n    return days > 7\n"
SAME = "```python\ndef late(n):\n    return not n <= 7\n"
FROM_SEVEN = "```python\ndef late(days):\n    return days >= 7\n"
BROKEN = "```python\nthis is no Python\n"
CALLS = "1. late(7)\n2. `late(0)`\n3. late(days)\nlate(-1) == False\n"
MASSES = [(0.1, 0.9)] * 8
QUESTIONS = "1. Is it late on the seventh day?"


def _made(name: str, replies: list[str]) -> tuple[System, ScriptedBackend]:
    backend = ScriptedBackend(replies, MASSES)
    return make(name, Tools(backend, build_decider(backend), None, open_sandbox)), backend


def test_where_programs_disagree_clarifygpt_asks_about_it() -> None:
    replies = [OVER_SEVEN, SAME, FROM_SEVEN, OVER_SEVEN, BROKEN, CALLS, QUESTIONS]
    system, backend = _made("clarifygpt", replies)
    round_ = system.decider.first(REQUEST, SETTINGS)
    assert isinstance(round_.outcome, Ask)
    assert round_.outcome.questions[0].text == "Is it late on the seventh day?"
    assert round_.outcome.p_ask == pytest.approx(1 / 4)
    shown = backend.prompts[-1].messages[-1].content
    assert "On `late(7)` program 1 gives False and program 2 gives True." in shown
    assert [sampling.temperature for sampling in backend.samplings[:5]] == [TEMPERATURE] * 5
    assert len({sampling.seed for sampling in backend.samplings[:5]}) == 5


def test_where_programs_agree_clarifygpt_gives_one_of_them() -> None:
    system, _ = _made("clarifygpt", [OVER_SEVEN, SAME, OVER_SEVEN, SAME, OVER_SEVEN, CALLS])
    outcome = system.decider.first(REQUEST, SETTINGS).outcome
    assert isinstance(outcome, Code)
    assert "days > 7" in outcome.code
    assert outcome.p_ask == 0.0


def test_without_programs_that_run_plain_code_is_written() -> None:
    system, _ = _made("clarifygpt", [BROKEN] * 5 + [CALLS, OVER_SEVEN])
    outcome = system.decider.first(REQUEST, SETTINGS).outcome
    assert isinstance(outcome, Code)
    assert outcome.p_ask is None


def test_entropy_decides_and_the_assistant_asks() -> None:
    replies = [OVER_SEVEN, FROM_SEVEN, SAME, FROM_SEVEN, BROKEN, CALLS, "1. Is it late on day seven?"]
    system, _ = _made("semantic-entropy", replies)
    outcome = system.decider.first(REQUEST, SETTINGS).outcome
    assert isinstance(outcome, Ask)
    assert outcome.p_ask == pytest.approx(0.5)  # two of two, over four of one


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_entropy_is_none_to_all_different(sizes: list[int]) -> None:
    drafts = Drafts((), tuple((None,) * size for size in sizes), Usage())  # type: ignore[arg-type]
    if sum(sizes) < 2:
        assert drafts.entropy is None
        return
    assert drafts.entropy is not None
    assert 0.0 <= drafts.entropy <= 1.0 + 1e-9
    assert (drafts.entropy == 0.0) == (len(sizes) == 1)
    assert (drafts.entropy > 1.0 - 1e-9) == (len(sizes) == sum(sizes))


def test_calls_are_read_from_a_reply() -> None:
    assert list(calls_in(CALLS, "late")) == ["late(7)", "late(0)", "late(-1)"]
    assert list(calls_in("Here you are: late(3)\n>>> late([1, (2)])  # two\n", "late")) == ["late([1, (2)])"]


@pytest.mark.parametrize("text", ["late(x)", "late(open('f'))", "other(1)", "late(1", "late", "late(1) + 1"])
def test_what_is_no_plain_call_is_not_run(text: str) -> None:
    assert not is_plain_call(text, "late")


@given(st.integers(0, 99))
def test_variations_are_plain_calls_of_the_same_function(seed: int) -> None:
    calls = ["late(3, True)", "late('ab', [1, 2])", "late((1.5,), {})"]
    varied = list(variations(calls, random.Random(seed)))
    assert varied
    assert all(is_plain_call(call, "late") for call in varied)
