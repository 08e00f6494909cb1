"""The decider over a scripted backend: which prompts it sends, and what it makes of the replies."""

import dataclasses

import pytest

from assistant.decision.code_reply import Stopped, Unusable
from assistant.decision.decider import build_decider
from assistant.decision.outcome import Ask, Code
from assistant.decision.request import DecisionSettings, Request
from models.backends.base import Completion
from models.backends.scripted import ScriptedBackend
from models.errors import UserError
from models.reply import ASK_INSTRUCTION, CODE_INSTRUCTION, INSTRUCTION, Answer, Question

REQUEST = Request(text="Sort the invoices and print the late ones.", language="python")
ASKS = "1. Sort the invoices by which field?\n2. When does an invoice count as late?"
CODES = "```python\nprint(sorted(invoices))\n"
AUTO, ALWAYS, NEVER = (DecisionSettings(ask=mode) for mode in ("auto", "always", "never"))


def test_a_high_p_ask_starts_a_list_and_yields_its_questions() -> None:
    backend = ScriptedBackend([ASKS], masses=[(0.6, 0.2)])
    outcome = build_decider(backend).first(REQUEST, AUTO).outcome
    assert isinstance(outcome, Ask)
    assert [question.text for question in outcome.questions] == [
        "Sort the invoices by which field?",
        "When does an invoice count as late?",
    ]
    assert outcome.p_ask == pytest.approx(0.75)
    assert outcome.findings[0].p_other == pytest.approx(0.2)
    assert [(prompt.reply_prefix, prompt.code) for prompt in backend.prompts] == [("", False), ("1.", False)]


def test_a_low_p_ask_starts_a_fence_in_the_language_known() -> None:
    backend = ScriptedBackend([CODES], masses=[(0.1, 0.9)])
    pieces: list[str] = []
    outcome = build_decider(backend).first(REQUEST, AUTO, pieces.append).outcome
    assert isinstance(outcome, Code)
    assert outcome.code == "print(sorted(invoices))\n"
    assert (outcome.language, outcome.p_ask) == ("python", pytest.approx(0.1))
    assert [prompt.code for prompt in backend.prompts] == [False, True]
    assert backend.prompts[-1].reply_prefix == "```python"
    assert "".join(pieces) == CODES


def test_the_decision_and_the_reply_share_one_prompt() -> None:
    backend = ScriptedBackend([CODES], masses=[(0.1, 0.9)])
    build_decider(backend).first(REQUEST, AUTO)
    assert backend.prompts[0].messages == backend.prompts[1].messages
    assert backend.prompts[0].messages[0].content == INSTRUCTION


@pytest.mark.parametrize(("threshold", "decision"), [(0.4, "ask"), (0.41, "code")])
def test_the_threshold_is_inclusive(threshold: float, decision: str) -> None:
    backend = ScriptedBackend([], masses=[(0.4, 0.6)])
    settings = DecisionSettings(threshold=threshold)
    assert build_decider(backend).verdict(REQUEST, settings).decision == decision


def test_forcing_overrides_the_evidence_and_keeps_p_ask() -> None:
    asked = build_decider(ScriptedBackend([ASKS], masses=[(0.1, 0.9)])).first(REQUEST, ALWAYS).outcome
    assert isinstance(asked, Ask)
    assert asked.p_ask == pytest.approx(0.1)
    coded = build_decider(ScriptedBackend([CODES, ASKS], masses=[(0.9, 0.1)])).first(REQUEST, NEVER).outcome
    assert isinstance(coded, Code)
    assert coded.p_ask == pytest.approx(0.9)


def test_never_reports_what_it_would_have_asked_as_assumptions() -> None:
    backend = ScriptedBackend([CODES, ASKS], masses=[(0.9, 0.1)])
    outcome = build_decider(backend).first(REQUEST, NEVER).outcome
    assert isinstance(outcome, Code)
    assert outcome.assumptions == (
        "not asked: Sort the invoices by which field?",
        "not asked: When does an invoice count as late?",
    )
    assert [prompt.code for prompt in backend.prompts] == [False, True, False]
    silent = ScriptedBackend([CODES], masses=[(0.9, 0.1)])
    plain = build_decider(silent).first(REQUEST, dataclasses.replace(NEVER, list_open_points=False))
    assert isinstance(plain.outcome, Code)
    assert plain.outcome.assumptions == ()


def test_generic_questions_give_way_to_code_with_the_reason() -> None:
    backend = ScriptedBackend(["1. Can you provide more details?", CODES], masses=[(0.9, 0.1)])
    outcome = build_decider(backend).first(REQUEST, AUTO).outcome
    assert isinstance(outcome, Code)
    assert outcome.assumptions == ("it would have asked, but only what fits any request",)


def test_forced_asking_keeps_a_generic_question_rather_than_none() -> None:
    backend = ScriptedBackend(["1. Can you provide more details?"], masses=[(0.1, 0.9)])
    outcome = build_decider(backend).first(REQUEST, ALWAYS).outcome
    assert isinstance(outcome, Ask)
    assert outcome.questions == (Question(text="Can you provide more details?"),)


