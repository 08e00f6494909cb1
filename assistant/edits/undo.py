"""Takes back the last step in a folder, and brings it back; refuses, with the reason, what is not its own.

A step belongs to the folder that it was written under and to those above it, so what `clarify ask` wrote in
a sub-folder can be undone from the project's root.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.edits.diff import unified
from assistant.edits.journal import FileChange, Journal, Step, new_step
from assistant.edits.plan import Edit, sha256
from assistant.edits.replace import Replacement, inside, read_or_none, remove_folders, replace_all
from models.errors import UserError


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What an undo or redo did.

    Args:
        step: the `apply` step it was about.
        written: files that got other contents, in the order of the step.
        removed: files that the step had made.

    Both are empty when the files were already as they should be.
    """

    step: Step
    written: tuple[Path, ...]
    removed: tuple[Path, ...]


Kind = Literal["undo", "redo"]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an undo or redo would do.

    Args:
        step: the `apply` step it is about.
        diff: from what is there now to what would be; empty when all is as it should be already.
    """

    step: Step
    diff: str


class UndoRefused(UserError):
    """A file is not as the step left it, so restoring would lose what somebody made.

    Args:
        what: the reason.
        where: the first such file.
        diff: from what the step left to what is there now, for all such files.
    """

    def __init__(self, what: str, *, where: str, diff: str) -> None:
        self.diff = diff
        super().__init__(what, where=where, do="keep it, or put the file back by hand first")


def preview(root: Path, kind: Kind, *, journal: Journal) -> Preview:
    """What the next undo or redo in a root would do; no file is changed.

    Raises:
        UndoRefused: a file is not as the step left it.
        UserError: there is no such step.
    """
    with journal.locked():
        step, states = _next(root, kind, journal, None)
        edits = []
        for replacement in _replacements(step, states, kind, journal):
            before = None if replacement.old is None else _text(replacement.old)
            path = replacement.path.relative_to(root.resolve())
            edits.append(Edit(path, before, _text(replacement.new or b""), None))
        return Preview(step, "".join(unified(edit) for edit in edits))


def undo(root: Path, *, journal: Journal, only: str | None = None) -> UndoResult:
    """Take back the last step of a root; redo brings it back.

    Args:
        root: whose last step.
        journal: that has it.
        only: the id of the step that must be the last one; None takes any.

    Raises:
        UndoRefused: a file was changed, deleted or replaced since.
        UserError: there is no such step, or a file cannot be written; nothing was changed then.
    """
    with journal.locked():
        step, states = _next(root, "undo", journal, only)
        return _move(step, states, "undo", journal)


def redo(root: Path, *, journal: Journal, only: str | None = None) -> UndoResult:
    """Bring back the step that was last undone in a root.

    Args:
        root: where it was undone.
        journal: that has it.
        only: the id of the step that it must be; None takes any.

    Raises:
        UndoRefused: a file was changed, deleted or made since.
        UserError: there is no such step, or a file cannot be written; nothing was changed then.
    """
    with journal.locked():
        step, states = _next(root, "redo", journal, only)
        return _move(step, states, "redo", journal)


_State = Literal["before", "after", "changed", "deleted"]


def _next(root: Path, kind: Kind, journal: Journal, only: str | None) -> tuple[Step, dict[Path, _State]]:
    """The step that an undo or redo is about, and what its files hold; under the lock."""
    while True:
        history = journal.history(root)
        steps = history.done if kind == "undo" else history.undone
        if not steps:
            raise UserError(f"there is nothing to {kind}", where=str(root.resolve()))
        step = steps[-1]
        states = {file.path: _state(file, step.root) for file in step.files}
        if kind == "redo" or step.id not in history.cut_off or set(states.values()) != {"before"}:
            break
        journal.void(step)  # cut off before its first write: there is nothing to take back
    if only not in {None, step.id}:
        raise UserError("another step came between", where=str(root.resolve()), do=f"{kind} again")
    return step, states


def _state(file: FileChange, root: Path) -> _State:
    """Which of a step's two contents a file holds now."""
    now = read_or_none(inside(file.path, root))
    if now is None:
        return "before" if file.before is None else "deleted"
    digest = sha256(now)
    if digest == file.after:
        return "after"
    return "before" if digest == file.before else "changed"


def _replacements(step: Step, states: dict[Path, _State], kind: Kind, journal: Journal) -> list[Replacement]:
    """What brings every file of a step to its old (undo) or new (redo) contents.

    Raises:
        UndoRefused: a file holds neither.
    """
    foreign = [file for file in step.files if states[file.path] in {"changed", "deleted"}]
    if foreign:
        raise _refusal(foreign, states, kind, journal)
    source: _State = "after" if kind == "undo" else "before"
    moving = [file for file in step.files if states[file.path] == source]
    replacements = []
    for file in moving:
        old, new = (file.after, file.before) if kind == "undo" else (file.before, file.after)
        replacements.append(Replacement(file.path, _load(old, journal), _load(new, journal)))
    return replacements


def _move(step: Step, states: dict[Path, _State], kind: Kind, journal: Journal) -> UndoResult:
    """Do it, as a step of its own."""
    replacements = _replacements(step, states, kind, journal)
    record = new_step(step.root, kind, step.files, of=step.id, label=step.label, folders=step.folders)
    for replacement in replacements:
        if replacement.old is not None:
            journal.save(replacement.old)  # so that this, too, can be taken back
    journal.begin(record)
    try:
        replace_all(replacements)
    except BaseException:
        if all(read_or_none(r.path) == r.old for r in replacements):
            journal.void(record)
        raise
    if kind == "undo":
        remove_folders(step.folders)
    journal.finish(record)
    return UndoResult(
        step=step,
        written=tuple(r.path for r in replacements if r.new is not None),
        removed=tuple(r.path for r in replacements if r.new is None),
    )


def _load(name: str | None, journal: Journal) -> bytes | None:
    return None if name is None else journal.load(name)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _refusal(
    foreign: list[FileChange], states: dict[Path, _State], kind: Kind, journal: Journal
) -> UndoRefused:
    first = foreign[0]
    since = "since that step" if kind == "undo" else "since it was undone"
    diffs = []
    for file in foreign:
        left = _load(file.after if kind == "undo" else file.before, journal) or b""
        now = read_or_none(file.path) or b""
        diffs.append(unified(Edit(file.path, _text(left), _text(now), sha256(left))))
    more = f", and {len(foreign) - 1} more" if len(foreign) > 1 else ""
    return UndoRefused(
        f"was {states[first.path]} {since}{more}, so {kind} leaves all as it is",
        where=str(first.path),
        diff="".join(diffs),
    )
