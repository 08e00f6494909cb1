"""What the argument of `clarify ask` means."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.specs.argument import FileArgument, StdinArgument, TextArgument, classify


@pytest.mark.parametrize("word", ["foo.py", "a/b", "./x", "\udcff.py", "notes.txt", "/", "a/"])
def test_one_word_with_separator_or_suffix_is_a_file_even_when_missing(word: str) -> None:
    assert classify(word) == FileArgument(Path(word))


@pytest.mark.parametrize(
    "text",
    [
        "sort these records",
        "sort",
        "read a.csv and print it",
        "fix src/main.py please",
        "what is 3/4?\n",
        "e.g.",
        "",
        " ",
        "nul\0.py",
        "a.py\tb.py",
        "x" * 100_000,
        "a/" * 50_000,
        "schön … 🎉",
    ],
)
def test_other_text_is_a_request_whatever_it_holds(text: str) -> None:
    assert classify(text) == TextArgument(text)


def test_a_dash_is_stdin() -> None:
    assert classify("-") == StdinArgument()


def test_what_exists_is_a_file_whatever_its_name(tmp_path: Path) -> None:
    Path("my notes").write_text("x", encoding="utf-8")
    Path("folder").mkdir()
    assert classify("my notes") == FileArgument(Path("my notes"))
    assert classify("folder") == FileArgument(Path("folder"))
    assert classify(str(tmp_path)) == FileArgument(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs permissions that bind")
def test_a_folder_that_may_not_be_searched_is_no_crash() -> None:
    closed = Path("closed")
    closed.mkdir(mode=0o000)
    try:
        assert classify("closed/a.py") == FileArgument(Path("closed/a.py"))
        assert classify("closed/a b") == TextArgument("closed/a b")
    finally:
        closed.chmod(0o700)


@given(st.text() | st.text(alphabet="/.\0 \\~*?a\udc80\n", max_size=300))
def test_never_raises(text: str) -> None:
    assert isinstance(classify(text), FileArgument | TextArgument | StdinArgument)
