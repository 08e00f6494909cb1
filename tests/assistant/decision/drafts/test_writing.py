"""Drafts are written once, greedy first, and end with their budget."""

from __future__ import annotations

import pytest

from assistant.decision.drafts.writing import TEMPERATURE, Drafting
from assistant.decision.effort import Plan
from assistant.decision.request import Request
from models.backends.base import Completion, Sampling, Usage
from models.backends.scripted import ScriptedBackend
from models.reply import INSTRUCTION
from models.sandbox.kind import SandboxUnavailable
from models.sandbox.runner import Sandbox, open_sandbox
from tests.assistant.decision.drafts.timed import Clock, SlowBackend

REQUEST = Request(text="Write total(prices).", language="python")
REPLIES = [f"```python\ndef total(prices):\n    return {number}\n" for number in range(9)]  # three lines each


def _drafting(plan: Plan, clock: Clock | None = None, sampling: Sampling | None = None) -> Drafting:
    return Drafting(plan, open_sandbox, sampling, clock or Clock())


def test_the_first_is_greedy_and_the_others_are_sampled_with_seeds_of_their_own() -> None:
    backend = ScriptedBackend(REPLIES)
    programs = _drafting(Plan((), 3), sampling=Sampling(seed=5)).programs(REQUEST, backend)
    assert [program.rpartition(" ")[2] for program in programs] == ["0\n", "1\n", "2\n"]
    assert [one.temperature for one in backend.samplings] == [0.0, TEMPERATURE, TEMPERATURE]
    assert [one.seed for one in backend.samplings] == [5, 6, 7]


def test_drafts_are_code_replies_as_any_other() -> None:
    backend = ScriptedBackend(REPLIES)
    _drafting(Plan((), 1)).programs(REQUEST, backend)
    (prompt,) = backend.prompts
    assert (prompt.reply_prefix, prompt.code) == ("```python", True)
    assert prompt.messages[0].content == INSTRUCTION


def test_they_are_written_once_for_a_request_and_anew_for_another() -> None:
    backend, drafting = ScriptedBackend(REPLIES), _drafting(Plan((), 2))
    assert drafting.programs(REQUEST, backend) is drafting.programs(REQUEST, backend)
    assert len(backend.prompts) == 2
    drafting.programs(Request(text="Write count(words).", language="python"), backend)
    assert len(backend.prompts) == 4


@pytest.mark.parametrize(
    ("seconds", "done", "begun"),
    [
        (None, 8, 8),
        (30.0, 8, 8),
        (9.5, 3, 3),  # half a second is not enough for a fourth, which is not begun
        (5.0, 1, 1),
        (2.0, 0, 1),  # given up in the middle
    ],
)
def test_writing_ends_with_the_budget(seconds: float | None, done: int, begun: int) -> None:
    clock = Clock()
    backend = SlowBackend(REPLIES, clock, 1.0)
    assert len(_drafting(Plan((), 8, seconds), clock).programs(REQUEST, backend)) == done
    assert len(backend.prompts) == begun
    assert seconds is None or clock.now <= 100.0 + seconds + 1.0


def test_calls_are_proposed_only_where_the_budget_holds_another_reply() -> None:
    for seconds, calls in ((5.0, ()), (7.0, ("total([1])",))):
        clock = Clock()
        backend = SlowBackend([REPLIES[0], "total([1])\n"], clock, 1.0)
        assert _drafting(Plan((), 1, seconds), clock).proposed(REQUEST, "total", backend) == calls


def test_what_is_no_code_is_left_out() -> None:
    replies = ["```python\n", REPLIES[0], "```javascript\nlet a\n"]
    backend = ScriptedBackend(replies)
    unknown = Request(text=REQUEST.text)
    assert len(_drafting(Plan((), 3)).programs(unknown, backend)) == 1


def test_nothing_is_drafted_in_a_language_that_cannot_be_run() -> None:
    backend = ScriptedBackend(REPLIES)
    assert _drafting(Plan((), 3)).programs(Request(text="Write it.", language="rust"), backend) == ()
    assert backend.prompts == []


def test_without_a_sandbox_nothing_is_written_and_the_error_names_the_way_out() -> None:
    def none() -> Sandbox:
        raise SandboxUnavailable("nothing here isolates the code to be run", do="choose `--sandbox weak`")

    backend = ScriptedBackend(REPLIES)
    with pytest.raises(SandboxUnavailable, match="nothing here isolates") as raised:
        Drafting(Plan((), 3), none).programs(REQUEST, backend)
    assert "--effort low" in str(raised.value)
    assert "--sandbox" not in str(raised.value)
    assert backend.prompts == []


class _Interrupted(ScriptedBackend):
    def complete(self, *arguments: object, **named: object) -> Completion:
        return Completion("```python\ndef tot", "interrupted", Usage())


def test_ctrl_c_ends_the_decision_and_shows_no_half_of_a_draft() -> None:
    with pytest.raises(KeyboardInterrupt):
        _drafting(Plan((), 3)).programs(REQUEST, _Interrupted([]))
