"""What a command of the chat is."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import UserError

if TYPE_CHECKING:
    from assistant.chat.loop import Chat

Choices = Callable[[], Sequence[str]]
"""What may follow a command, looked up when it is needed."""


def files() -> Sequence[str]:
    """Stands for the files of the file system, which a completer lists as they are typed."""
    return ()


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Args:
        name: with its slash.
        usage: what follows the name, for /help; empty when nothing does.
        help: one line.
        run: does it, given what follows the name, stripped; raises UserError when it cannot.
        choices: for completion: what may follow, or `files`.
        destroys: whether a slip would lose something, so that no typo is answered with its name.
    """

    name: str
    usage: str
    help: str
    run: Callable[[Chat, str], None]
    choices: Choices | None = None
    destroys: bool = False


def words(argument: str) -> list[str]:
    """A command's words; quotes hold a name with spaces together.

    Raises:
        UserError: a quote is not closed.
    """
    try:
        return shlex.split(argument)
    except ValueError as error:
        raise UserError(f"cannot be read: {argument!r}", do="close the quote") from error


def nothing(argument: str, name: str) -> None:
    """Refuse what follows a command that takes nothing.

    Raises:
        UserError: something follows.
    """
    if argument:
        raise UserError(f"{name} takes nothing, and got {argument!r}", do=f"write {name} alone")
