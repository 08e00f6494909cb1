"""The /commands of the chat: one file per group, gathered here by name."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from assistant.chat.commands import deciding, edits, files, leaving, model, saving, show
from assistant.chat.commands.base import Command
from models.errors import UserError

if TYPE_CHECKING:
    from assistant.chat.loop import Chat

_GROUPS = (model, files, deciding, edits, saving, show, leaving)
TABLE: dict[str, Command] = {command.name: command for group in _GROUPS for command in group.COMMANDS}

_FORM = re.compile(r"(/[^\s/]*)(?:\s+(.*))?", re.DOTALL)


def is_one(text: str) -> bool:
    """Whether a message is meant as a command, known or not; `/etc/hosts …`, with two slashes, is none."""
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
        raise UserError(f"there is no command {name}", do=_advice(name))
    command.run(chat, (match[2] or "").strip())


def _advice(name: str) -> str:
    """The command that was meant, unless it is one that nobody should run by guess."""
    close = difflib.get_close_matches(name, TABLE, n=1, cutoff=0.5)
    if not close or TABLE[close[0]].destroys:
        return "/help lists the commands"
    return f"did you mean `{close[0]}`?"
