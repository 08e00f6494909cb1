"""Both rounds over the scripted backend: what is asked, who answers, what is written down."""

from __future__ import annotations

import dataclasses

import pytest

from assistant.ask.solve import Solver
from assistant.decision.decider import build_decider
from assistant.decision.request import DecisionSettings
from assistant.specs.spec import Spec
from eval.benchmarks.humanevalcomm import variants
from eval.protocol.answerer import NO_INFORMATION, SpanAnswerer
from eval.protocol.meter import Meter, Spent
from eval.protocol.rounds import Protocol
from eval.schema import Variant
from models.backends.base import Message, Prompt, Sampling
from models.backends.scripted import ScriptedBackend
from models.backends.split import SplitBackend
from models.reply import Answer, Question
from tests.eval.tasks import TASKS

VARIANTS = {one.key: one for one in variants(TASKS, "neutral", "own")}
UNCLEAR = VARIANTS["Own/0|1p|neutral"]
CLEAR = VARIANTS["Own/0|original|neutral"]
ASKS = "1. Is anything added for the ends of the shelf?\n2. Is the width to be rounded?"
CODES = "```python\ndef shelf_width(books):\n    return sum(books)\n"
AFTER = "```python\ndef shelf_width(books):\n    return 20 + sum(books)\n"


def _protocol(backend: ScriptedBackend, *, unclarified: bool = False) -> Protocol:
    meter = Meter(backend)
    ours = build_decider(meter)
    return Protocol("ours", ours, ours, SpanAnswerer(), DecisionSettings(), meter, unclarified)


def test_a_system_that_asks_is_answered_and_then_codes() -> None:
    backend = ScriptedBackend([ASKS, AFTER], masses=[(0.8, 0.2)])
    row = _protocol(backend).run(UNCLEAR)
    assert row.decision == "ask"
    assert row.p_ask == pytest.approx(0.8)
    assert row.reply == ASKS
    assert [question.text for question in row.questions] == [
        "Is anything added for the ends of the shelf?",
        "Is the width to be rounded?",
    ]
    assert row.answers == f'1. "Add 20 for the two ends."\n2. {NO_INFORMATION}'
    assert row.code == "def shelf_width(books):\n    return 20 + sum(books)\n"
    assert row.reply_second == AFTER
    told = backend.prompts[-1].messages[-1].content
    assert 'Answer: "Add 20 for the two ends."' in told
    assert row.unclarified_code is None
    assert row.error is None


@pytest.mark.parametrize(("splits", "times"), [(False, 1), (True, 2)])
def test_a_base_that_writes_the_code_is_charged_for_reading(splits: bool, times: int) -> None:
    backend = ScriptedBackend([ASKS] if splits else [ASKS, CODES])
    base = ScriptedBackend([CODES])
    meter = Meter(SplitBackend(backend, lambda: base) if splits else backend)
    spent = Spent()
    messages = (Message("user", "Measure a shelf."),)
    with meter.counting(spent):
        for prompt in (Prompt(messages, "1."), Prompt(messages, "```python", code=True)):
            meter.complete(prompt, Sampling())
    assert spent.prompt_tokens == 3 * times


def test_a_system_that_codes_is_not_answered() -> None:
    row = _protocol(ScriptedBackend([CODES], masses=[(0.2, 0.8)]), unclarified=True).run(UNCLEAR)
    assert (row.decision, row.answers, row.questions) == ("code", None, ())
    assert row.code == row.unclarified_code == "def shelf_width(books):\n    return sum(books)\n"


def test_the_gain_shows_where_code_is_also_written_without_asking() -> None:
    backend = ScriptedBackend([ASKS, AFTER, CODES], masses=[(0.8, 0.2), (0.8, 0.2)])
    protocol = _protocol(backend, unclarified=True)
    row = protocol.run(UNCLEAR)
    assert "20 +" in row.code
    assert row.unclarified_code == "def shelf_width(books):\n    return sum(books)\n"
    alone = _protocol(ScriptedBackend([ASKS, AFTER], masses=[(0.8, 0.2)])).run(UNCLEAR)
    assert (row.prompt_tokens, row.generated_tokens) == (alone.prompt_tokens, alone.generated_tokens)


