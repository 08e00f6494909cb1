"""Writing is all or nothing, and undo gives back every byte or says why not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.edits.apply import apply
from assistant.edits.journal import Journal
from assistant.edits.plan import Edit, plan
from assistant.edits.undo import UndoRefused, preview, redo, undo
from models.errors import UserError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "undo")


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def edit(path: Path, after: str) -> Edit:
    made = plan(path, path.read_bytes().decode() if path.exists() else None, after)
    assert made is not None
    return made


def tree(folder: Path) -> dict[str, bytes | None]:
    """All that is in a folder: files with their bytes, folders with None."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def test_apply_undo_redo(root: Path, journal: Journal) -> None:
    write(root / "a.txt", "\ufeffone\r\n")
    before = tree(root)
    step = apply(
        [edit(root / "a.txt", "two"), edit(root / "new/deep/b.txt", "b\n")],
        root=root,
        journal=journal,
        label="x",
    )
    after = tree(root)
    assert after["a.txt"] == b"two"
    assert after["new/deep/b.txt"] == b"b\n"
    assert [file.path.name for file in step.files] == ["a.txt", "b.txt"]

    undone = undo(root, journal=journal)
    assert tree(root) == before
    assert [path.name for path in undone.written] == ["a.txt"]
    assert [path.name for path in undone.removed] == ["b.txt"]
    assert undone.step.label == "x"

    redone = redo(root, journal=journal)
    assert tree(root) == after
    assert [path.name for path in redone.written] == ["a.txt", "b.txt"]
    undo(root, journal=journal)
    assert tree(root) == before


def test_several_steps_survive_a_restart(root: Path, journal: Journal) -> None:
    states = []
    for number in range(4):
        states.append(tree(root))
        apply([edit(root / "a.txt", f"{number}\n")], root=root, journal=journal)
    for state in reversed(states):
        undo(root, journal=Journal(journal.folder))
        assert tree(root) == state
    with pytest.raises(UserError, match="nothing to undo"):
        undo(root, journal=journal)
    for number in range(4):
        redo(root, journal=Journal(journal.folder))
        assert (root / "a.txt").read_text(encoding="utf-8") == f"{number}\n"
    with pytest.raises(UserError, match="nothing to redo"):
        redo(root, journal=journal)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.text(st.characters(codec="utf-8"), max_size=20)), max_size=6
    ),
    st.integers(0, 6),
)
def test_undo_after_apply_is_before_to_the_byte(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str]], back: int
) -> None:
    base = tmp_path_factory.mktemp("undo")
    root, journal = base / "root", Journal(base / "journal")
    write(root / "a", "start\r\n")
    states = []
    for name, text in changes:
        path = root / name
        made = plan(path, path.read_bytes().decode() if path.exists() else None, text)
        if made is not None:
            states.append(tree(root))
            apply([made], root=root, journal=journal)
    final = tree(root)
    taken = min(back, len(states))
    for state in reversed(states[len(states) - taken :]):
        undo(root, journal=journal)
        assert tree(root) == state
    for _ in range(taken):
        redo(root, journal=journal)
    assert tree(root) == final


def test_a_new_step_ends_what_could_be_redone(root: Path, journal: Journal) -> None:
    apply([edit(root / "a.txt", "1")], root=root, journal=journal)
    undo(root, journal=journal)
    apply([edit(root / "a.txt", "2")], root=root, journal=journal)
    with pytest.raises(UserError, match="nothing to redo"):
        redo(root, journal=journal)


def test_roots_are_apart_but_a_folder_sees_what_was_written_below_it(root: Path, journal: Journal) -> None:
    write(root / "sub/a.txt", "1")
    write(root / "other/b.txt", "1")
    apply([edit(root / "sub/a.txt", "2")], root=root / "sub", journal=journal)
    with pytest.raises(UserError, match="nothing to undo"):
        undo(root / "other", journal=journal)
    undo(root, journal=journal)
    assert (root / "sub/a.txt").read_text(encoding="utf-8") == "1"


