"""The chat over streams: where a request ends, and what goes to which stream."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.chat.continuation import goes_on, next_line
from assistant.chat.interface import Position, Status
from assistant.chat.plain import PlainScreen
from models.errors import UserError
from models.reply import Question

STATUS = Status(model="m")


def screen(text: str) -> PlainScreen:
    return PlainScreen(io.StringIO(text), io.StringIO(), io.StringIO())


def requests(text: str) -> list[str]:
    found, source = [], screen(text)
    while True:
        try:
            found.append(source.read(STATUS))
        except EOFError:
            return found


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", []),
        ("one\ntwo", ["one", "two"]),
        ("\n  \none\r\n\n", ["one"]),
        ("a\\\nb\nc\n", ["a\nb", "c"]),
        ("fix:\\\n```\nx\n\ny\n```\nnext\n", ["fix:\n```\nx\n\ny\n```", "next"]),
        ("```\nnever closed\n", ["```\nnever closed\n"]),
        ("/add a\\\n/code\n", ["/add a\\", "/code"]),
    ],
)
def test_a_request_is_a_line_and_what_it_goes_on_with(given: str, read: list[str]) -> None:
    assert requests(given) == read


@given(st.text())
def test_reading_ends_whatever_is_read(text: str) -> None:
    assert all(request.strip() for request in requests(text))


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("a", False),
        ("a\\", True),
        ("```", True),
        ("```\n```", False),
        ("````\n```", True),
        ("a ``` b", False),
        ("```x``` y", False),
        ("/a \\", False),
        ("/a\n```", True),
    ],
)
def test_when_a_message_goes_on(text: str, on: bool) -> None:
    assert goes_on(text) is on
    assert next_line(text).endswith("\n")


def test_replies_are_data_and_remarks_are_not() -> None:
    out, err = io.StringIO(), io.StringIO()
    plain = PlainScreen(io.StringIO(), out, err)
    with plain.reply() as show:
        show("x = ")
    plain.code("x = 1\n", "python")
    plain.questions((Question(text="Which?", options=("a", "b")),))
    plain.note("a note")
    plain.error("an error")
    assert out.getvalue() == "```python\nx = 1\n```\n1. Which?\n   - a\n   - b\n"
    assert err.getvalue() == "a note\nerror: an error\n"


def test_nobody_answers_or_says_yes() -> None:
    plain = screen("y\n")
    with pytest.raises(EOFError):
        plain.answer(Position(1, 1, Question(text="Which?")), STATUS)
    with pytest.raises(UserError, match=r"write\? nobody is there"):
        plain.confirm("write?")
    assert plain.read(STATUS) == "y"  # the confirmation took nothing of the input


def test_input_that_is_not_utf8_is_an_error_for_people() -> None:
    source = io.TextIOWrapper(io.BytesIO(b"caf\xe9\n"), encoding="utf-8")
    with pytest.raises(UserError, match="not UTF-8"):
        PlainScreen(source, io.StringIO(), io.StringIO()).read(STATUS)
