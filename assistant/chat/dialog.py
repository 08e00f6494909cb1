"""Takes the answers to a request's questions, one by one; each is recorded before the next is put.

`clarify chat` records them in its session, `clarify ask` in memory; the dialog knows only a ledger.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

from assistant.chat.interface import Position, Screen, Status
from models.reply import Question

_COMMAND = re.compile(r"/[A-Za-z?]+")
_KEYS = "a digit takes an option · . you decide · ? why I ask · /back · Esc leaves the rest to me"
_HELP = (
    f"{_KEYS}\n/skip leaves the rest too; each point is then stated as an assumption. "
    "/back puts the question before again. Ctrl-C and Ctrl-D leave the questions open."
)

Step = Literal["next", "back", "skip"]


class Ledger(Protocol):
    """Questions, and what was said to them so far."""

    @property
    def questions(self) -> Sequence[Question]:
        """What is asked."""

    @property
    def answers(self) -> Mapping[int, str | None]:
        """By the question's index; None leaves the point to the model."""

    def record(self, index: int, text: str | None) -> None:
        """Keep an answer.

        Raises:
            UserError: it could not be kept.
        """


class Dialog:
    """Asks until every question has an answer or is left to the model.

    Args:
        ledger: where answers are recorded.
        screen: where the questions are put.
        status: for the status line.
        why: what the decision to ask rests on, in lines for people.
        place: `file:line` of what is asked about, shown with every question.
    """

    def __init__(
        self,
        ledger: Ledger,
        screen: Screen,
        status: Callable[[], Status],
        why: Callable[[], Sequence[str]],
        place: str = "",
    ) -> None:
        self._ledger = ledger
        self._screen = screen
        self._status = status
        self._why = why
        self._place = place

    @property
    def _unanswered(self) -> tuple[int, ...]:
        answers = self._ledger.answers
        return tuple(index for index in range(len(self._ledger.questions)) if index not in answers)

    def run(self) -> None:
        """Ask until nothing is open.

        Raises:
            EOFError: the user leaves; the questions without an answer stay open.
            KeyboardInterrupt: the user breaks off; the questions without an answer stay open.
            UserError: an answer could not be recorded.
        """
        self._screen.note(_KEYS)
        again: int | None = None
        while again is not None or self._unanswered:
            index = self._unanswered[0] if again is None else again
            step = self._put(index)
            if step == "back":
                again = max(index - 1, 0)
            else:
                again = None
            if step == "skip":
                self._leave_rest()

    def _put(self, index: int) -> Step:
        """Put one question until something comes of it."""
        question = self._ledger.questions[index]
        earlier = self._ledger.answers.get(index) or ""
        position = Position(index + 1, len(self._ledger.questions), question, earlier, self._place)
        while True:
            said = self._screen.answer(position, self._status())
            if said is None:
                return "skip"
            said = said.strip()
            if _COMMAND.fullmatch(said) or said == "?":
                step = self._obey(said, index)
                if step is not None:
                    return step
            elif self._take(index, question, said):
                return "next"

    def _obey(self, command: str, index: int) -> Step | None:
        match command:
            case "/skip":
                return "skip"
            case "/back" if index > 0:
                return "back"
            case "/back":
                self._screen.note("this is the first question")
            case "/exit":
                raise EOFError
            case "?" | "/why":
                for line in self._why():
                    self._screen.say(line)
            case "/help":
                self._screen.note(_HELP)
            case _:
                self._screen.note(
                    f"{command} has to wait for the answers, or /skip them; /help lists what goes"
                )
        return None

    def _take(self, index: int, question: Question, said: str) -> bool:
        """Record an answer; False when it was none."""
        if said == ".":
            self._ledger.record(index, None)
            self._screen.note(f"left to the model: {question.text}")
            return True
        text = said
        if said.isdecimal() and question.options:
            number = int(said)
            if not 1 <= number <= len(question.options):
                options = len(question.options)
                self._screen.note(f"there are {options} options; to answer with a number, put a word to it")
                return False
            text = question.options[number - 1]
            self._screen.note(f"→ {text}")
        self._ledger.record(index, text)
        return True

    def _leave_rest(self) -> None:
        left = self._unanswered
        for index in left:
            self._ledger.record(index, None)
        # Which ones they are is stated under the code, as assumptions.
        self._screen.note(f"left to the model: {len(left)} of {len(self._ledger.questions)} questions")