# What apply refuses, with no file changed.


def refused(edits: list[Edit], root: Path, journal: Journal) -> str:
    before = tree(root)
    with pytest.raises(UserError) as caught:
        apply(edits, root=root, journal=journal)
    assert tree(root) == before
    assert journal.history(root).done == ()
    return str(caught.value)


def test_a_file_that_changed_since(root: Path, journal: Journal) -> None:
    a, b = write(root / "a.txt", "1"), write(root / "b.txt", "1")
    edits = [edit(a, "2"), edit(b, "2")]
    write(b, "mine")
    assert "b.txt: was changed since" in refused(edits, root, journal)


def test_a_file_that_was_deleted_or_made_since(root: Path, journal: Journal) -> None:
    a = write(root / "a.txt", "1")
    gone, new = edit(a, "2"), edit(root / "new.txt", "2")
    a.unlink()
    write(root / "new.txt", "mine")
    assert "was deleted since" in refused([gone], root, journal)
    assert "exists already" in refused([new], root, journal)


def test_a_folder_in_the_way(root: Path, journal: Journal) -> None:
    (root / "a.txt").mkdir()
    assert "not a regular file" in refused([Edit(root / "a.txt", None, "x", None)], root, journal)


@pytest.mark.parametrize("mode", [0o400, 0o444])
def test_a_read_only_file(root: Path, journal: Journal, mode: int) -> None:
    a, b = write(root / "a.txt", "1"), write(root / "b.txt", "1")
    b.chmod(mode)
    assert "b.txt: is read-only, so it is not written" in refused([edit(a, "2"), edit(b, "2")], root, journal)


@pytest.mark.parametrize("name", ["../outside.txt", "sub/../../outside.txt", "link/outside.txt", "link.txt"])
def test_outside_of_the_root(root: Path, journal: Journal, tmp_path: Path, name: str) -> None:
    (root / "link").symlink_to(tmp_path)
    write(tmp_path / "secret.txt", "1")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert "lies outside" in refused([edit(root / name, "2")], root, journal)
    assert not (tmp_path / "outside.txt").exists()
    assert (tmp_path / "secret.txt").read_text(encoding="utf-8") == "1"


def test_a_link_within_the_root_stays_a_link(root: Path, journal: Journal) -> None:
    write(root / "real.txt", "1")
    (root / "link.txt").symlink_to("real.txt")
    apply([edit(root / "link.txt", "2")], root=root, journal=journal)
    assert (root / "link.txt").is_symlink()
    assert (root / "real.txt").read_text(encoding="utf-8") == "2"
    undo(root, journal=journal)
    assert (root / "real.txt").read_text(encoding="utf-8") == "1"


def test_one_file_twice_and_nothing_at_all(root: Path, journal: Journal) -> None:
    write(root / "a.txt", "1")
    (root / "same.txt").symlink_to("a.txt")
    edits = [edit(root / "a.txt", "2"), edit(root / "same.txt", "3")]
    assert "written twice" in refused(edits, root, journal)
    assert "nothing to write" in refused([], root, journal)


def test_a_relative_path_counts_from_the_working_folder(
    root: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "sub/a.txt", "1")
    monkeypatch.chdir(root / "sub")
    apply([edit(Path("a.txt"), "2")], root=root, journal=journal)
    assert (root / "sub/a.txt").read_text(encoding="utf-8") == "2"


def test_a_failure_in_the_middle_puts_all_back(root: Path, journal: Journal) -> None:
    a = write(root / "a.txt", "1")
    long = "x" * 250  # a name that the file system takes, but not with the ending of a temporary file
    edits = [edit(a, "2"), edit(root / "new/x.txt", "2"), edit(root / long, "2")]
    assert "cannot write" in refused(edits, root, journal)


def test_without_a_journal_nothing_is_written(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "file", "in the way")
    before = tree(root)
    with pytest.raises(UserError, match="undo journal cannot be written .* no file was changed"):
        apply([edit(root / "a.txt", "2")], root=root, journal=Journal(tmp_path / "file/undo"))
    assert tree(root) == before


