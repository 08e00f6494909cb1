"""A streamed reply: what a terminal shows in the end, and that only the growing line is ever erased."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from assistant.chat.stream import ReplyStream

CODE = 'def f(a):\n    """Doc.\n\n    [red]not markup[/]\n    """\n\treturn a  # é漢字\n\n\nx = 1\n'
REPLY = f"Here it **is**:\n\n```python\n{CODE}```\nDone `now`.\n"


def console(*, terminal: bool = True, width: int = 40, colour: bool = True) -> Console:
    environment = {"TERM": "xterm-256color" if terminal else "dumb"} | ({} if colour else {"NO_COLOR": "1"})
    return Console(
        file=io.StringIO(),
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        width=width,
        markup=False,
        highlight=False,
        _environ=environment,
    )


def written(to: Console) -> str:
    assert isinstance(to.file, io.StringIO)
    return to.file.getvalue()


def seen(text: str, width: int) -> str:
    """What stands on a terminal after this output; fails when more than the row at hand is erased."""
    rows, line = [], ""
    for part in re.split(r"(\r\x1b\[2K|\n)", re.sub(r"\x1b\[[\d;]*m", "", text)):
        if part == "\n":
            rows.append(line)
            line = ""
        elif part == "\r\x1b[2K":
            assert cell_len(line) < width, f"a wrapped line would be left in part: {line!r}"
            line = ""
        else:
            assert "\x1b" not in part
            line += part
    return "\n".join([*rows, line])


def show(reply: str, sizes: list[int], to: Console) -> ReplyStream:
    stream = ReplyStream(to, waiting="reading")
    start = 0
    while start < len(reply):
        size = sizes[start % len(sizes)]
        stream.feed(reply[start : start + size])
        start += size
    stream.close()
    return stream


SHOWN = "Here it is:\n\n" + CODE.expandtabs(4) + "Done now.\n"


@given(st.lists(st.integers(1, 20), min_size=1, max_size=9), st.integers(12, 100))
def test_the_pieces_do_not_matter(sizes: list[int], width: int) -> None:
    to = console(width=width)
    stream = show(REPLY, sizes, to)
    assert seen(written(to), width) == SHOWN.replace(
        "Here it is:", "Here it is:" if width > 15 else "Here it **is**:"
    )
    assert stream.shown_code == CODE
    assert stream.text == REPLY


@given(st.text(max_size=200), st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_no_reply_breaks_the_terminal(reply: str, sizes: list[int]) -> None:
    to = console(width=20)
    show(reply, sizes, to)
    seen(written(to), 20)


def test_code_is_coloured_and_each_line_printed_once() -> None:
    to = console()
    show(REPLY, [3], to)
    assert "\x1b[94" in written(to)
    assert written(to).count("x = 1") <= 2  # as it grew, and with its colours


def test_a_long_line_of_code_is_not_wrapped_before_it_is_whole() -> None:
    line = "x = '" + "a" * 100 + "'"
    to = console(width=30)
    show(f"```python\n{line}\n```\n", [4], to)
    assert seen(written(to), 30) == line + "\n"


def test_escapes_of_the_model_do_nothing() -> None:
    to = console()
    show("```python\nx = '\x1b[2J\x1b]52;c;YQ==\x07\u202e'\n```\n", [1], to)
    assert seen(written(to), 40) == "x = '[2J]52;c;YQ=='\n"


def test_questions_are_not_shown_as_they_come() -> None:
    to = console()
    show("1. Which field?\n   - due date\n2. When?\n", [4], to)
    assert seen(written(to), 40) == ""
    assert "writing questions" in written(to)


def test_code_that_follows_dropped_questions_is_shown() -> None:
    to = console()
    stream = ReplyStream(to)
    for piece in ("1.", " Which?", "```python", "\nx = 1", "\n"):
        stream.feed(piece)
    stream.close()
    assert seen(written(to), 40) == "x = 1\n"


@pytest.mark.parametrize(
    "reply", [REPLY, "```python\nx = 1", "``", "1", "1. a", "", "\n\n", "````\n```\n````"]
)
def test_without_a_terminal_there_is_no_escape(reply: str) -> None:
    to = console(terminal=False)
    show(reply, [2], to)
    assert "\x1b" not in written(to)
    assert "\r" not in written(to)


def test_no_color_is_respected() -> None:
    to = console(colour=False)
    show(REPLY, [5], to)
    assert not re.search(r"\x1b\[(3|4|9|10)\d", written(to))
    assert seen(written(to), 40) == SHOWN


def test_a_longer_fence_holds_a_shorter_one() -> None:
    to = console()
    stream = show("````markdown\n```\nx\n```\n````\n", [2], to)
    assert stream.shown_code == "```\nx\n```\n"
