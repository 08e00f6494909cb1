"""A screen without a terminal: a list of what the user does, and all that was shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from assistant.chat.interface import Position, Status
from models.errors import UserError
from models.reply import Question, render_questions

ESCAPE = None
CTRL_C = "\x03"


class ScriptedScreen:
    """Replays messages, answers and confirmations, each from a list of its own; then the user leaves.

    Args:
        messages: what is typed at the prompt.
        answers: what is typed at the questions; ESCAPE leaves the rest to the model, CTRL_C interrupts.
        confirmations: what is said to a yes-or-no.
        interactive: whether somebody is there.

    Attributes:
        shown: everything, as (kind, text).
        positions: the questions as they were put.
        statuses: the status line at each prompt and question.
    """

    def __init__(
        self,
        messages: Iterable[str] = (),
        answers: Iterable[str | None] = (),
        confirmations: Iterable[bool] = (),
        *,
        interactive: bool = True,
    ) -> None:
        self.interactive = interactive
        self.shown: list[tuple[str, str]] = []
        self.positions: list[Position] = []
        self.statuses: list[Status] = []
        self.copied: list[str] = []
        self.on_answer: Callable[[Position], None] = lambda position: None
        self._messages = deque(messages)
        self._answers = deque(answers)
        self._confirmations = deque(confirmations)

    def read(self, status: Status) -> str:
        self.statuses.append(status)
        if not self._messages:
            raise EOFError
        return self._messages.popleft()

    def answer(self, position: Position, status: Status) -> str | None:
        self.positions.append(position)
        self.statuses.append(status)
        self.on_answer(position)
        if not self._answers:
            raise EOFError
        said = self._answers.popleft()
        if said == CTRL_C:
            raise KeyboardInterrupt
        return said

    def confirm(self, question: str) -> bool:
        self.shown.append(("confirm", question))
        if not self.interactive:
            raise UserError("nobody is there to say yes")
        return self._confirmations.popleft()

    @contextmanager
    def reply(self) -> Iterator[Callable[[str], None]]:
        yield lambda piece: self.shown.append(("piece", piece))

    def code(self, code: str, language: str) -> None:
        self.shown.append(("code", code))

    def questions(self, questions: Sequence[Question]) -> None:
        self.shown.append(("questions", render_questions(tuple(questions))))

    def diff(self, text: str) -> None:
        self.shown.append(("diff", text))

    def say(self, text: str) -> None:
        self.shown.append(("say", text))

    def note(self, text: str) -> None:
        self.shown.append(("note", text))

    def error(self, line: str) -> None:
        self.shown.append(("error", line))

    def copy(self, text: str) -> str:
        if not self.interactive:
            raise UserError("no clipboard")
        self.copied.append(text)
        return "by the test"

    def texts(self, kind: str) -> list[str]:
        """All that was shown of one kind."""
        return [text for known, text in self.shown if known == kind]