# What undo refuses.


def test_a_later_change_is_not_lost(root: Path, journal: Journal) -> None:
    a, b = write(root / "a.txt", "one\n"), write(root / "b.txt", "one\n")
    apply([edit(a, "two\n"), edit(b, "two\n")], root=root, journal=journal)
    write(b, "two\nmine\n")
    with pytest.raises(
        UndoRefused, match="was changed since that step, so undo leaves all as it is"
    ) as caught:
        undo(root, journal=journal)
    assert caught.value.diff.endswith(" two\n+mine\n")
    assert a.read_text(encoding="utf-8") == "two\n"
    write(b, "two\n")
    undo(root, journal=journal)
    assert a.read_text(encoding="utf-8") == b.read_text(encoding="utf-8") == "one\n"


def test_a_file_that_was_made_read_only_is_not_put_back(root: Path, journal: Journal) -> None:
    a = write(root / "a.txt", "one\n")
    apply([edit(a, "two\n")], root=root, journal=journal)
    a.chmod(0o400)
    with pytest.raises(UserError, match="is read-only"):
        undo(root, journal=journal)
    assert a.read_text(encoding="utf-8") == "two\n"
    a.chmod(0o600)
    undo(root, journal=journal)
    assert a.read_text(encoding="utf-8") == "one\n"


def test_a_preview_changes_nothing_and_another_step_since_is_not_taken_for_it(
    root: Path, journal: Journal
) -> None:
    a = write(root / "a.txt", "one\n")
    first = apply([edit(a, "two\n")], root=root, journal=journal)
    shown = preview(root, "undo", journal=journal)
    assert shown.step.id == first.id
    assert shown.diff.endswith("-two\n+one\n")
    apply([edit(a, "three\n")], root=root, journal=journal)
    for move in (undo, redo):
        with pytest.raises(UserError):
            move(root, journal=journal, only=first.id)
    assert a.read_text(encoding="utf-8") == "three\n"


def test_a_deleted_file_is_not_brought_back_unasked(root: Path, journal: Journal) -> None:
    a = write(root / "a.txt", "one\n")
    apply([edit(a, "two\n")], root=root, journal=journal)
    a.unlink()
    with pytest.raises(UndoRefused, match="was deleted since that step") as caught:
        undo(root, journal=journal)
    assert "-two\n" in caught.value.diff
    assert not a.exists()


def test_redo_refuses_too(root: Path, journal: Journal) -> None:
    a = write(root / "a.txt", "one\n")
    apply([edit(a, "two\n")], root=root, journal=journal)
    undo(root, journal=journal)
    write(a, "mine\n")
    with pytest.raises(UndoRefused, match="was changed since it was undone") as caught:
        redo(root, journal=journal)
    assert "-one\n+mine\n" in caught.value.diff


def test_a_step_taken_back_by_hand_counts_as_undone(root: Path, journal: Journal) -> None:
    a = write(root / "a.txt", "one\n")
    apply([edit(a, "two\n")], root=root, journal=journal)
    write(a, "one\n")
    assert undo(root, journal=journal).written == ()
    redo(root, journal=journal)
    assert a.read_text(encoding="utf-8") == "two\n"


def test_a_folder_made_by_a_step_stays_when_somebody_uses_it(root: Path, journal: Journal) -> None:
    apply([edit(root / "new/a.txt", "1")], root=root, journal=journal)
    write(root / "new/mine.txt", "1")
    undo(root, journal=journal)
    assert tree(root) == {"new": None, "new/mine.txt": b"1"}


def test_a_damaged_or_lost_content_is_said(root: Path, journal: Journal) -> None:
    a = write(root / "a.txt", "one\n")
    step = apply([edit(a, "two\n")], root=root, journal=journal)
    name = step.files[0].before
    assert name is not None
    kept = journal.folder / "snapshots" / name[:2] / name
    kept.write_bytes(b"other")
    with pytest.raises(UserError, match="damaged"):
        undo(root, journal=journal)
    kept.unlink()
    with pytest.raises(UserError, match="has lost a content"):
        undo(root, journal=journal)
    assert a.read_text(encoding="utf-8") == "two\n"


