"""Every system over the scripted backend: what it sends, what it makes of the replies."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.decision.code_reply import Unusable
from assistant.decision.decider import build_decider
from assistant.decision.outcome import Ask, Code
from assistant.decision.request import DecisionSettings, Request
from eval.rivals.base import System, Tools
from eval.rivals.catalogue import SYSTEMS, make
from eval.rivals.chain_of_thought import MARK
from eval.rivals.constant import QUESTION
from eval.rivals.examples import SHOTS, conversation
from eval.rivals.okanagan import CLEAR
from models.backends.scripted import ScriptedBackend
from models.errors import UserError
from models.reply import INSTRUCTION, Answer, CodeBlock, QuestionList, parse
from models.sandbox.runner import Sandbox
from synth.corpus.split import split

STUB = '''def late(days):
    """Whether it is late.

    >>> late(9)
    True
    """'''
REQUEST = Request(text=STUB, language="python")
ASKS = "1. After how many days is it late?"
CODES = "```python\ndef late(days):\n    return days > 7\n```"
SETTINGS = DecisionSettings()


def _no_sandbox() -> Sandbox:
    raise AssertionError("no code is to be run")


def _made(
    name: str,
    replies: Sequence[str],
    masses: Sequence[tuple[float, ...]] | None = None,
    instruction: str | None = None,
) -> tuple[System, ScriptedBackend]:
    backend = ScriptedBackend(replies, masses)
    return make(name, Tools(backend, build_decider(backend), instruction, _no_sandbox)), backend


@pytest.mark.parametrize("name", SYSTEMS)
def test_each_system_can_be_made_and_says_what_it_instructs(name: str) -> None:
    system, _ = _made(name, [])
    assert isinstance(system.instruction, str)
    assert SYSTEMS[name].about


@pytest.mark.parametrize(("name", "reply", "kind"), [("always", ASKS, Ask), ("never", CODES, Code)])
def test_the_assistant_can_be_forced(name: str, reply: str, kind: type) -> None:
    system, _ = _made(name, [reply], masses=[(0.5, 0.5)])
    outcome = system.decider.first(REQUEST, SETTINGS).outcome
    assert isinstance(outcome, kind)
    assert outcome.p_ask == pytest.approx(0.5)


@pytest.mark.parametrize(("reply", "kind"), [(ASKS, Ask), (CODES, Code), ("Which days count?", Ask)])
def test_a_plain_prompt_lets_the_reply_decide(reply: str, kind: type) -> None:
    system, backend = _made("plain", [reply], masses=[(0.9, 0.1)])
    outcome = system.decider.first(REQUEST, SETTINGS).outcome
    assert isinstance(outcome, kind)
    assert outcome.p_ask == pytest.approx(0.9)
    assert backend.prompts[-1].reply_prefix == ""
    assert backend.prompts[-1].messages[0].content == INSTRUCTION


@pytest.mark.parametrize("reply", ["I cannot.", "1. Read the days.\n2. Compare them.", "```python\n\n```"])
def test_a_reply_that_neither_asks_nor_codes_is_of_no_use(reply: str) -> None:
    system, _ = _made("plain", [reply])
    with pytest.raises(Unusable) as caught:
        system.decider.first(REQUEST, SETTINGS)
    assert caught.value.completion.text == reply


def test_the_instruction_of_others_is_sent_as_it_is() -> None:
    system, backend = _made("plain", [CODES], instruction="Ask, or write code.")
    system.decider.first(REQUEST, SETTINGS)
    assert backend.prompts[0].messages[0].content == "Ask, or write code."
    assert system.instruction == "Ask, or write code."


def test_other_wordings_differ() -> None:
    said = {_made(name, [])[0].instruction for name in ("plain", "plain-reasons", "plain-brief")}
    assert len(said) == 3


@pytest.mark.parametrize("count", range(1, 6))
def test_few_shots_are_turns_before_the_request(count: int) -> None:
    system, backend = _made(f"few-shot-{count}", [CODES])
    system.decider.first(REQUEST, SETTINGS)
    roles = [message.role for message in backend.prompts[0].messages]
    assert roles == ["system", *["user", "assistant"] * count, "user"]
    assert backend.prompts[0].messages[-1].content.startswith("def late")


def test_the_examples_are_of_the_training_part_and_show_both_replies() -> None:
    domains = {shot.id.removeprefix("corpus:").partition("/")[0] for shot in SHOTS}
    assert domains <= set(split().train)
    replies = [parse(message.content) for message in conversation(5) if message.role == "assistant"]
    kinds = [QuestionList, CodeBlock, QuestionList, CodeBlock, QuestionList]
    assert [type(reply) for reply in replies] == kinds


def test_after_thoughts_only_what_follows_the_mark_decides() -> None:
    thoughts = "1. It takes days. 2. What is late? The limit is missing."
    system, backend = _made("chain-of-thought", [f"{thoughts}\n{MARK}\n{ASKS}"], masses=[(0.7, 0.3)])
    outcome = system.decider.first(REQUEST, SETTINGS).outcome
    assert isinstance(outcome, Ask)
    assert [question.text for question in outcome.questions] == ["After how many days is it late?"]
    assert outcome.p_ask == pytest.approx(0.7)
    assert backend.prompts[-1].reply_prefix == f"{thoughts}\n{MARK}\n"


def test_thoughts_without_a_mark_are_the_reply() -> None:
    system, _ = _made("chain-of-thought-1", [CODES])
    outcome = system.decider.first(REQUEST, SETTINGS).outcome
    assert isinstance(outcome, Code)
    assert outcome.p_ask is None


def test_the_constant_question_uses_no_model_to_ask() -> None:
    system, backend = _made("constant-question", [CODES])
    outcome = system.decider.first(REQUEST, SETTINGS).outcome
    assert isinstance(outcome, Ask)
    assert outcome.questions == (QUESTION,)
    assert backend.prompts == []
    answered = (Answer(question=QUESTION, text="no"),)
    assert isinstance(system.decider.second(REQUEST, answered, SETTINGS).outcome, Code)


def test_okanagan_drafts_reflects_and_asks() -> None:
    system, backend = _made("okanagan", [CODES, ASKS], masses=[(0.1, 0.9), (0.6, 0.2)])
    round_ = system.decider.first(REQUEST, SETTINGS)
    assert isinstance(round_.outcome, Ask)
    assert round_.outcome.p_ask == pytest.approx(0.75)
    assert round_.completion.text == ASKS
    assert "return days > 7" in backend.prompts[-1].messages[-1].content
    assert round_.usage.generated_tokens == len(f"{CODES} {ASKS}".removeprefix("```python").split())


@pytest.mark.parametrize("reflection", [CLEAR, "It looks fine."])
def test_okanagan_keeps_its_draft_where_it_has_no_question(reflection: str) -> None:
    system, _ = _made("okanagan", [CODES, reflection], masses=[(0.1, 0.9), (0.1, 0.9)])
    round_ = system.decider.first(REQUEST, SETTINGS)
    assert isinstance(round_.outcome, Code)
    assert "days > 7" in round_.outcome.code
    assert round_.outcome.p_ask == pytest.approx(0.1)


@pytest.mark.parametrize("name", ["chain-of-thought", "okanagan", "clarifygpt", "semantic-entropy"])
def test_what_needs_text_cannot_decide_without_it(name: str) -> None:
    system, _ = _made(name, [], masses=[])
    with pytest.raises(UserError, match="cannot decide without generating"):
        system.decider.verdict(REQUEST, SETTINGS)


@pytest.mark.parametrize(
    ("name", "text", "score"),
    [
        ("cue-name", "def candidate(x):\n    ...", 1.0),
        ("cue-name", "def candidates(x):\n    ...", 0.0),
        ("cue-examples", 'def f(x):\n    """Double it."""', 1.0),
        ("cue-examples", 'def f(x):\n    """Double it.\n    >>> f(1)\n    2\n    """', 0.0),
        ("cue-examples", 'def f(x):\n    """Double it. f(1) == 2"""', 0.0),
        ("cue-or", "Sort up or down.", 1.0),
        ("cue-or", "Sort for order.", 0.0),
        ("cue-name+examples+or", "def candidate(x):\n    ...", 5 / 6),
        ("cue-name+or", 'def f(x):\n    """Double it."""', 0.0),
    ],
)
def test_cues_look_at_the_text_alone(name: str, text: str, score: float) -> None:
    system, backend = _made(name, [])
    verdict = system.decider.verdict(Request(text=text), SETTINGS)
    assert verdict.p_ask == pytest.approx(score)
    assert verdict.decision == ("ask" if score else "code")
    assert backend.prompts == []


def test_a_rule_decides_and_the_assistant_writes() -> None:
    system, _ = _made("cue-or", [ASKS], masses=[(0.1, 0.9)])
    outcome = system.decider.first(Request(text="Late or early days?", language="python"), SETTINGS).outcome
    assert isinstance(outcome, Ask)
    assert outcome.p_ask == pytest.approx(1.0)
