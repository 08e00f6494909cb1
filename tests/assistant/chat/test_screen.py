"""What a terminal's screen shows between prompts, and how text reaches the clipboard."""

from __future__ import annotations

import base64
import io
import os
import stat
from pathlib import Path

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from assistant.chat import clipboard, recall
from assistant.chat.events import Answered, Asked, Broken, Coded, FileAdded, Requested
from assistant.chat.interface import Position, Status
from assistant.chat.screen import TerminalScreen
from assistant.chat.session import Session
from models.errors import UserError
from models.reply import Question
from tests.assistant.chat.conftest import MakeChat
from tests.assistant.chat.scripted_screen import ScriptedScreen


def console(width: int = 60, *, terminal: bool = False) -> Console:
    environment = {"TERM": "xterm" if terminal else "dumb"}
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=terminal,
        markup=False,
        highlight=False,
        _environ=environment,
    )


def written(to: Console) -> str:
    assert isinstance(to.file, io.StringIO)
    return to.file.getvalue()


@pytest.mark.parametrize("text", ["[bold]x[/]", "[/]", "a [x] b", "[red]"])
def test_square_brackets_are_no_markup(text: str) -> None:
    to = console()
    screen = TerminalScreen(to, output=DummyOutput())
    screen.say(text)
    screen.note(text)
    screen.error(text)
    screen.code(f"x = '{text}'\n", "python")
    screen.diff(f"+{text}\n")
    assert written(to) == f"{text}\n{text}\nerror: {text}\nx = '{text}'\n+{text}\n"


def test_a_question_is_shown_with_its_place_and_its_options() -> None:
    to = console(30)
    with create_pipe_input() as keys:
        screen = TerminalScreen(to, source=keys, output=DummyOutput(), grace=0.0)
        keys.send_text("1\r")
        question = Question(text="Which \x1b[31mfield of an invoice counts?", options=("due date", "amount"))
        assert screen.answer(Position(2, 3, question), Status("m", waiting=True)) == "1"
    shown = written(to)
    assert shown.split() == [
        *"Question 2 of 3: Which [31mfield of an invoice counts?".split(),
        "1",
        "due",
        "date",
        "2",
        "amount",
    ]
    assert "\x1b" not in written(to)
    assert max(len(line) for line in written(to).split("\n")) <= 30


def test_code_that_was_streamed_is_not_shown_again() -> None:
    to = console(terminal=True)
    screen = TerminalScreen(to, output=DummyOutput())
    with screen.reply() as show:
        show("```python\nx = 1\n")
    once = written(to)
    screen.code("x = 1\n", "python")
    assert written(to) == once
    screen.code("x = 1\n", "python")  # but a later request to see it shows it
    assert len(written(to)) > len(once)


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for the platform's program")
def test_a_program_of_the_desktop_takes_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", "xclip", f"/bin/cat > {tmp_path}/taken; echo noise")
    program(tmp_path / "bin", "wl-copy", "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setattr("sys.platform", "linux")
    assert clipboard.copy("x = 'é'\n", console()) == "by xclip"
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "x = 'é'\n"


def test_without_a_program_the_terminal_is_asked_or_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    to = console(terminal=True)
    assert "OSC 52" in clipboard.copy("x = 1\n", to)
    assert written(to) == f"\x1b]52;c;{base64.b64encode(b'x = 1' + bytes([10])).decode()}\x07"
    with pytest.raises(UserError, match="no way to the clipboard"):
        clipboard.copy("x", console())


def test_a_session_that_goes_on_shows_where_it_was(make_chat: MakeChat) -> None:
    session = Session.new()
    asked = Asked(questions=(Question(text="Which?"), Question(text="When?")))
    for event in (
        FileAdded(path=str(Path.cwd() / "a.py")),
        Requested(text="first"),
        Coded(code="x = 1\n"),
        Requested(text="second"),
        asked,
        Answered(index=0, text=None),
        Answered(index=1, text="now"),
        Broken(reason="failed", text=""),
    ):
        session.record(event)
    screen = ScriptedScreen()
    recall.show(make_chat(screen, session=session))
    assert screen.shown == [
        ("note", f"session {session.id}: 2 turns; added: a.py"),
        ("say", "> second"),
        ("say", "1. Which?"),
        ("say", "   (left to the model)"),
        ("say", "2. When?"),
        ("say", "   now"),
        ("note", "the last reply did not come to its end; /code has the code written"),
    ]
