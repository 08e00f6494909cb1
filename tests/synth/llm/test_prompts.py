"""What the prompts say, and that nothing of a benchmark stands in them."""

from __future__ import annotations

from typing import get_args

import pytest

from synth.gate.contamination import CleanProblem
from synth.gate.ngrams import committed
from synth.modifications.llm import prompts
from synth.modifications.llm.prompts import ask_prompt, modify_prompt, prompt_sha256
from synth.schema import Flaw
from tests.synth.problems import problems

FLAWS: tuple[Flaw, ...] = get_args(Flaw)


@pytest.mark.parametrize("flaw", FLAWS)
def test_each_step_gives_the_definition_and_wants_steps(flaw: Flaw) -> None:
    modify, ask = modify_prompt(flaw, "REQUEST"), ask_prompt(flaw, "CLEAR", "SENT")
    definition = f"A request is {flaw} when"
    for prompt in (modify, ask):
        assert [message.role for message in prompt.messages] == ["system", "user"]
        assert definition in prompt.messages[0].content
        assert "step by step" in prompt.messages[0].content
        assert "{" not in prompt.messages[0].content
    assert modify.messages[1].content == "REQUEST"
    assert "CLEAR" in ask.messages[1].content
    assert "SENT" in ask.messages[1].content


def test_the_types_have_prompts_of_their_own_and_names_for_them() -> None:
    assert len({modify_prompt(flaw, "r").messages for flaw in FLAWS}) == 3
    assert len({prompt_sha256(flaw) for flaw in FLAWS}) == 3
    assert prompt_sha256("ambiguous") == prompt_sha256("ambiguous")


def test_another_word_gives_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    before = prompt_sha256("ambiguous")
    monkeypatch.setattr(prompts, "_BOTH", prompts._BOTH + " ")
    assert prompt_sha256.__wrapped__("ambiguous") != before


@pytest.mark.parametrize("flaw", FLAWS)
def test_no_benchmark_stands_in_them(flaw: Flaw) -> None:
    check = CleanProblem(committed())
    for prompt in (modify_prompt(flaw, ""), ask_prompt(flaw, "", "")):
        told = problems()[0].model_copy(update={"description": prompt.messages[0].content})
        assert check(told) is None
