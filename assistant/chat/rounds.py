"""The rounds of a turn: the decision, the questions with their answers, the code. All of it is recorded."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.chat.dialog import Dialog
from assistant.chat.events import Answered, Asked, Broken, Coded, Requested
from assistant.chat.fit import fit
from assistant.chat.session import Session
from assistant.chat.state import Turn
from assistant.decision.code_reply import Stopped
from assistant.decision.decider import build_decider
from assistant.decision.explain import explain
from assistant.decision.outcome import Ask, Code
from assistant.decision.request import DecisionSettings, OnText, Request, Round
from assistant.setup import decision_settings, untuned_note
from models.backends.base import Usage
from models.console import clean
from models.errors import UserError
from models.reply import Answer, Question

if TYPE_CHECKING:
    from assistant.chat.loop import Chat


def request(chat: Chat, text: str) -> None:
    """A new turn.

    Raises:
        EOFError: the user left while something was asked.
        UserError: no reply came; the request is on record, and /code tries again.
    """
    chat.remember_settings()
    chat.session.record(Requested(text=text))
    _first(chat, decision_settings(chat.settings))


def write_now(chat: Chat) -> None:
    """The code for the newest request without asking; what is open is left to the model.

    Raises:
        UserError: there is no request, or no code came.
    """
    turn = newest(chat)
    if not turn.questions:
        return _first(chat, dataclasses.replace(decision_settings(chat.settings), ask="never"))
    for index in turn.unanswered:
        chat.session.record(Answered(index=index, text=None))
    return _second(chat)


def ask_and_write(chat: Chat) -> None:
    """Take the answers that are missing, then have the code written; Ctrl-C leaves the questions open.

    Raises:
        EOFError: the user left; what was answered is on record.
        UserError: no code came.
    """
    dialog = Dialog(_Record(chat.session), chat.screen, lambda: chat.status, lambda: reasons(chat))
    try:
        dialog.run()
    except KeyboardInterrupt:
        chat.screen.note("the questions stay open: /answer puts them again, /code does without the answers")
        return
    _second(chat)


def reasons(chat: Chat) -> list[str]:
    """What the newest turn's decision rests on, in lines for people."""
    turn = chat.session.state.last
    event = (turn.asked or turn.coded) if turn else None
    if turn is None or event is None:
        return ["nothing was decided yet"]
    did = "asked" if turn.asked else "wrote code"
    threshold = chat.settings.threshold if event.threshold is None else event.threshold
    return explain(did, event.p_ask, event.findings, threshold, event.ask)


@dataclass(frozen=True, slots=True)
class _Record:
    """The newest turn of a session as the ledger of a dialog."""

    session: Session

    @property
    def _turn(self) -> Turn:
        turn = self.session.state.last
        assert turn is not None  # a dialog is opened about a turn
        return turn

    @property
    def questions(self) -> tuple[Question, ...]:
        return self._turn.questions

    @property
    def answers(self) -> Mapping[int, str | None]:
        return self._turn.answers

    def record(self, index: int, text: str | None) -> None:
        self.session.record(Answered(index=index, text=text))


def newest(chat: Chat) -> Turn:
    """The newest turn.

    Raises:
        UserError: there is none.
    """
    if (turn := chat.session.state.last) is None:
        raise UserError("there is no request yet", do="say what you want first")
    return turn


def _first(chat: Chat, settings: DecisionSettings) -> None:
    decider = build_decider(chat.backend)
    done = _reply(chat, (), lambda request, on_text: decider.first(request, settings, on_text))
    if done is None:
        return
    if isinstance(done.outcome, Code):
        _coded(chat, done.outcome, done.usage, settings)
    else:
        _asked(chat, done.outcome, done.usage, settings)


def _second(chat: Chat) -> None:
    decider = build_decider(chat.backend)
    settings = decision_settings(chat.settings)
    answers = newest(chat).pairs
    done = _reply(chat, answers, lambda request, on_text: decider.second(request, answers, settings, on_text))
    if done is not None and isinstance(done.outcome, Code):
        _coded(chat, done.outcome, done.usage, settings)


def _reply(chat: Chat, answers: tuple[Answer, ...], run: Callable[[Request, OnText], Round]) -> Round | None:
    """Run one round on the screen; None when it was stopped. However it ends, what came is on record."""
    pieces: list[str] = []
    try:
        request = _fitted(chat, answers)
        with chat.screen.reply() as show:

            def on_text(piece: str) -> None:
                pieces.append(piece)
                show(piece)

            done = run(request, on_text)
    except (Stopped, KeyboardInterrupt) as stopped:
        usage = stopped.completion.usage if isinstance(stopped, Stopped) else Usage()
        chat.session.record(Broken(reason="stopped", text="".join(pieces), usage=usage))
        if not chat.screen.interactive:
            raise KeyboardInterrupt from stopped  # who stops a script means all of it
        chat.screen.note("stopped; what came is kept, and /code has the code written again")
        return None
    except UserError:
        chat.session.record(Broken(reason="failed", text="".join(pieces)))
        raise
    chat.usage = done.completion.usage
    return done


def _fitted(chat: Chat, answers: tuple[Answer, ...]) -> Request:
    turns = chat.session.state.turns
    fitted = fit(
        chat.backend,
        turns[-1].request,
        files=chat.files(),
        turns=turns[:-1],
        answers=answers,
        left_out=chat.left_out,
        reply_tokens=chat.settings.max_tokens,
    )
    if fitted.left_out > chat.left_out:
        count = fitted.left_out
        out = "turn is" if count == 1 else f"{count} turns are"
        chat.screen.note(
            f"the conversation no longer fits the context: the oldest {out} left out (/context shows more)"
        )
    chat.left_out = fitted.left_out
    return fitted.request


def _asked(chat: Chat, outcome: Ask, usage: Usage, settings: DecisionSettings) -> None:
    chat.session.record(
        Asked(
            questions=outcome.questions,
            p_ask=outcome.p_ask,
            findings=outcome.findings,
            ask=settings.ask,
            threshold=settings.threshold,
            usage=usage,
        )
    )
    count = len(outcome.questions)
    _tell_p_ask(chat, f"{count} question{'s' if count > 1 else ''} first", outcome.p_ask)
    if chat.screen.interactive:
        ask_and_write(chat)
    else:
        chat.screen.questions(outcome.questions)


def _coded(chat: Chat, outcome: Code, usage: Usage, settings: DecisionSettings) -> None:
    code = clean(outcome.code)  # what is shown is what /apply writes
    chat.session.record(
        Coded(
            code=code,
            language=outcome.language,
            assumptions=outcome.assumptions,
            p_ask=outcome.p_ask,
            findings=outcome.findings,
            ask=settings.ask,
            threshold=settings.threshold,
            usage=usage,
        )
    )
    chat.screen.code(code, outcome.language)
    for assumption in outcome.assumptions:
        chat.screen.note(f"assumption: {assumption}")
    _tell_p_ask(chat, "code", outcome.p_ask)


def _tell_p_ask(chat: Chat, what: str, p_ask: float | None) -> None:
    """One line on the decision, where there was one."""
    if p_ask is None:
        return
    chat.screen.note(f"{what} · p_ask {p_ask:.2f}")
    # Here p_ask is shown in every mode, and not in auto alone.
    note = untuned_note(chat.backend, chat.settings.model_copy(update={"ask": "auto"}))
    if note and chat.backend.identity.model not in chat.warned:
        chat.warned.add(chat.backend.identity.model)
        chat.screen.note(note)
