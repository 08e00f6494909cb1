"""Diffs are what `patch` reads; applied, they give the new text."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.edits.diff import summary, unified
from assistant.edits.plan import Edit, plan

texts = st.lists(
    st.sampled_from(["a", "b", "c", "", " ", "-", "+", "@@", "\t", "\r", "é", "\x0c", "--- x", "\\ No"]),
    max_size=30,
).map("\n".join)


def edit_of(before: str | None, after: str, path: str = "a.txt") -> Edit:
    return Edit(Path(path), before, after, None)


def applied(before: str, diff: str) -> str:
    """A tiny `patch`: hunks by their line numbers, no fuzz."""
    old = re.findall(r"[^\n]*\n|[^\n]+", before)
    new: list[str] = []
    at = 0
    lines = re.findall(r"[^\n]*\n", diff)[2:]
    for index, line in enumerate(lines):
        if header := re.match(r"@@ -(\d+)(?:,(\d+))? ", line):
            start = int(header[1]) - (header[2] != "0")
            new += old[at:start]
            at = start
            continue
        if line.startswith("\\"):
            continue
        text = line[1:]
        if index + 1 < len(lines) and lines[index + 1].startswith("\\"):
            text = text[:-1]
        if line[0] in " -":
            assert old[at] == text
            at += 1
        if line[0] in " +":
            new.append(text)
    return "".join(new + old[at:])


@given(texts, texts)
def test_the_diff_applied_gives_the_new_text(before: str, after: str) -> None:
    assert applied(before, unified(edit_of(before, after))) == after


@pytest.mark.skipif(shutil.which("patch") is None, reason="no `patch` on this machine")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts.filter(bool), texts.filter(bool))
def test_patch_reads_it(tmp_path: Path, before: str, after: str) -> None:
    if before == after:
        return
    file = tmp_path / "my file.txt"
    file.write_bytes(before.encode())
    diff = unified(edit_of(before, after, "my file.txt"))
    done = subprocess.run(
        ["patch", "--binary", "-p1", "--no-backup-if-mismatch"],  # noqa: S607
        input=diff.encode(), cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert file.read_bytes() == after.encode()


def test_headers_context_and_missing_newline() -> None:
    assert unified(edit_of("1\n2\n3\n4\n5", "1\n2\n3\n4\n6", "/root/x.py"), context=1) == (
        "--- a/root/x.py\n+++ b/root/x.py\n@@ -4,2 +4,2 @@\n 4\n"
        "-5\n\\ No newline at end of file\n+6\n\\ No newline at end of file\n"
    )


def test_a_new_file_comes_from_nothing() -> None:
    assert unified(edit_of(None, "x\n")) == "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+x\n"
    assert unified(edit_of(None, "")) == "--- /dev/null\n+++ b/a.txt\n"


def test_crlf_is_kept() -> None:
    assert "-a\r\n+b\r\n" in unified(edit_of("a\r\n", "b\r\n"))


def test_summary() -> None:
    one = plan(Path("a.txt"), "a\nb\n--- c\n", "a\nx\ny\n")
    two = plan(Path("b.txt"), None, "x\n")
    assert one is not None
    assert two is not None
    assert summary([one]) == "+2 -2"
    assert summary([one, two]) == "2 files, +3 -2"
    assert summary([]) == "0 files, +0 -0"
