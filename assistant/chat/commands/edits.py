"""/diff, /apply, /undo and /redo: code into files, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.chat.attachments import shown
from assistant.chat.commands.base import Command, files, nothing
from assistant.chat.commands.files import paths
from assistant.chat.proposal import propose
from assistant.chat.rounds import newest
from models.errors import UserError

if TYPE_CHECKING:
    from assistant.chat.loop import Chat
    from assistant.edits.journal import Journal
    from assistant.edits.undo import UndoResult


def diff(chat: Chat, argument: str) -> None:
    """Show what the code would change."""
    from assistant.edits.diff import unified

    chat.screen.diff(unified(propose(chat, _target(chat, argument), "/diff")))


def apply(chat: Chat, argument: str) -> None:
    """Write the code after a yes."""
    from assistant.edits import apply as edits
    from assistant.edits.diff import summary, unified
    from assistant.edits.journal import Journal

    edit = propose(chat, _target(chat, argument), "/apply")
    chat.screen.diff(unified(edit))
    verb = "make" if edit.before is None else "change"
    if not chat.screen.confirm(f"{verb} {edit.path}?"):
        chat.screen.say("nothing was written")
        return
    edits.apply([edit], root=chat.root, journal=Journal(), label=newest(chat).request.split("\n")[0][:80])
    chat.screen.say(f"wrote {edit.path} ({summary([edit])}); /undo takes it back")


def undo(chat: Chat, argument: str) -> None:
    """Take the last step back."""
    from assistant.edits import undo as edits

    nothing(argument, "/undo")
    _move(chat, edits.undo, "restored")


def redo(chat: Chat, argument: str) -> None:
    """Bring the step last undone back."""
    from assistant.edits import undo as edits

    nothing(argument, "/redo")
    _move(chat, edits.redo, "wrote")


def _move(chat: Chat, step: Callable[..., UndoResult], verb: str) -> None:
    from assistant.edits.journal import Journal
    from assistant.edits.undo import UndoRefused

    journal: Journal = Journal()
    try:
        result = step(chat.root, journal=journal)
    except UndoRefused as refused:
        chat.screen.diff(refused.diff)
        raise
    told = [f"{verb} {shown(path)}" for path in result.written]
    told += [f"removed {shown(path)}" for path in result.removed]
    label = f" ({result.step.label})" if result.step.label else ""
    chat.screen.say((", ".join(told) or "all is as it should be already") + label)


def _target(chat: Chat, argument: str) -> Path | None:
    """The file that was named, absolute; None when none was."""
    if not argument:
        return None
    named = paths(chat, argument)
    if len(named) > 1:
        raise UserError("the code goes into one file", do="name one")
    return named[0]


COMMANDS = (
    Command("/diff", "[FILE]", "what the last code would change, in an added file or in FILE", diff, files),
    Command("/apply", "[FILE]", "write it after a yes; FILE may be new", apply, files),
    Command("/undo", "", "take the last written step in this folder back", undo),
    Command("/redo", "", "bring back what was undone", redo),
)
