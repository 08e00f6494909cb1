"""The /commands, each through the chat: what it does, what it says, and how it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.chat import commands
from assistant.chat.events import EVENT, Requested
from assistant.chat.session import Session
from models.backends.base import TextBackend
from models.backends.scripted import ScriptedBackend
from models.backends.select import BackendChoice
from models.errors import UserError
from tests.assistant.chat.conftest import MakeChat
from tests.assistant.chat.scripted_screen import ScriptedScreen

CODE = "```python\nx = 1\n"
WRITE = (0.1, 0.9)
STUB = "def total(prices): # total([4]) -> 4, total([1, 2]) -> 4"
SUM = "```python\ndef total(prices):\n    return sum(prices)\n"


@pytest.mark.parametrize(
    ("text", "is_command"),
    [
        ("/help", True),
        ("/HELP", True),
        (" /add a b ", True),
        ("/?", True),
        ("/etc/hosts is parsed how?", False),
        ("// is a comment", False),
        ("/2 is no command, and is said to be none", True),
        ("/", True),
        ("/undo!", True),
        ("help", False),
    ],
)
def test_what_is_a_command(text: str, is_command: bool) -> None:
    assert commands.is_one(text) is is_command


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("/threshhold 1", "there is no command /threshhold; did you mean `/threshold`?"),
        ("/", "there is no command /; /help lists the commands"),
        ("/und", "there is no command /und; /help lists the commands"),
        ("/undo!", "there is no command /undo!; /help lists the commands"),
        ("/cleer", "there is no command /cleer; /help lists the commands"),
        ("/aply", "there is no command /aply; /help lists the commands"),
        ("/answer", "there is no request yet; say what you want first"),
        ("/threshold 2", "a threshold is a number from 0 to 1, not '2'"),
        ("/threshold nan", "a threshold is a number from 0 to 1, not 'nan'"),
        ("/effort hihg", "/effort knows no 'hihg'; did you mean `high`?"),
        ("/ask alway", "/ask knows no 'alway'; did you mean `always`?"),
        ("/code now", "/code takes nothing, and got 'now'; write /code alone"),
        ("/code", "there is no request yet; say what you want first"),
        ("/why", "there is no request yet; say what you want first"),
        ("/copy", "there is no request yet; say what you want first"),
        ("/diff", "there is no request yet; say what you want first"),
        ("/add", "no file is named; name one"),
        ("/add 'a", 'cannot be read: "\'a"; close the quote'),
        ("/drop a.py", "a.py was not added; none is known"),
        ("/save a/b", "`a/b` cannot be the name of a session; use letters, digits, dots and dashes"),
        ("/save", "/save needs a name; /save NAME"),
        ("/save draft", "there is nothing to save yet"),
        ("/load draft", "no session is named `draft`; none is known"),
        ("/help nothing", "there is no command /nothing; known are: "),
        ("/model a b c", "/model takes a name and maybe a server's address; see /help"),
    ],
)
def test_a_refusal_is_one_line_and_the_chat_goes_on(make_chat: MakeChat, line: str, error: str) -> None:
    screen = ScriptedScreen([line, "/ask"])
    assert make_chat(screen).run() == 0
    assert screen.texts("error")[0].startswith(error)
    assert screen.texts("say") == ["ask: auto"]


def test_help_lists_every_command_and_states_the_policy(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(["/help", "/help undo"])
    make_chat(screen).run()
    text = "\n".join(screen.texts("say"))
    for name in commands.TABLE:
        assert f"{name} " in text or f"{name}\n" in text
    assert "the oldest turns are left out" in text
    assert screen.texts("say")[-1].startswith("/undo: take the last written step in this folder back")


def test_ask_and_threshold_change_the_decision_and_are_remembered(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(["/ask off", "w", "/ask auto", "/threshold 0.05", "sort it"])
    chat = make_chat(screen, [CODE, "1. Sort how?"], [WRITE, WRITE])
    chat.run()
    assert [turn.questions != () for turn in chat.session.state.turns] == [False, True]
    configured = Session.resume(None).state.configured
    assert configured is not None
    assert (configured.ask, configured.threshold) == ("auto", 0.05)


def test_an_effort_says_what_it_runs_and_is_remembered(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(["/effort", "/effort normal", STUB, "/why"], interactive=False)
    replies = [SUM, SUM, SUM, "total([])\n", "1. Is it 3 or 4?"]
    chat = make_chat(screen, replies, [(0.5, 0.5)])
    chat.run()
    told = screen.texts("say")
    assert told[:2] == ["effort: low", "effort: normal; runs up to 3 drafts in the sandbox, within 5 s"]
    assert "  examples 0.60: 3 of 3 drafts give 3 for total([1, 2]), the request says 4" in told
    configured = Session.resume(None).state.configured
    assert configured is not None
    assert configured.effort == "normal"


def test_added_files_are_read_anew_for_each_request(make_chat: MakeChat) -> None:
    Path("a b.py").write_text("one = 1\n", encoding="utf-8")
    backend = ScriptedBackend([CODE, CODE, CODE])
    screen = ScriptedScreen(["/add a b.py", "w", "/drop", "/drop 'a b.py'", "w"])
    chat = make_chat(screen, backend=backend)
    chat.run()
    assert screen.texts("say")[0].startswith("added: a b.py (8 bytes, ")
    assert "one = 1" in backend.prompts[0].messages[-1].content
    assert screen.texts("say")[1:] == ["added: a b.py", "dropped: a b.py"]
    assert "one = 1" not in backend.prompts[-1].messages[-1].content
    again = ScriptedScreen(["/add a b.py", "w"])
    make_chat(again, backend=backend, session=Session.resume(None)).run()
    assert (
        backend
        .prompts[-1]
        .messages[-1]
        .content.startswith("Already there in a b.py:\n```python\none = 1\n```")
    )


def test_a_file_that_went_away_is_named_and_the_request_kept(make_chat: MakeChat) -> None:
    Path("a.py").write_text("one = 1\n", encoding="utf-8")
    screen = ScriptedScreen(["/add a.py"])
    chat = make_chat(screen, [CODE])
    chat.handle("/add a.py")
    Path("a.py").unlink()
    with pytest.raises(UserError, match="no such file") as caught:
        chat.handle("w")
    assert str(caught.value) == "a.py: no such file; /drop it, or put it back"
    chat.handle("/drop a.py")
    chat.handle("/code")
    assert len(chat.session.state.turns) == 1


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("missing.py", None, "missing.py: no such file; check the name"),
        (".", None, ".: is a directory"),
        ("binary", b"\x00\x01", "binary: is a binary file"),
        ("latin.txt", b"caf\xe9", "latin.txt: is not UTF-8 text (byte 3, line 1)"),
    ],
)
def test_what_cannot_be_added(make_chat: MakeChat, name: str, data: bytes | None, error: str) -> None:
    if data is not None:
        Path(name).write_bytes(data)
    screen = ScriptedScreen([f"/add {name}"])
    chat = make_chat(screen)
    chat.run()
    assert error in screen.texts("error")[0]
    assert chat.session.state.files == ()


def test_a_file_that_cannot_fit_is_refused_with_both_sizes(make_chat: MakeChat) -> None:
    Path("big.txt").write_text("w " * 1000, encoding="utf-8")
    screen = ScriptedScreen(["/add big.txt"])
    chat = make_chat(screen, context_tokens=500)
    chat.run()
    assert "the context holds 500" in screen.texts("error")[0]
    assert "big.txt: the prompt has 1" in screen.texts("error")[0]
    assert chat.session.state.files == ()


def test_context_counts_what_the_next_request_carries(make_chat: MakeChat) -> None:
    Path("a.txt").write_text("w w w", encoding="utf-8")
    screen = ScriptedScreen(["/add a.txt", "w", "/context"])
    make_chat(screen, [CODE], context_tokens=1000).run()
    said = screen.texts("say")
    assert said[1].startswith("instruction: ")
    assert said[2].startswith("a.txt: ")
    assert said[3] == "turns: 1"
    assert said[4].endswith("of 1000 tokens, before the next request")


class Closing(ScriptedBackend):
    """Tells when it is closed."""

    def __init__(self, name: str, log: list[str], replies: list[str] | None = None) -> None:
        super().__init__(replies or [])
        self._name, self._log = name, log
        log.append(f"open {name}")

    def close(self) -> None:
        self._log.append(f"close {self._name}")


def test_the_old_model_is_closed_after_the_new_one_is_open(make_chat: MakeChat) -> None:
    log: list[str] = []
    chosen: list[BackendChoice] = []

    def opener(choice: BackendChoice) -> TextBackend:
        chosen.append(choice)
        if choice.model == "missing":
            raise UserError("no model is named `missing`")
        return Closing(choice.model or "default", log, [CODE])

    screen = ScriptedScreen([
        "/model other http://localhost:1/v1",
        "/model missing",
        "/adapter none",
        "w",
        "/model x local",
    ])
    chat = make_chat(screen, backend=Closing("first", log), opener=opener)
    chat.run()
    assert log == [
        "open first",
        "open other",
        "close first",
        "open other",
        "close other",
        "open x",
        "close other",
        "close x",
    ]
    assert screen.texts("error") == ["no model is named `missing`"]
    assert [(choice.model, choice.adapter, choice.base_url) for choice in chosen] == [
        ("other", None, "http://localhost:1/v1"),
        ("missing", None, "http://localhost:1/v1"),
        ("other", "none", "http://localhost:1/v1"),
        ("x", None, None),
    ]
    configured = Session.resume(None).state.configured
    assert configured is not None
    assert (configured.model, configured.base_url) == ("x", None)


@pytest.mark.parametrize(
    ("line", "model", "base_url"),
    [
        ("/model other", "other", "http://localhost:1/v1"),
        ("/model openai:gpt", "openai:gpt", None),
        ("/model gemini:flash", "gemini:flash", None),
        ("/model openai:gpt http://localhost:2/v1", "openai:gpt", "http://localhost:2/v1"),
        ("/model local", None, None),
    ],
)
def test_a_server_gets_only_models_that_are_its_own(
    make_chat: MakeChat, line: str, model: str | None, base_url: str | None
) -> None:
    chosen: list[BackendChoice] = []

    def opener(choice: BackendChoice) -> TextBackend:
        chosen.append(choice)
        return ScriptedBackend([])

    chat = make_chat(ScriptedScreen([line]), opener=opener, model="m", base_url="http://localhost:1/v1")
    chat.run()
    assert [(choice.model, choice.base_url) for choice in chosen] == [(model, base_url)]


def test_a_cleared_conversation_uses_no_context(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(["w", "/clear"])
    make_chat(screen, [CODE], context_tokens=1000).run()
    used = [status.used_tokens for status in screen.statuses]
    assert used[0] == used[2] == 0 < used[1]


def test_save_load_and_clear(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(
        ["w one", "/save draft", "/clear", "w two", "/save draft", "/load draft", "/load"],
        confirmations=[False],
    )
    backend = ScriptedBackend([CODE, CODE])
    chat = make_chat(screen, backend=backend)
    chat.run()
    assert len(backend.prompts[-1].messages) == 2  # cleared: no history
    assert [turn.request for turn in chat.session.state.turns] == ["w one"]
    assert screen.texts("confirm") == ["replace what is saved as draft?"]
    assert screen.texts("say")[-1] == "saved: draft"


def test_copy_and_stats(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(["w", "/copy", "/stats", "/exit", "never reached"])
    make_chat(screen, [CODE]).run()
    assert screen.copied == ["x = 1\n"]
    said = "\n".join(screen.texts("say"))
    assert "requests: 1, with questions: 0" in said
    assert "written: 4" in said
    assert len(screen.statuses) == 4


def test_why_names_the_evidence(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(["w", "/why"])
    make_chat(screen, [CODE], [WRITE]).run()
    assert screen.texts("say") == [
        "wrote code; p_ask 0.10, threshold 0.50",
        "  opening 0.10: the model would open with a question with probability 0.10 (neither form: 0.00)",
    ]


@pytest.mark.parametrize(
    ("mode", "reply", "masses", "line"),
    [
        ("always", "1. Sort how?", [WRITE], "asked; forced by --ask always (p_ask 0.10, threshold 0.50)"),
        ("always", "1. Sort how?", None, "asked; forced by --ask always"),
        ("never", CODE, None, "wrote code; forced by --ask never"),
        (
            "auto",
            CODE,
            None,
            "wrote code; p_ask is unknown: without log-probabilities the reply's own form decided",
        ),
        ("auto", CODE, [WRITE], "wrote code; p_ask 0.10, threshold 0.50"),
    ],
)
def test_why_tells_what_held_then_and_not_now(
    make_chat: MakeChat, mode: str, reply: str, masses: list[tuple[float, ...]] | None, line: str
) -> None:
    screen = ScriptedScreen(
        [f"/ask {mode}", "sort it", "/ask auto", "/threshold 0.05", "/why"], interactive=False
    )
    make_chat(screen, [reply], masses).run()
    assert line in screen.texts("say")


def test_why_in_a_session_that_did_not_record_it_takes_the_settings_of_now(make_chat: MakeChat) -> None:
    session = Session.new()
    session.record(Requested(text="w"))
    asked = {"kind": "asked", "at": "2026-01-01T00:00:00Z", "p_ask": 0.9, "questions": [{"text": "Which?"}]}
    session.record(EVENT.validate_python(asked))
    screen = ScriptedScreen(["/why"], interactive=False)
    make_chat(screen, session=session, threshold=0.25).run()
    assert screen.texts("say") == ["asked; p_ask 0.90, threshold 0.25"]