def test_false_asks_on_an_original_are_answered_without_information() -> None:
    row = _protocol(ScriptedBackend([ASKS, AFTER], masses=[(0.8, 0.2)])).run(CLEAR)
    assert row.answers == f"1. {NO_INFORMATION}\n2. {NO_INFORMATION}"


def test_a_reply_of_no_use_is_kept_with_the_reason() -> None:
    row = _protocol(ScriptedBackend(["```python\n\n"], masses=[(0.2, 0.8), (0.2, 0.8)])).run(UNCLEAR)
    assert (row.decision, row.code, row.reply) == ("neither", "", "```python\n\n")
    assert row.p_ask == pytest.approx(0.2)
    assert row.error is not None
    assert "no code" in row.error


def test_a_second_reply_of_no_use_leaves_the_first_round() -> None:
    row = _protocol(ScriptedBackend([ASKS, "```python\n\n"], masses=[(0.8, 0.2)])).run(UNCLEAR)
    assert (row.decision, row.code, row.reply_second) == ("ask", "", "```python\n\n")
    assert row.error is not None


def test_deciding_alone_generates_nothing() -> None:
    backend = ScriptedBackend([], masses=[(0.8, 0.2)])
    row = _protocol(backend).decide(UNCLEAR)
    assert (row.decision, row.reply, row.code, row.generated_tokens) == ("ask", "", "", 0)
    assert row.p_ask == pytest.approx(0.8)
    assert len(backend.prompts) == 1


def test_each_sample_has_its_own_seed() -> None:
    backend = ScriptedBackend([CODES, CODES], masses=[(0.2, 0.8)] * 2)
    protocol = dataclasses.replace(
        _protocol(backend), settings=DecisionSettings(sampling=Sampling(temperature=0.7, seed=5))
    )
    keys = [protocol.run(UNCLEAR, sample).key for sample in (0, 1)]
    assert keys == ["Own/0|1p|neutral|0", "Own/0|1p|neutral|1"]
    assert [sampling.seed for sampling in backend.samplings] == [5, 6]


def test_a_prompt_read_again_is_charged_once() -> None:
    backend = ScriptedBackend([CODES], masses=[(0.2, 0.8)])
    row = _protocol(backend).run(UNCLEAR)
    assert [prompt.messages for prompt in backend.prompts] == [backend.prompts[0].messages] * 2
    assert row.prompt_tokens == backend.count_tokens(backend.prompts[0])


@pytest.mark.parametrize(("mass", "replies"), [((0.8, 0.2), [ASKS, AFTER]), ((0.3, 0.7), [CODES])])
def test_ask_and_eval_get_the_same_outcome_for_the_same_request(
    mass: tuple[float, float], replies: list[str]
) -> None:
    ask, evaluation = (ScriptedBackend(replies, masses=[mass]) for _ in range(2))
    row = _protocol(evaluation).run(UNCLEAR)
    solver = Solver(
        build_decider(ask), ask.identity, DecisionSettings(), lambda _, asked: _answers(asked.questions)
    )
    spec = Spec(name="shelf_width", kind="function", text=UNCLEAR.text, language="python")
    report = solver.solve(spec)
    assert evaluation.prompts == ask.prompts
    assert (row.p_ask, row.code) == (report.p_ask, report.code)
    assert row.questions == tuple(answer.question for answer in report.answers)


def _answers(questions: tuple[Question, ...]) -> tuple[Answer, ...]:
    return SpanAnswerer().answer(UNCLEAR, questions)


def test_the_tasks_are_what_they_are_taken_for() -> None:
    assert isinstance(UNCLEAR, Variant)
    assert "two ends" in CLEAR.text
    assert "two ends" not in UNCLEAR.text
