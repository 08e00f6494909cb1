"""The chat over scripts: what is asked, written, recorded and said, and what survives an error."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from assistant.chat.session import Session
from assistant.chat.state import Turn
from models.backends.base import Completion, OpenerMass, Prompt, Sampling, Usage
from models.backends.scripted import ScriptedBackend
from models.errors import UserError
from tests.assistant.chat.conftest import MakeChat
from tests.assistant.chat.scripted_screen import CTRL_C, ESCAPE, ScriptedScreen

REQUEST = "Sort the invoices and print the late ones."
ASKS = (
    "1. Sort the invoices by which field?\n   - due date\n   - amount\n2. When does an invoice count as late?"
)
CODES = "```python\n# Assumption: late means past the due date\nprint(sorted(invoices))\n"
CODE = "# Assumption: late means past the due date\nprint(sorted(invoices))\n"
ASK, WRITE = (0.8, 0.1), (0.1, 0.8)


def last(session: Session) -> Turn:
    turn = session.state.last
    assert turn is not None
    return turn


def code_of(session: Session) -> str | None:
    block = last(session).block
    return block.code if block else None


def test_questions_come_one_by_one_and_the_code_follows_the_answers(make_chat: MakeChat) -> None:
    screen = ScriptedScreen([REQUEST], ["2", "after its due date"])
    backend = ScriptedBackend([ASKS, CODES], masses=[ASK])
    chat = make_chat(screen, backend=backend)
    assert chat.run() == 0
    assert [(position.number, position.of) for position in screen.positions] == [(1, 2), (2, 2)]
    assert [status.waiting for status in screen.statuses] == [False, True, True, False]
    assert screen.texts("code") == [CODE]
    assert last(chat.session).answers == {0: "amount", 1: "after its due date"}
    assert "Answer: amount" in backend.prompts[-1].messages[-1].content
    assert "assumption: late means past the due date" in screen.texts("note")


def test_every_answer_is_on_disk_before_the_next_question(make_chat: MakeChat) -> None:
    screen = ScriptedScreen([REQUEST], ["amount", "tomorrow"])
    chat = make_chat(screen, [ASKS, CODES], [ASK])
    lines: list[int] = []
    screen.on_answer = lambda position: lines.append(
        chat.session.path.read_text(encoding="utf-8").count('"kind":"answered"')
    )
    chat.run()
    assert lines == [0, 1]


def test_a_dot_and_escape_leave_points_to_the_model_as_stated_assumptions(make_chat: MakeChat) -> None:
    screen = ScriptedScreen([REQUEST], [".", ESCAPE])
    chat = make_chat(screen, [ASKS, CODES], [ASK])
    chat.run()
    assert last(chat.session).answers == {0: None, 1: None}
    notes = screen.texts("note")
    assert "left to the model: Sort the invoices by which field?" in notes
    assert "assumption: not answered: When does an invoice count as late?" in notes


def test_ctrl_c_leaves_the_questions_open_and_answer_puts_them_again(make_chat: MakeChat) -> None:
    screen = ScriptedScreen([REQUEST, "/answer", "/answer"], ["amount", CTRL_C, "tomorrow"])
    backend = ScriptedBackend([ASKS, CODES], masses=[ASK])
    chat = make_chat(screen, backend=backend)
    calls: list[int] = []
    screen.on_answer = lambda position: calls.append(len(backend.prompts))
    assert chat.run() == 0
    assert len(set(calls)) == 1  # nothing was generated before all had an answer
    assert [status.waiting for status in screen.statuses] == [False, True, True, True, True, False, False]
    assert [position.number for position in screen.positions] == [1, 2, 2]
    assert last(chat.session).answers == {0: "amount", 1: "tomorrow"}
    assert code_of(chat.session) == CODE
    assert screen.texts("error") == ["no question is open; say what you want, or /code"]


def test_code_writes_after_ctrl_c_at_a_question(make_chat: MakeChat) -> None:
    screen = ScriptedScreen([REQUEST, "/code"], ["amount", CTRL_C])
    chat = make_chat(screen, [ASKS, CODES], [ASK])
    chat.run()
    assert last(chat.session).answers == {0: "amount", 1: None}
    assert code_of(chat.session) == CODE


def test_answer_needs_somebody_to_answer(make_chat: MakeChat) -> None:
    screen = ScriptedScreen([REQUEST, "/answer", "/ask"], interactive=False)
    assert make_chat(screen, [ASKS], [ASK]).run() == 1
    assert screen.texts("error") == ["nobody is there to answer; do it in a terminal"]
    assert screen.texts("say") == ["ask: auto"]


def test_back_reopens_the_question_before_with_the_earlier_answer(make_chat: MakeChat) -> None:
    screen = ScriptedScreen([REQUEST], ["/back", "1", "/back", "amount", "tomorrow"])
    chat = make_chat(screen, [ASKS, CODES], [ASK])
    chat.run()
    assert [(position.number, position.earlier) for position in screen.positions] == [
        (1, ""),
        (1, ""),
        (2, ""),
        (1, "due date"),
        (2, ""),
    ]
    assert "this is the first question" in screen.texts("note")
    assert last(chat.session).answers == {0: "amount", 1: "tomorrow"}


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("?", "p_ask 0.89, threshold 0.50"),
        ("/nonsense", "has to wait"),
        ("3", "there are 2 options"),
        ("0", "there are 2 options"),
    ],
)
def test_what_is_no_answer_leaves_the_question_open(make_chat: MakeChat, said: str, then: str) -> None:
    screen = ScriptedScreen([REQUEST], [said])
    chat = make_chat(screen, [ASKS], [ASK])
    chat.run()
    assert any(then in text for _kind, text in screen.shown)
    assert last(chat.session).answers == {}


@pytest.mark.parametrize("said", ["/var/log/invoices is where they are", "3 days", "..", "5"])
def test_own_words_are_an_answer_whatever_they_begin_with(make_chat: MakeChat, said: str) -> None:
    screen = ScriptedScreen([REQUEST], ["1", said])
    chat = make_chat(screen, [ASKS, CODES], [ASK])
    chat.run()
    assert last(chat.session).answers[1] == said


def test_an_untuned_model_is_said_to_be_uncalibrated_once(make_chat: MakeChat) -> None:
    screen = ScriptedScreen([REQUEST, REQUEST])
    make_chat(screen, [CODES, CODES], [WRITE, WRITE]).run()
    assert sum("not calibrated" in note for note in screen.texts("note")) == 1
    assert sum("p_ask 0.11" in note for note in screen.texts("note")) == 2


def test_code_writes_without_asking(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(["/code", REQUEST, "/code"], [])
    backend = ScriptedBackend([ASKS, CODES], masses=[ASK])
    chat = make_chat(screen, backend=backend)
    chat.run()  # the user leaves at the first question
    assert "there is no request yet" in screen.texts("error")[0]
    assert last(chat.session).waiting
    again = make_chat(
        ScriptedScreen(["/code"], interactive=False), backend=backend, session=Session.resume(None)
    )
    assert again.run() == 0
    assert last(again.session).answers == {0: None, 1: None}
    assert code_of(again.session) == CODE


def test_code_after_code_forces_the_form_and_replaces_it(make_chat: MakeChat) -> None:
    screen = ScriptedScreen([REQUEST, "/code"])
    backend = ScriptedBackend([CODES, "```python\nprint(2)\n"], masses=[WRITE, WRITE])
    chat = make_chat(screen, backend=backend)
    chat.run()
    assert len(chat.session.state.turns) == 1
    assert code_of(chat.session) == "print(2)\n"
    assert len(backend.prompts[-1].messages) == 2  # the turn itself is not its own history


def test_earlier_turns_are_the_history_of_later_ones(make_chat: MakeChat) -> None:
    screen = ScriptedScreen([REQUEST, "Now in reverse."], ["amount", "."])
    backend = ScriptedBackend([ASKS, CODES, CODES], masses=[ASK, WRITE])
    make_chat(screen, backend=backend).run()
    roles = [message.role for message in backend.prompts[-1].messages]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    assert backend.prompts[-1].messages[2].content == ASKS
    assert backend.prompts[-1].messages[4].content == CODES + "```"


class Breaking(ScriptedBackend):
    """A backend whose replies stop in the middle: by Ctrl-C, or by an error."""

    def __init__(self, replies: Sequence[str], how: str) -> None:
        super().__init__(replies)
        self._how = how

    def opener_mass(self, prompt: Prompt, openers: Sequence[str]) -> OpenerMass | None:
        if self._how == "ctrl-c while reading":
            raise KeyboardInterrupt
        return None

    def complete(
        self, prompt: Prompt, sampling: Sampling, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        done = super().complete(prompt, sampling, on_text)
        if self._how == "error":
            raise UserError("the service went away")
        return Completion(done.text, "interrupted", Usage(generated_tokens=2))


@pytest.mark.parametrize("how", ["ctrl-c", "ctrl-c while reading", "error"])
def test_a_reply_that_breaks_off_is_kept_and_the_chat_goes_on(make_chat: MakeChat, how: str) -> None:
    screen = ScriptedScreen([REQUEST, "/stats"])
    chat = make_chat(screen, backend=Breaking([CODES], how))
    assert chat.run() == 0
    turn = last(Session.resume(None))
    assert turn.broken is not None
    assert turn.broken.reason == ("failed" if how == "error" else "stopped")
    assert turn.broken.text == ("" if how == "ctrl-c while reading" else CODES)
    assert any("requests: 1" in text for text in screen.texts("say"))


def test_a_script_that_is_interrupted_ends(make_chat: MakeChat) -> None:
    chat = make_chat(ScriptedScreen([REQUEST], interactive=False), backend=Breaking([CODES], "ctrl-c"))
    with pytest.raises(KeyboardInterrupt):
        chat.run()
    assert last(chat.session).broken is not None


@pytest.mark.parametrize(
    ("replies", "masses", "code"),
    [([CODES], [WRITE], 0), ([ASKS], [ASK], 3), ([ASKS, CODES], [ASK, WRITE], 3), (["```\n"], [WRITE], 1)],
)
def test_without_a_terminal_nothing_is_asked_and_the_exit_code_tells(
    make_chat: MakeChat, replies: list[str], masses: list[tuple[float, float]], code: int
) -> None:
    screen = ScriptedScreen([REQUEST] * len(replies), interactive=False)
    assert make_chat(screen, replies, masses).run() == code
    assert screen.positions == []
    assert len(screen.texts("questions")) == replies.count(ASKS)


def test_code_is_cleaned_before_it_is_shown_or_kept(make_chat: MakeChat) -> None:
    screen = ScriptedScreen([REQUEST])
    chat = make_chat(screen, ["```python\nx = '\x1b[31m\u202e'\n"], [WRITE])
    chat.run()
    assert screen.texts("code") == ["x = '[31m'\n"]
    assert code_of(chat.session) == "x = '[31m'\n"


def test_an_open_question_is_put_again_when_the_session_goes_on(make_chat: MakeChat) -> None:
    make_chat(ScriptedScreen([REQUEST], ["amount"]), [ASKS], [ASK]).run()
    screen = ScriptedScreen([], ["tomorrow"])
    chat = make_chat(screen, [CODES], session=Session.resume(None))
    chat.run()
    assert [position.number for position in screen.positions] == [2]
    assert last(chat.session).answers == {0: "amount", 1: "tomorrow"}
    assert code_of(chat.session) == CODE
