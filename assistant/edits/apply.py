"""Writes edits: all files or none, each only if it is still what the edit was made for, undo first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.edits.journal import FileChange, Journal, Step, new_step
from assistant.edits.plan import Edit, sha256
from assistant.edits.replace import (
    Replacement,
    inside,
    missing_folders,
    read_or_none,
    refuse_read_only,
    remove_folders,
    replace_all,
)
from models.errors import UserError


def apply(edits: Sequence[Edit], *, root: Path, journal: Journal, label: str = "") -> Step:
    """Write edits as one step that undo takes back.

    Args:
        edits: one for each file.
        root: the folder that nothing is written outside of.
        journal: takes the old and new contents before the first write.
        label: what was asked, for people.

    Returns:
        The step, as the journal holds it.

    Raises:
        UserError: a file lies outside the root, was changed, deleted or made since the edit was planned, or
            cannot be written; no file was changed then.
    """
    if not edits:
        raise UserError("there is nothing to write")
    with journal.locked():
        replacements = [_checked(edit, root) for edit in edits]
        _refuse_twice(replacements)
        step = new_step(
            root.resolve(),
            "apply",
            tuple(_snapshot(replacement, journal) for replacement in replacements),
            label=label,
            folders=missing_folders([replacement.path for replacement in replacements]),
        )
        journal.begin(step)
        try:
            replace_all(replacements)
        except BaseException:
            if all(read_or_none(r.path) == r.old for r in replacements):
                remove_folders(step.folders)
                journal.void(step)
            raise
        journal.finish(step)
        return step


def check(edits: Sequence[Edit], *, root: Path) -> None:
    """See that edits could be written now, before anybody is asked whether they should be.

    Raises:
        UserError: as `apply` would.
    """
    _refuse_twice([_checked(edit, root) for edit in edits])


def _checked(edit: Edit, root: Path) -> Replacement:
    path = inside(edit.path, root)
    now = read_or_none(path)
    if edit.before is None:
        if now is not None:
            raise UserError("exists already, so it is not made", where=str(edit.path), do="run again")
    elif now is None:
        raise UserError("was deleted since the edit was made", where=str(edit.path), do="run again")
    elif sha256(now) != edit.before_sha256:
        raise UserError(
            "was changed since the edit was made, so it is not written", where=str(edit.path), do="run again"
        )
    refuse_read_only(path)
    return Replacement(path, now, edit.after.encode("utf-8"))


def _refuse_twice(replacements: Sequence[Replacement]) -> None:
    seen: set[Path] = set()
    for replacement in replacements:
        if replacement.path in seen:
            raise UserError("would be written twice in one step", where=str(replacement.path))
        seen.add(replacement.path)


def _snapshot(replacement: Replacement, journal: Journal) -> FileChange:
    return FileChange(
        path=replacement.path,
        before=None if replacement.old is None else journal.save(replacement.old),
        after=journal.save(replacement.new or b""),
    )
