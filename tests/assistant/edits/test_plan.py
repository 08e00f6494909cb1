"""Edits are tried out before anything is written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assistant.edits.plan import plan
from models.errors import UserError


def test_no_change_is_no_edit() -> None:
    assert plan(Path("a.py"), "x = 1\n", "x = 1\n") is None


def test_an_edit_knows_the_bytes_it_was_made_for() -> None:
    before = "\ufeffä = 1\r\n"
    edit = plan(Path("a.py"), before, "ä = 2\r\n")
    assert edit is not None
    assert edit.before_sha256 == hashlib.sha256(before.encode()).hexdigest()
    made = plan(Path("b.py"), None, "x = 1\n")
    assert made is not None
    assert made.before_sha256 is None


@pytest.mark.parametrize(
    "after", ["x = (\n", "return 1\n", "def f():\n    await g()\n", "nonlocal x\n", "\0"]
)
def test_code_that_would_break_the_file_is_refused_with_its_place(after: str) -> None:
    with pytest.raises(UserError, match=r"a\.py.*would not be valid Python there .*nothing was written"):
        plan(Path("a.py"), "x = 1\n", after)
    with pytest.raises(UserError):
        plan(Path("a.py"), None, after)


def test_a_file_that_was_broken_before_may_be_edited() -> None:
    assert plan(Path("a.py"), "x = (\n", "y = (\n") is not None


def test_other_files_are_not_judged_as_python() -> None:
    assert plan(Path("a.md"), "x", "x = (") is not None
