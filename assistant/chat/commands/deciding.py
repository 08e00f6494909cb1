"""/ask, /threshold, /effort, /answer, /code and /why: whether questions come first."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from assistant.chat import rounds
from assistant.chat.commands.base import Command, nothing
from assistant.decision.effort import PLANS, Effort
from assistant.decision.request import AskMode
from models.errors import UserError, nearest

if TYPE_CHECKING:
    from assistant.chat.loop import Chat

_MODES: dict[str, AskMode] = {mode: mode for mode in get_args(AskMode)} | {"off": "never"}

_EFFORTS: dict[str, Effort] = {name: name for name in PLANS}


def ask(chat: Chat, argument: str) -> None:
    """Show or set when to ask."""
    if argument:
        if argument not in _MODES:
            raise UserError(f"/ask knows no {argument!r}", do=nearest(argument, list(_MODES)))
        chat.settings = chat.settings.model_copy(update={"ask": _MODES[argument]})
        chat.remember_settings()
    chat.screen.say(f"ask: {chat.settings.ask}")


def threshold(chat: Chat, argument: str) -> None:
    """Show or set the p_ask from which questions come first."""
    if argument:
        try:
            value = float(argument)
        except ValueError:
            value = -1.0
        if not 0.0 <= value <= 1.0:
            raise UserError(f"a threshold is a number from 0 to 1, not {argument!r}")
        chat.settings = chat.settings.model_copy(update={"threshold": value})
        chat.remember_settings()
    chat.screen.say(f"threshold: {chat.settings.threshold:g}")


def effort(chat: Chat, argument: str) -> None:
    """Show or set what a decision may cost."""
    if argument:
        if argument not in _EFFORTS:
            raise UserError(f"/effort knows no {argument!r}", do=nearest(argument, list(_EFFORTS)))
        chat.settings = chat.settings.model_copy(update={"effort": _EFFORTS[argument]})
        chat.remember_settings()
    plan = PLANS[chat.settings.effort]
    told = f"effort: {chat.settings.effort}"
    if plan.drafts:
        told += f"; runs up to {plan.drafts} drafts in the sandbox, within {plan.seconds:g} s"
    chat.screen.say(told)


def code(chat: Chat, argument: str) -> None:
    """Have the code for the last request written."""
    nothing(argument, "/code")
    rounds.write_now(chat)


def answer(chat: Chat, argument: str) -> None:
    """Put the questions that are still open again."""
    nothing(argument, "/answer")
    if not rounds.newest(chat).waiting:
        raise UserError("no question is open", do="say what you want, or /code")
    if not chat.screen.interactive:
        raise UserError("nobody is there to answer", do="do it in a terminal")
    rounds.ask_and_write(chat)


def why(chat: Chat, argument: str) -> None:
    """Say what the last decision rests on."""
    nothing(argument, "/why")
    rounds.newest(chat)
    for line in rounds.reasons(chat):
        chat.screen.say(line)


COMMANDS = (
    Command("/ask", "[auto|always|never|off]", "when to ask; off is never", ask, lambda: list(_MODES)),
    Command("/threshold", "[NUMBER]", "in auto, ask when p_ask is at least this", threshold),
    Command(
        "/effort",
        "[low|normal|high]",
        "what a decision in auto may cost; above low it runs drafts in the sandbox",
        effort,
        lambda: list(_EFFORTS),
    ),
    Command("/answer", "", "put the open questions of the last request again", answer),
    Command("/code", "", "write the code for the last request now, without asking", code),
    Command("/why", "", "what the last decision rests on", why),
)
