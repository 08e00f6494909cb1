"""The /commands of the chat: one file per group, gathered here by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.chat.commands import deciding, edits, files, leaving, model, saving, show
from assistant.chat.commands.base import Command
from models.errors import UserError, nearest

if TYPE_CHECKING:
    from assistant.chat.loop import Chat

_GROUPS = (model, files, deciding, edits, saving, show, leaving)
TABLE: dict[str, Command] = {command.name: command for group in _GROUPS for command in group.COMMANDS}

_FORM = re.compile(r"(/[A-Za-z?]+)(?:\s+(.*))?", re.DOTALL)


def is_one(text: str) -> bool:
    """Whether a message is a command: a slash and one word of letters, so that `/etc/hosts …` is none."""
    return _FORM.fullmatch(text.strip()) is not None


def run(chat: Chat, text: str) -> None:
    """Run the command that a message is.

    Raises:
        EOFError: the command leaves the chat.
        UserError: there is no such command, or it could not be done.
    """
    match = _FORM.fullmatch(text.strip())
    assert match is not None  # is_one said so
    name = match[1].lower()
    command = TABLE.get(name)
    if command is None:
        raise UserError(f"there is no command {name}", do=nearest(name, list(TABLE)))
    command.run(chat, (match[2] or "").strip())