def test_torn_and_foreign_lines_of_the_journal_are_passed_over(root: Path, journal: Journal) -> None:
    a = write(root / "a.txt", "one\n")
    apply([edit(a, "two\n")], root=root, journal=journal)
    with (journal.folder / "journal.jsonl").open("ab") as file:
        file.write(b'{"event": "begin", "step": {"format": 9}}\n{"event": "from the future"}\n{"event": "beg')
    apply([edit(a, "three\n")], root=root, journal=journal)
    undo(root, journal=journal)
    undo(root, journal=journal)
    assert a.read_text(encoding="utf-8") == "one\n"


# Bounds.


def test_the_oldest_steps_are_forgotten(root: Path, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "undo", max_steps=3)
    for number in range(6):
        apply([edit(root / "a.txt", f"{number}")], root=root, journal=journal)
    assert len(journal.history(root).done) == 3
    for _ in range(3):
        undo(root, journal=journal)
    assert (root / "a.txt").read_text(encoding="utf-8") == "2"
    assert len([path for path in (journal.folder / "snapshots").rglob("*") if path.is_file()]) == 4


def test_contents_are_bounded_by_bytes_but_the_newest_step_stays(root: Path, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "undo", max_bytes=1000)
    for number in range(5):
        apply([edit(root / "a.txt", str(number) * 600)], root=root, journal=journal)
    assert len(journal.history(root).done) == 1
    undo(root, journal=journal)
    assert (root / "a.txt").read_text(encoding="utf-8") == "3" * 600
    redo(root, journal=journal)


def test_the_default_journal_is_in_the_state_folder(home: Path) -> None:
    assert Journal().folder == home / "state" / "undo"


# Kills.

KILLED = """
    import os, signal, sys
    from pathlib import Path
    import models.files
    import assistant.edits.replace as replace
    from assistant.edits.apply import apply
    from assistant.edits.journal import Journal
    from assistant.edits.plan import plan

    root, folder, writes = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    real = replace.write_atomic

    def write_then_die(path, data):
        global writes
        if writes == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        writes -= 1
        real(path, data)

    replace.write_atomic = write_then_die
    edits = [plan(root / n, (root / n).read_text() if (root / n).exists() else None, "new") for n in "abc"]
    apply(edits, root=root, journal=Journal(folder))
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("writes", [0, 1, 2])
def test_a_kill_between_two_files_can_be_undone(root: Path, journal: Journal, writes: int) -> None:
    write(root / "a", "old a")
    write(root / "b", "old b")
    apply([edit(root / "b", "older step")], root=root, journal=journal)
    before = tree(root)
    done = subprocess.run(
        [sys.executable, "-c", dedent(KILLED), str(root), str(journal.folder), str(writes)],
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert [name for name in tree(root) if tree(root)[name] == b"new"] == ["a", "b", "c"][:writes]
    undo(root, journal=journal)
    if writes:
        assert tree(root) == before
        undo(root, journal=journal)
    # With nothing written, the step that was cut off is passed over: undo took the one before it.
    assert (root / "b").read_bytes() == b"old b"


def test_a_kill_within_an_undo_can_be_undone_again(root: Path, journal: Journal) -> None:
    for name in "ab":
        write(root / name, "old")
    apply([edit(root / name, "new") for name in "ab"], root=root, journal=journal)
    undo(root, journal=journal)
    lines = (journal.folder / "journal.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    assert json.loads(lines[-1])["event"] == "done"
    (journal.folder / "journal.jsonl").write_text("".join(lines[:-1]), encoding="utf-8")
    write(root / "b", "new")  # as if only the first file had been put back
    assert [path.name for path in undo(root, journal=journal).written] == ["b"]
    assert tree(root) == {"a": b"old", "b": b"old"}
    redo(root, journal=journal)
    assert tree(root) == {"a": b"new", "b": b"new"}
