"""The questions of `clarify ask` in a terminal: the chat's own dialog, with the answers kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from assistant.chat.dialog import Dialog
from assistant.chat.interface import Status
from assistant.decision.explain import explain
from assistant.decision.outcome import Ask
from assistant.specs.spec import Spec
from models.backends.base import Identity
from models.console import err
from models.reply import Answer, Question


@dataclass(slots=True)
class _Memory:
    """Answers to one list of questions."""

    questions: tuple[Question, ...]
    given: dict[int, str | None] = field(default_factory=dict)

    @property
    def answers(self) -> Mapping[int, str | None]:
        return self.given

    def record(self, index: int, text: str | None) -> None:
        self.given[index] = text


def terminal_dialog(identity: Identity, threshold: float) -> Callable[[Spec, Ask], tuple[Answer, ...] | None]:
    """A function that takes the answers about a spec; None when the user leaves the questions open.

    Args:
        identity: the model that asks, for the status line.
        threshold: that p_ask was held against, for `?`.
    """
    from assistant.chat.screen import TerminalScreen

    screen = TerminalScreen(err())
    status = Status(model=identity.model, adapter=identity.adapter, waiting=True)

    def take(spec: Spec, asked: Ask) -> tuple[Answer, ...] | None:
        memory = _Memory(asked.questions)
        count = len(asked.questions)
        screen.note(f"{spec.name}: {count} question{'s' if count > 1 else ''} first")
        reasons = lambda: explain("asked", asked.p_ask, asked.findings, threshold)  # noqa: E731
        try:
            Dialog(memory, screen, lambda: status, reasons, place=spec.place if spec.file else "").run()
        except EOFError:
            return None
        return tuple(
            Answer(question=question, text=memory.given[index])
            for index, question in enumerate(asked.questions)
        )

    return take