def test_without_log_probabilities_the_form_of_the_reply_decides() -> None:
    asked = build_decider(ScriptedBackend([ASKS], reply_prefix=False)).first(REQUEST, AUTO).outcome
    assert isinstance(asked, Ask)
    assert asked.p_ask is None
    coded = build_decider(ScriptedBackend([CODES + "```"], reply_prefix=False)).first(REQUEST, AUTO).outcome
    assert isinstance(coded, Code)
    assert coded.p_ask is None
    prose = ScriptedBackend(["Happy to help! Which invoices are late?"], reply_prefix=False)
    outcome = build_decider(prose).first(REQUEST, AUTO).outcome
    assert isinstance(outcome, Ask)
    assert [question.text for question in outcome.questions] == ["Which invoices are late?"]
    neither = build_decider(ScriptedBackend(["I cannot help with that."], reply_prefix=False))
    with pytest.raises(UserError, match="neither questions nor code"):
        neither.first(REQUEST, AUTO)


@pytest.mark.parametrize(
    ("settings", "reply", "instruction"), [(ALWAYS, ASKS, ASK_INSTRUCTION), (NEVER, CODES, CODE_INSTRUCTION)]
)
def test_a_service_that_takes_no_started_reply_is_forced_by_instruction(
    settings: DecisionSettings, reply: str, instruction: str
) -> None:
    backend = ScriptedBackend([reply], masses=[(0.5, 0.5)], reply_prefix=False)
    build_decider(backend).first(REQUEST, settings)
    assert [prompt.messages[0].content for prompt in backend.prompts] == [instruction]
    assert backend.prompts[0].reply_prefix == ""


def test_deciding_alone_needs_log_probabilities() -> None:
    with pytest.raises(UserError, match="gives no log-probabilities"):
        build_decider(ScriptedBackend([])).verdict(REQUEST, AUTO)


def test_the_second_round_carries_questions_and_answers_and_lists_what_was_left_open() -> None:
    reply = "```python\n# Assumption: late means unpaid after 30 days\nprint(1)\n"
    backend = ScriptedBackend([reply])
    answers = (
        Answer(question=Question(text="Sort by which field?"), text="the due date"),
        Answer(question=Question(text="When is one late?")),
    )
    outcome = build_decider(backend).second(REQUEST, answers, AUTO).outcome
    assert isinstance(outcome, Code)
    assert outcome.assumptions == ("not answered: When is one late?", "late means unpaid after 30 days")
    roles = [message.role for message in backend.prompts[0].messages]
    assert roles == ["system", "user", "assistant", "user"]
    assert backend.prompts[0].messages[2].content == "1. Sort by which field?\n2. When is one late?"
    assert "1. Sort by which field?\n   Answer: the due date" in backend.prompts[0].messages[3].content


@dataclasses.dataclass
class _Finishing(ScriptedBackend):
    """A scripted backend whose replies all end in one way."""

    reply: str
    finish: str

    def __post_init__(self) -> None:
        super().__init__([self.reply], masses=[(0.9, 0.1)])

    def complete(self, *arguments: object, **options: object) -> Completion:
        return dataclasses.replace(super().complete(*arguments, **options), finish=self.finish)


def test_an_interrupted_reply_is_kept_with_the_error() -> None:
    with pytest.raises(Stopped) as caught:
        build_decider(_Finishing("1. Sort by wh", "interrupted")).first(REQUEST, AUTO)
    assert caught.value.completion.text == "1. Sort by wh"
    assert caught.value.exit_code == 130


def test_a_question_cut_off_at_the_limit_is_dropped_and_cut_code_is_an_error() -> None:
    outcome = build_decider(_Finishing(ASKS, "length")).first(REQUEST, AUTO).outcome
    assert isinstance(outcome, Ask)
    assert [question.text for question in outcome.questions] == ["Sort the invoices by which field?"]
    with pytest.raises(UserError, match="cut off at .* --max-tokens"):
        build_decider(_Finishing(CODES, "length")).first(REQUEST, NEVER)


def test_a_model_that_states_when_made_to_ask_is_started_with_a_question_word() -> None:
    backend = ScriptedBackend(
        ["1. Sort them by date.", "1. What makes an invoice late?"], masses=[(0.1, 0.9)]
    )
    outcome = build_decider(backend).first(REQUEST, ALWAYS).outcome
    assert isinstance(outcome, Ask)
    assert outcome.questions[0].text == "What makes an invoice late?"
    assert [prompt.reply_prefix for prompt in backend.prompts] == ["", "1.", "1. What"]


def test_a_reply_of_no_use_keeps_its_text() -> None:
    replies = ScriptedBackend(["1. Sort them.", "1. What follows."], masses=[(0.1, 0.9)])
    with pytest.raises(Unusable) as caught:
        build_decider(replies).first(REQUEST, ALWAYS)
    assert caught.value.completion.text == "1. What follows."


def test_the_block_in_the_language_wanted_is_the_code() -> None:
    reply = "```bash\npip install x\n```\n\n```python\nprint(1)\n```"
    outcome = build_decider(ScriptedBackend([reply], reply_prefix=False)).first(REQUEST, AUTO).outcome
    assert isinstance(outcome, Code)
    assert outcome.code == "print(1)\n"
