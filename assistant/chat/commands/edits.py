"""/diff, /apply, /undo and /redo: code into files, and back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.chat.attachments import shown
from assistant.chat.commands.base import Command, files, nothing
from assistant.chat.commands.files import paths
from assistant.chat.events import Applied
from assistant.chat.proposal import propose
from assistant.chat.rounds import newest
from models.errors import UserError

if TYPE_CHECKING:
    from assistant.chat.loop import Chat
    from assistant.edits.undo import Kind, Preview


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
    edits.check([edit], root=chat.root)  # a yes is asked for only where it counts
    chat.screen.diff(unified(edit))
    verb = "make" if edit.before is None else "change"
    if not chat.screen.confirm(f"{verb} {edit.path}?"):
        chat.screen.say("nothing was written")
        return
    label = newest(chat).request.split("\n")[0][:80]
    step = edits.apply([edit], root=chat.root, journal=Journal(), label=label)
    chat.screen.say(f"wrote {edit.path} ({summary([edit])}); /undo takes it back")
    chat.session.record(Applied(step=step.id))


def undo(chat: Chat, argument: str) -> None:
    """Take the last step back; one that this session did not write only after its diff and a yes."""
    nothing(argument, "/undo")
    _move(chat, "undo", "restored")


def redo(chat: Chat, argument: str) -> None:
    """Bring the step last undone back; one that this session did not write only after its diff and a yes."""
    nothing(argument, "/redo")
    _move(chat, "redo", "wrote")


def _move(chat: Chat, kind: Kind, verb: str) -> None:
    from assistant.edits import undo as edits
    from assistant.edits.journal import Journal

    journal = Journal()
    moves = {"undo": edits.undo, "redo": edits.redo}
    try:
        coming = edits.preview(chat.root, kind, journal=journal)
        if coming.step.id not in chat.session.state.steps and not _agreed(chat, kind, coming):
            chat.screen.say("nothing was changed")
            return
        result = moves[kind](chat.root, journal=journal, only=coming.step.id)
    except edits.UndoRefused as refused:
        chat.screen.diff(refused.diff)
        raise
    told = [f"{verb} {shown(path)}" for path in result.written]
    told += [f"removed {shown(path)}" for path in result.removed]
    label = f" ({result.step.label})" if result.step.label else ""
    chat.screen.say((", ".join(told) or "all is as it should be already") + label)


def _agreed(chat: Chat, kind: Kind, coming: Preview) -> bool:
    """A yes to a step of another session or command.

    Raises:
        UserError: nobody is there to say it.
    """
    day = datetime.fromisoformat(coming.step.time).astimezone().strftime("%Y-%m-%d %H:%M")
    label = f"{coming.step.label}, " if coming.step.label else ""
    chat.screen.say(f"this session did not write that step: {label}{day}")
    if coming.diff:
        chat.screen.diff(coming.diff)
    return chat.screen.confirm(f"{kind} it?")


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
    Command("/apply", "[FILE]", "write it after a yes; FILE may be new", apply, files, destroys=True),
    Command(
        "/undo",
        "",
        "take the last written step in this folder back; after a yes, where another session wrote it",
        undo,
        destroys=True,
    ),
    Command("/redo", "", "bring back what was undone; after a yes, as /undo", redo, destroys=True),
)
