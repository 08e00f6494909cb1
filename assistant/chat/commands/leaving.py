"""/exit: the way out for those who type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.chat.commands.base import Command, nothing

if TYPE_CHECKING:
    from assistant.chat.loop import Chat


def leave(chat: Chat, argument: str) -> None:
    """Leave the chat; everything is on the disk already."""
    nothing(argument, "/exit")
    raise EOFError


COMMANDS = (Command("/exit", "", "leave; Ctrl-D does too", leave),)
