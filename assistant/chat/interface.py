"""What the chat needs of a screen: the loop knows this protocol and no terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from models.reply import Question


@dataclass(frozen=True, slots=True)
class Status:
    """What the status line says.

    Args:
        model: the name of the model that answers.
        adapter: of its adapter; None without one.
        tokens_per_second: of the last reply; 0.0 before the first.
        used_tokens: of the context window, by the last reply with its prompt.
        context_tokens: its size; None where only the service knows.
        waiting: whether a question waits for the user.
    """

    model: str
    adapter: str | None = None
    tokens_per_second: float = 0.0
    used_tokens: int = 0
    context_tokens: int | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """One question with its place among all.

    Args:
        number: from 1.
        of: how many there are.
        question: what is asked.
        earlier: the user's own earlier answer, when the question is opened again; empty otherwise.
        place: `file:line` of what the question is about; empty where it has none.
    """

    number: int
    of: int
    question: Question
    earlier: str = ""
    place: str = ""


class Screen(Protocol):
    """Where a chat takes place."""

    interactive: bool
    """Whether somebody is there who can answer and confirm."""

    def read(self, status: Status) -> str:
        """The user's next message or command.

        Raises:
            EOFError: the user leaves.
        """

    def answer(self, position: Position, status: Status) -> str | None:
        """What the user says to one question, never blank; None when the rest is left to the model.

        Raises:
            EOFError: the user leaves, and the question stays open.
            KeyboardInterrupt: the user has something else in mind, and the question stays open.
        """

    def confirm(self, question: str) -> bool:
        """A yes or a no, which is the default.

        Raises:
            UserError: nobody is there to say it.
        """

    def reply(self) -> AbstractContextManager[Callable[[str], None]]:
        """A sink for the pieces of one reply while it comes."""

    def code(self, code: str, language: str) -> None:
        """The code of a reply, whole; a screen that just showed it as it came does not show it again."""

    def questions(self, questions: Sequence[Question]) -> None:
        """All questions at once, where nobody is there to be asked one by one."""

    def diff(self, text: str) -> None:
        """A unified diff."""

    def say(self, text: str) -> None:
        """What a command has to tell."""

    def note(self, text: str) -> None:
        """A remark beside the matter."""

    def error(self, line: str) -> None:
        """What went wrong, in one line."""

    def copy(self, text: str) -> str:
        """Put a text on the user's clipboard.

        Returns:
            How, in words.

        Raises:
            UserError: there is no way to.
        """
