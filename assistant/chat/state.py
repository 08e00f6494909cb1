"""The state of a chat: a fold over its events, and nothing that is not in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.chat.events import (
    Answered,
    Applied,
    Asked,
    Broken,
    Cleared,
    Coded,
    Configured,
    Event,
    FileAdded,
    FileDropped,
    Requested,
)
from models.backends.base import Message, Usage
from models.console import clean
from models.reply import (
    Answer,
    CodeBlock,
    Question,
    parse,
    render_answers,
    render_code,
    render_questions,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One request, with what came of it so far.

    Args:
        request: the user's words.
        asked: the questions, once the model asked.
        answers: by the question's index; None leaves the point to the model.
        coded: the newest code that is whole.
        broken: set while the newest reply did not come to its end.
    """

    request: str
    asked: Asked | None = None
    answers: dict[int, str | None] = field(default_factory=dict)
    coded: Coded | None = None
    broken: Broken | None = None

    @property
    def questions(self) -> tuple[Question, ...]:
        """What the model asked; empty when it did not."""
        return self.asked.questions if self.asked else ()

    @property
    def unanswered(self) -> tuple[int, ...]:
        """Indices of the questions without an answer."""
        return tuple(index for index in range(len(self.questions)) if index not in self.answers)

    @property
    def waiting(self) -> bool:
        """Whether the user is to answer something."""
        return bool(self.unanswered) and self.coded is None

    @property
    def pairs(self) -> tuple[Answer, ...]:
        """Each question with its answer, or with None where there is none."""
        return tuple(
            Answer(question=question, text=self.answers.get(index))
            for index, question in enumerate(self.questions)
        )

    @property
    def block(self) -> CodeBlock | None:
        """The newest whole code, else what there is of a broken reply's."""
        if self.coded is not None:
            return CodeBlock(self.coded.code, self.coded.language)
        reply = parse(clean(self.broken.text)) if self.broken else None
        return reply if isinstance(reply, CodeBlock) and reply.code.strip() else None

    def messages(self) -> tuple[Message, ...]:
        """The turn as later requests see it; empty when there was no reply to learn from."""
        request = Message("user", self.request)
        asked: tuple[Message, ...] = ()
        if self.asked:
            asked = (request, Message("assistant", render_questions(self.questions)))
        if (block := self.block) is None:
            return asked
        code = Message("assistant", render_code(block.code, block.language))
        if asked:
            return (*asked, Message("user", render_answers(self.pairs)), code)
        return (request, code)


@dataclass(frozen=True, slots=True)
class State:
    """A chat at one moment.

    Args:
        turns: oldest first.
        files: absolute paths, in the order added.
        configured: the settings that the session last recorded.
        usage: the cost of all replies, of cleared turns too.
        steps: ids of the undo journal's steps that are this session's own, of cleared turns too.
    """

    turns: tuple[Turn, ...] = ()
    files: tuple[str, ...] = ()
    configured: Configured | None = None
    usage: Usage = Usage()
    steps: frozenset[str] = frozenset()

    @property
    def last(self) -> Turn | None:
        """The newest turn."""
        return self.turns[-1] if self.turns else None

    @property
    def waiting(self) -> bool:
        """Whether the newest turn waits for the user."""
        return self.last is not None and self.last.waiting

    @property
    def open_turns(self) -> int:
        """How many turns were left with questions that nobody answered."""
        return sum(turn.waiting for turn in self.turns)


def fold(events: Iterable[Event]) -> State:
    """The state after all events."""
    state = State()
    for event in events:
        state = after(state, event)
    return state


def after(state: State, event: Event) -> State:
    """The state after one more event. Never raises: an event about no turn changes nothing."""
    match event:
        case Configured():
            return dataclasses.replace(state, configured=event)
        case FileAdded(path=path) if path not in state.files:
            return dataclasses.replace(state, files=(*state.files, path))
        case FileDropped(path=path):
            return dataclasses.replace(state, files=tuple(file for file in state.files if file != path))
        case Applied(step=step):
            return dataclasses.replace(state, steps=state.steps | {step})
        case Cleared():
            return dataclasses.replace(state, turns=())
        case Requested(text=text):
            return dataclasses.replace(state, turns=(*state.turns, Turn(text)))
        case Asked() | Answered() | Coded() | Broken() if state.turns:
            usage = state.usage if isinstance(event, Answered) else state.usage + event.usage
            turns = (*state.turns[:-1], _turn_after(state.turns[-1], event))
            return dataclasses.replace(state, turns=turns, usage=usage)
    return state


def _turn_after(turn: Turn, event: Asked | Answered | Coded | Broken) -> Turn:
    match event:
        case Asked():
            return Turn(turn.request, asked=event)
        case Answered(index=index, text=text):
            return dataclasses.replace(turn, answers={**turn.answers, index: text})
        case Coded():
            return dataclasses.replace(turn, coded=event, broken=None)
        case Broken():
            return dataclasses.replace(turn, broken=event)
