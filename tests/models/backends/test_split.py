"""A split backend: code goes to the base and nothing else does, the base is opened late and once."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decision.decider import build_decider
from assistant.decision.outcome import Ask, Code
from assistant.decision.request import DecisionSettings, Request
from models.backends.base import Completion, Identity, Interruptible, Message, Prompt, Sampling, Usage
from models.backends.scripted import ScriptedBackend
from models.backends.split import SplitBackend
from models.calibration import Calibration
from models.errors import UserError
from models.reply import Answer
from tests.models.backends.conftest import CtrlCWhen

ASKS = "1. Sort the invoices by which field?"
CODES = "```python\nx = 1\n"
REQUEST = Request(text="Sort the invoices and print the late ones.", language="python")
ASK, CODE = (
    Prompt((Message("user", "hi"),), reply_prefix=prefix, code=code)
    for prefix, code in (("1.", False), ("```python", True))
)


class Half(ScriptedBackend):
    """Tells how often it was closed and interrupted."""

    def __init__(
        self, replies: list[str] | None = None, masses: list[tuple[float, float]] | None = None
    ) -> None:
        super().__init__(replies or [], masses, context_tokens=1000)
        self.closed = self.interrupted = 0

    def close(self) -> None:
        self.closed += 1

    def interrupt(self) -> None:
        self.interrupted += 1


class Opener:
    """Opens a base, and tells how often."""

    def __init__(self, base: Half) -> None:
        self.base, self.opened = base, 0

    def __call__(self) -> Half:
        self.opened += 1
        return self.base


@given(st.lists(st.booleans(), max_size=8))
def test_each_reply_is_of_the_half_it_belongs_to(codes: list[bool]) -> None:
    prompts = [
        Prompt((Message("user", str(number)),), "```" if code else "1.", code)
        for number, code in enumerate(codes)
    ]
    tuned = Half([f"1. {number}" for number, code in enumerate(codes) if not code])
    opener = Opener(Half([f"```{number}" for number, code in enumerate(codes) if code]))
    split = SplitBackend(tuned, opener)
    replies = [split.complete(prompt, Sampling()).text for prompt in prompts]
    assert replies == [f"{'```' if code else '1. '}{number}" for number, code in enumerate(codes)]
    assert tuned.prompts == [prompt for prompt in prompts if not prompt.code]
    assert opener.base.prompts == [prompt for prompt in prompts if prompt.code]
    assert opener.opened == any(codes)
    split.close()
    assert (tuned.closed, opener.base.closed) == (1, any(codes))


def test_the_decision_and_the_questions_are_the_adapters_and_the_code_its_bases() -> None:
    tuned, opener = Half([ASKS], [(0.9, 0.1), (0.1, 0.9)]), Opener(Half([CODES, CODES]))
    decider = build_decider(SplitBackend(tuned, opener))
    asked = decider.first(REQUEST, DecisionSettings()).outcome
    assert isinstance(asked, Ask)
    assert opener.opened == 0  # who is only asked does not wait for it
    answers = (Answer(question=asked.questions[0], text="date"),)
    answered = decider.second(REQUEST, answers, DecisionSettings())
    at_once = decider.first(REQUEST, DecisionSettings())
    assert isinstance(answered.outcome, Code)
    assert isinstance(at_once.outcome, Code)
    assert [prompt.code for prompt in opener.base.prompts] == [True, True]
    assert opener.opened == 1
    assert not any(prompt.code for prompt in tuned.prompts)


def test_without_started_replies_forced_code_is_the_bases_too() -> None:
    tuned, base = (ScriptedBackend([CODES], reply_prefix=False) for _ in range(2))
    done = build_decider(SplitBackend(tuned, lambda: base)).first(REQUEST, DecisionSettings(ask="never"))
    assert isinstance(done.outcome, Code)
    assert (len(tuned.prompts), len(base.prompts)) == (0, 1)


def test_it_is_the_tuned_model_that_it_speaks_of() -> None:
    tuned = Half()
    tuned.identity = Identity("m", "a", "0" * 64)
    tuned.capabilities = dataclasses.replace(tuned.capabilities, calibration=Calibration(scale=2.0))
    split = SplitBackend(tuned, Opener(Half()))
    assert split.identity == Identity("m", "a", "0" * 64, code_by="base")
    assert split.capabilities == tuned.capabilities
    assert split.count_tokens(CODE) == tuned.count_tokens(CODE) == 1
    assert split.opener_mass(ASK, ("1.", "```")) is None


def test_the_text_streams_from_either_half() -> None:
    pieces: list[str] = []
    split = SplitBackend(Half(["1. a\nb"]), Opener(Half(["```python\nc"])))
    for prompt in (ASK, CODE):
        split.complete(prompt, Sampling(), pieces.append)
    assert pieces == [" a\n", "b", "\n", "c"]


def test_interrupting_reaches_what_is_open() -> None:
    tuned, opener = Half(), Opener(Half([CODES, CODES]))
    split = SplitBackend(tuned, opener)
    assert isinstance(split, Interruptible)
    split.interrupt()
    assert (tuned.interrupted, opener.base.interrupted) == (1, 0)
    assert split.complete(CODE, Sampling()).finish == "stop"  # an old interruption is not of this reply
    split.interrupt()
    assert (tuned.interrupted, opener.base.interrupted) == (2, 1)


def test_halves_that_cannot_be_interrupted_are_let_be() -> None:
    split = SplitBackend(ScriptedBackend([]), lambda: ScriptedBackend([CODES]))
    split.complete(CODE, Sampling())
    split.interrupt()


def _slow(base: Half, began: threading.Event, going: threading.Event) -> Callable[[], Half]:
    def opens() -> Half:
        began.set()
        assert going.wait(30)
        return base

    return opens


def test_an_interruption_while_the_base_is_opened_ends_the_reply() -> None:
    began, going, base = threading.Event(), threading.Event(), Half([CODES])
    split = SplitBackend(Half(), _slow(base, began, going))
    with ThreadPoolExecutor(1) as pool:
        reply = pool.submit(split.complete, CODE, Sampling())
        assert began.wait(30)
        split.interrupt()
        going.set()
        assert reply.result() == Completion("```python", "interrupted", Usage())
    assert base.prompts == []
    assert split.complete(CODE, Sampling()).text == CODES
    split.close()
    assert base.closed == 1


def test_ctrl_c_while_the_base_is_opened_ends_the_reply(ctrl_c_when: CtrlCWhen) -> None:
    began, base = threading.Event(), Half([CODES])
    opens = iter([_slow(base, began, threading.Event()), lambda: base])
    split = SplitBackend(Half(), lambda: next(opens)())
    with ctrl_c_when(began):
        completion = split.complete(CODE, Sampling())
    assert (completion.text, completion.finish) == ("```python", "interrupted")
    assert split.complete(CODE, Sampling()).text == CODES  # opened anew


def test_many_threads_open_one_base() -> None:
    opener = Opener(Half([CODES] * 40))
    split = SplitBackend(Half(), opener)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: split.complete(CODE, Sampling()).text, range(40)))
    assert replies == [CODES] * 40
    assert opener.opened == 1


def test_a_base_that_cannot_be_opened_leaves_the_decision() -> None:
    def opens() -> Half:
        raise UserError("the memory is too small")

    split = SplitBackend(Half(["1. a"]), opens)
    with pytest.raises(UserError, match="too small"):
        split.complete(CODE, Sampling())
    assert split.complete(ASK, Sampling()).text == "1. a"


def test_both_are_closed_together_and_nothing_is_opened_after() -> None:
    tuned, opener = Half(), Opener(Half([CODES]))
    with SplitBackend(tuned, opener) as split:
        split.complete(CODE, Sampling())
    assert (tuned.closed, opener.base.closed) == (1, 1)
    split.close()
    unopened = Opener(Half([CODES]))
    with SplitBackend(Half(), unopened) as split:
        pass
    with pytest.raises(RuntimeError, match="closed"):
        split.complete(CODE, Sampling())
    assert unopened.opened == 0


def test_the_base_is_closed_though_closing_the_other_fails() -> None:
    class Broken(Half):
        def close(self) -> None:
            raise OSError("no")

    opener = Opener(Half([CODES]))
    split = SplitBackend(Broken(), opener)
    split.complete(CODE, Sampling())
    with pytest.raises(OSError, match="no"):
        split.close()
    assert opener.base.closed == 1
