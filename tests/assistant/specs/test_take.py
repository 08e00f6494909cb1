"""From an argument to specs: the one way in."""

import io
from pathlib import Path

import pytest

from assistant.specs.spec import Spec
from assistant.specs.take import take
from models.errors import UsageError, UserError


def given(argument: str, stdin: bytes = b"", function: str | None = None) -> tuple[Spec, ...]:
    return take(argument, stdin=io.BytesIO(stdin), function=function)


def test_words_are_one_request_and_stdin_is_left_alone() -> None:
    stdin = io.BytesIO(b"not read")
    (spec,) = take("sort these records", stdin=stdin)
    assert spec == Spec(name="request", kind="text", text="sort these records")
    assert spec.place == "request"
    assert stdin.read() == b"not read"


def test_stdin_is_one_request_even_when_it_looks_like_python() -> None:
    (spec,) = given("-", b"\xef\xbb\xbfdef f(x):\r\n    ...\r\n\r\ndef g(): ...\r\n")
    assert spec == Spec(name="request", kind="text", text="def f(x):\n    ...\n\ndef g(): ...")


def test_a_python_file_gives_its_stubs() -> None:
    Path("a.py").write_text("def f(): ...\ndef g(): ...\n", encoding="utf-8")
    assert [spec.name for spec in given("a.py")] == ["f", "g"]
    assert [spec.place for spec in given("a.py", function="g")] == ["a.py:2"]


def test_a_script_without_suffix_is_python_by_its_first_line() -> None:
    Path("tool").write_text("#!/usr/bin/env python3\ndef f(): ...\n", encoding="utf-8")
    assert [spec.name for spec in given("tool")] == ["f"]


def test_another_text_file_is_one_request_in_words() -> None:
    Path("wish.md").write_text("# Wish\n\nA tool that counts words.\n", encoding="utf-8")
    (spec,) = given("wish.md")
    assert (spec.kind, spec.text, spec.place) == ("text", "# Wish\n\nA tool that counts words.", "wish.md:1")


def test_bytes_of_an_argument_that_are_no_text_do_not_reach_the_model() -> None:
    (spec,) = given("sort \udcff these")
    assert spec.text == "sort \ufffd these"


@pytest.mark.parametrize("argument", ["", "  ", "\n"])
def test_nothing_asked(argument: str) -> None:
    with pytest.raises(UserError, match="the request is empty"):
        given(argument)


def test_nothing_on_stdin() -> None:
    with pytest.raises(UserError, match="stdin: is empty"):
        given("-")


@pytest.mark.parametrize(("argument", "stdin"), [("sort these", b""), ("-", b"x"), ("a.txt", b"")])
def test_a_function_is_only_in_a_python_file(argument: str, stdin: bytes) -> None:
    Path("a.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="--function needs a Python file"):
        given(argument, stdin, function="f")


def test_files_that_hold_no_request() -> None:
    Path("a.ipynb").write_text("{}", encoding="utf-8")
    Path("a.pyi").write_text("def f() -> int: ...\n", encoding="utf-8")
    Path("a.py").write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(UserError, match="is a notebook"):
        given("a.ipynb")
    with pytest.raises(UserError, match="only declares"):
        given("a.pyi")
    with pytest.raises(UserError, match="holds no spec; a spec is a function whose body is"):
        given("a.py")
    with pytest.raises(UserError, match="no such file"):
        given("missing.py")
