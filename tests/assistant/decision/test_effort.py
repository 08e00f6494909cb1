"""The decider at each effort: what it looks at, what it costs, and what is not run."""

from __future__ import annotations

import dataclasses

import pytest

from assistant.decision.decider import build_decider
from assistant.decision.effort import PLANS
from assistant.decision.outcome import Ask
from assistant.decision.request import DecisionSettings, Request
from models.backends.base import Completion, Prompt, Usage
from models.backends.scripted import ScriptedBackend
from models.sandbox.kind import SandboxUnavailable
from models.sandbox.runner import Sandbox, open_sandbox

FALSE = Request("""Write total(prices), the sum: total([4]) -> 4, total([1, 2]) -> 4""", language="python")
SUM = "```python\ndef total(prices):\n    return sum(prices)\n"
ASKS = "1. Is total([1, 2]) 3 or 4?"
CALLS = "total([])\n"
LOW, NORMAL, HIGH = (DecisionSettings(effort=effort) for effort in PLANS)


def _no_sandbox() -> Sandbox:
    raise SandboxUnavailable("nothing here isolates the code to be run")


def test_low_looks_at_the_opening_alone_and_needs_no_sandbox() -> None:
    backend = ScriptedBackend([], [(0.4, 0.6)])
    verdict = build_decider(backend, _no_sandbox).verdict(FALSE, LOW)
    assert [one.name for one in verdict.findings] == ["opening"]
    assert verdict.p_ask == pytest.approx(0.4)


@pytest.mark.parametrize("settings", [NORMAL, HIGH])
def test_drafts_that_contradict_an_example_make_it_ask(settings: DecisionSettings) -> None:
    drafts = PLANS[settings.effort].drafts
    backend = ScriptedBackend([SUM] * drafts + [CALLS, ASKS], [(0.4, 0.6)])
    outcome = build_decider(backend, open_sandbox).first(FALSE, settings).outcome
    assert isinstance(outcome, Ask)
    assert {one.name: one.value for one in outcome.findings} == {
        "opening": pytest.approx(0.4),
        "examples": pytest.approx(3 / 5),
        "drafts": 0.0,
    }
    assert len(backend.samplings) == drafts + 2
    assert "the request says 4" in next(one for one in outcome.findings if one.name == "examples").reason


def test_drafts_are_written_anew_for_each_decision() -> None:
    backend = ScriptedBackend(([SUM] * 3 + [CALLS]) * 2, [(0.4, 0.6)] * 2)
    decider = build_decider(backend, open_sandbox)
    assert decider.verdict(FALSE, NORMAL).p_ask == decider.verdict(FALSE, NORMAL).p_ask
    assert len(backend.samplings) == 8


@pytest.mark.parametrize(("mode", "reply"), [("always", ASKS), ("never", SUM)])
def test_a_forced_reply_is_not_preceded_by_drafts(mode: str, reply: str) -> None:
    backend = ScriptedBackend([reply], [(0.4, 0.6)])
    settings = dataclasses.replace(HIGH, ask=mode)  # type: ignore[arg-type]
    build_decider(backend, _no_sandbox).first(FALSE, settings)
    assert len(backend.samplings) == 1


def test_without_log_probabilities_nothing_is_drafted() -> None:
    backend = ScriptedBackend([SUM + "```"], reply_prefix=False)
    assert build_decider(backend, _no_sandbox).first(FALSE, HIGH).outcome.p_ask is None
    assert len(backend.samplings) == 1


def test_without_a_sandbox_the_error_names_the_effort_that_needs_none() -> None:
    backend = ScriptedBackend([SUM] * 3, [(0.4, 0.6)])
    with pytest.raises(SandboxUnavailable) as raised:
        build_decider(backend, _no_sandbox).first(FALSE, NORMAL)
    assert "--effort low" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert backend.samplings == []


class _Interrupted(ScriptedBackend):
    def complete(self, prompt: Prompt, *arguments: object, **named: object) -> Completion:
        return Completion(prompt.reply_prefix, "interrupted", Usage())


def test_ctrl_c_during_drafts_ends_the_decision() -> None:
    with pytest.raises(KeyboardInterrupt):
        build_decider(_Interrupted([], [(0.4, 0.6)]), open_sandbox).verdict(FALSE, NORMAL)
