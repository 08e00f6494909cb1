"""What the newest code would change: the edit that /diff shows and /apply writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.chat.attachments import shown
from assistant.chat.rounds import newest
from assistant.chat.target import choose
from assistant.edits.plan import Edit, merge_code, plan
from assistant.specs.source import read_source
from models.errors import UserError

if TYPE_CHECKING:
    from assistant.chat.loop import Chat

_PYTHON = {".py", ".pyi", ".pyw"}


def propose(chat: Chat, path: Path | None, command: str) -> Edit:
    """The edit that puts the newest code into a file.

    Python is merged into what is there: functions and classes take the place of those with their name, the
    rest stays. In any other file the code takes the place of all; the diff shows it.

    Args:
        chat: whose newest turn has the code.
        path: the file, absolute; None to find it among those added.
        command: for advice in errors.

    Raises:
        UserError: there is no whole code, no file for it, or nothing would change.
    """
    turn = newest(chat)
    if turn.coded is None:
        raise UserError("the last request has no whole code", do="/code has it written")
    code = turn.coded.code
    target = path or choose(code, chat.files(), command)
    before = _text(target)
    merges = before is not None and target.suffix.lower() in _PYTHON
    edit = plan(Path(shown(target)), before, merge_code(before or "", code) if merges else code)
    if edit is None:
        raise UserError("the code changes nothing", where=shown(target))
    return edit


def _text(path: Path) -> str | None:
    """A file's text as it is, a byte order mark included; None when there is no such file."""
    if not path.exists():
        return None
    if path.is_file() and path.stat().st_size == 0:
        return ""
    return read_source(Path(shown(path)))
