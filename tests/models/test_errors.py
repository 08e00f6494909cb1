"""Errors read as one line, and text of a model is safe for a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.console import clean, err, out
from models.errors import ContextOverflow, UsageError, UserError, nearest


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (UserError("it is wrong"), "it is wrong"),
        (UserError("it is wrong", do="mend it"), "it is wrong; mend it"),
        (UserError("it is wrong", where="a.py:3"), "a.py:3: it is wrong"),
        (UserError("it is\nwrong", where="a.py", do="mend\tit"), "a.py: it is wrong; mend it"),
    ],
)
def test_an_error_is_where_what_and_what_to_do(error: UserError, line: str) -> None:
    assert str(error) == line


@given(st.text(), st.text(), st.text())
def test_an_error_is_always_one_line(what: str, do: str, where: str) -> None:
    assert len(str(UserError(what, do=do, where=where)).splitlines()) <= 1


def test_exit_codes_belong_to_errors() -> None:
    assert (UserError("x").exit_code, UsageError("x").exit_code, ContextOverflow(2, 1).exit_code) == (1, 2, 1)


def test_an_overflow_names_both_sizes() -> None:
    error = ContextOverflow(5000, 4096, where="a.py")
    assert (error.prompt_tokens, error.context_tokens) == (5000, 4096)
    assert str(error).startswith("a.py: the prompt has 5000 tokens and the context holds 4096; ")


@pytest.mark.parametrize(
    ("name", "known", "clause"),
    [
        ("qwen2.5-codr", ["deepseek", "qwen2.5-coder"], "did you mean `qwen2.5-coder`?"),
        ("zzz", ["a", "b"], "known are: a, b"),
        ("zzz", [], "none is known"),
    ],
)
def test_the_nearest_name_is_offered(name: str, known: list[str], clause: str) -> None:
    assert nearest(name, known) == clause


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_cleaned_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = clean(text)
    assert not any(ord(character) < 32 and character not in "\t\n" for character in shown)
    assert not any(0x7F <= ord(character) <= 0x9F for character in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert clean(shown) == shown


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert clean(f"{text}\n\t{text}") == f"{text}\n\t{text}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb", "a\nb"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("# \x1b]0;\nevil()\n# \x07", "# ]0;\nevil()\n# "),
        ("\x9b31mred", "31mred"),
        ("over\rwrite", "overwrite"),
        ("if access == 'user\u202e \u2066# admin\u2069 \u2066':", "if access == 'user # admin ':"),
    ],
)
def test_escape_sequences_lose_their_power_and_hide_nothing(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_consoles_take_brackets_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    out.cache_clear()
    err.cache_clear()
    out().print("[/] [red]x[/red]")
    err().print("[bold]")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("[/] [red]x[/red]\n", "[bold]\n")
    out.cache_clear()
    err.cache_clear()
