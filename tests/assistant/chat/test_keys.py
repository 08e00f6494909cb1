"""Keys at the two prompts, fed through a pipe into the real prompt."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from assistant.chat.commands import TABLE
from assistant.chat.completion import CommandCompleter
from assistant.chat.interface import Position, Status
from assistant.chat.screen import TerminalScreen
from models.reply import Question

STATUS = Status(model="m")
PLACE = Position(1, 2, Question(text="Which field?", options=("date", "amount")))
ESC, CTRL_C, CTRL_D, ENTER, TAB, UP, DOWN = "\x1b", "\x03", "\x04", "\r", "\t", "\x1b[A", "\x1b[B"
PASTE, PASTED = "\x1b[200~", "\x1b[201~"


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as source:
        yield source


@pytest.fixture
def screen(keys: PipeInput, tmp_path: Path) -> TerminalScreen:
    console = Console(file=io.StringIO(), width=60)
    return TerminalScreen(
        console,
        tmp_path / "history",
        CommandCompleter(TABLE),
        grace=0.0,
        source=keys,
        output=DummyOutput(),
    )


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("hello" + ENTER, "hello"),
        ("a" + ESC + ENTER + "b" + ENTER, "a\nb"),
        ("a\\" + ENTER + "b" + ENTER, "a\nb"),
        ("```" + ENTER + "x" + ENTER + "```" + ENTER, "```\nx\n```"),
        (ENTER + "  " + ENTER + "a" + ENTER, "a"),
        (PASTE + "one\r\ntwo\rthree\n" + PASTED + ENTER, "one\ntwo\nthree\n"),
        (PASTE + "one\n" + PASTED + " more" + ENTER, "one\n more"),
        ("oops" + CTRL_C + "a" + ENTER, "a"),
        ("/help \\" + ENTER, "/help \\"),
        ("ab" + CTRL_D + ENTER, "ab"),
    ],
)
def test_the_message_prompt(screen: TerminalScreen, keys: PipeInput, typed: str, sent: str) -> None:
    keys.send_text(typed)
    assert screen.read(STATUS) == sent


def test_ctrl_d_leaves_and_ctrl_c_on_nothing_does_not(screen: TerminalScreen, keys: PipeInput) -> None:
    keys.send_text(CTRL_C + CTRL_D)
    with pytest.raises(EOFError):
        screen.read(STATUS)


def when(holds: Callable[[], bool], act: Callable[[], None]) -> threading.Thread:
    """Do something once the prompt has come so far."""

    def wait() -> None:
        end = time.monotonic() + 10
        while not holds() and time.monotonic() < end:
            time.sleep(0.01)
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("typed", "then", "sent"),
    [
        ("/ask al", TAB + ENTER, "/ask always"),
        ("/ask ", DOWN + DOWN + ENTER, "/ask always"),
        ("/add", TAB + ENTER + "!" + ENTER, "/add !"),
        ("/add fo", TAB + ENTER + "x" + ENTER, "/add folder/x"),
    ],
)
def test_enter_sends_a_completion_unless_more_has_to_follow(
    screen: TerminalScreen, keys: PipeInput, typed: str, then: str, sent: str
) -> None:
    Path("folder").mkdir()
    buffer = screen._messages.default_buffer
    keys.send_text(typed)
    menu = when(lambda: buffer.complete_state is not None, lambda: keys.send_text(then))
    assert screen.read(STATUS) == sent
    menu.join()


@pytest.mark.skipif(os.name != "posix", reason="signals of this kind are POSIX")
def test_a_signal_from_outside_is_ctrl_c(screen: TerminalScreen, keys: PipeInput) -> None:
    buffer = screen._messages.default_buffer
    keys.send_text("oops")
    typed = when(lambda: buffer.text == "oops", lambda: os.kill(os.getpid(), signal.SIGINT))
    cleared = when(lambda: not typed.is_alive() and not buffer.text, lambda: keys.send_text("a" + ENTER))
    assert screen.read(STATUS) == "a"
    cleared.join()


def test_history_outlives_the_screen(screen: TerminalScreen, keys: PipeInput, tmp_path: Path) -> None:
    keys.send_text("first\\" + ENTER + "line" + ENTER)
    screen.read(STATUS)
    console = Console(file=io.StringIO())
    again = TerminalScreen(console, tmp_path / "history", source=keys, output=DummyOutput())
    buffer = again._messages.default_buffer
    # History is read in the background.
    known = when(lambda: len(buffer._working_lines) > 1, lambda: keys.send_text(UP + ENTER))
    assert again.read(STATUS) == "first\nline"
    known.join()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2" + ENTER, "2"),
        (ENTER + ENTER + "own words" + ENTER, "own words"),
        ("a" + ESC + ENTER + "b" + ENTER, "a\nb"),
        (PASTE + "two\nlines" + PASTED + ENTER, "two\nlines"),
        ("half" + ESC, None),
        (ESC, None),
        ("?" + ENTER, "?"),
    ],
)
def test_the_question_prompt(screen: TerminalScreen, keys: PipeInput, typed: str, said: str | None) -> None:
    keys.send_text(typed)
    assert screen.answer(PLACE, STATUS) == said


@pytest.mark.parametrize("typed", [CTRL_C, "half" + CTRL_C])
def test_ctrl_c_at_a_question_leaves_it_open(screen: TerminalScreen, keys: PipeInput, typed: str) -> None:
    keys.send_text(typed)
    with pytest.raises(KeyboardInterrupt):
        screen.answer(PLACE, STATUS)


def test_ctrl_d_at_a_question_leaves(screen: TerminalScreen, keys: PipeInput) -> None:
    keys.send_text(CTRL_D)
    with pytest.raises(EOFError):
        screen.answer(PLACE, STATUS)


def test_an_earlier_answer_can_be_sent_again(screen: TerminalScreen, keys: PipeInput) -> None:
    keys.send_text(" or so" + ENTER)
    earlier = Position(1, 2, Question(text="Which?"), earlier="date")
    assert screen.answer(earlier, STATUS) == "date or so"


@pytest.mark.parametrize(
    ("typed", "yes"),
    [
        ("y" + ENTER, True),
        ("YES" + ENTER, True),
        (ENTER, False),
        ("yeah" + ENTER, False),
        (ESC, False),
        (CTRL_D, False),
        ("y" + CTRL_C, False),
    ],
)
def test_only_a_yes_is_a_yes(screen: TerminalScreen, keys: PipeInput, typed: str, yes: bool) -> None:
    keys.send_text(typed)
    assert screen.confirm("write?") is yes
