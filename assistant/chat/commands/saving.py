"""/save, /load and /clear: sessions under a name, and a fresh start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.chat import recall, rounds
from assistant.chat.commands.base import Command, nothing
from assistant.chat.events import Cleared
from assistant.chat.session import Session, checked, saves, saves_dir
from models.backends.base import Usage
from models.errors import UserError

if TYPE_CHECKING:
    from assistant.chat.loop import Chat


def save(chat: Chat, argument: str) -> None:
    """Keep a copy of the session under a name."""
    if not argument:
        raise UserError("/save needs a name", do="/save NAME")
    if (saves_dir() / f"{checked(argument)}.jsonl").exists() and not chat.screen.confirm(
        f"replace what is saved as {argument}?"
    ):
        return
    chat.session.save(argument)
    chat.screen.say(f"saved; `/load {argument}` or `clarify chat --resume {argument}` opens it")


def load(chat: Chat, argument: str) -> None:
    """Go on from a saved session; the one at hand stays on the disk."""
    if not argument:
        chat.screen.say("saved: " + (", ".join(saves()) or "nothing"))
        return
    opened = Session.load(argument)
    chat.session, old = opened, chat.session
    old.close()
    chat.usage, chat.left_out = Usage(), 0
    recall.take_settings(chat)
    recall.show(chat)
    if chat.session.state.waiting and chat.screen.interactive:
        rounds.ask_and_write(chat)


def clear(chat: Chat, argument: str) -> None:
    """Forget the conversation."""
    nothing(argument, "/clear")
    if chat.session.state.turns:
        chat.session.record(Cleared())
    chat.usage, chat.left_out = Usage(), 0  # what the last reply filled the context with is forgotten
    chat.screen.say("the conversation is cleared; added files and settings stay")


COMMANDS = (
    Command("/save", "NAME", "keep a copy of this session under a name", save, saves),
    Command("/load", "[NAME]", "go on from a saved session; alone, list them", load, saves),
    Command("/clear", "", "forget the conversation; files and settings stay", clear, destroys=True),
)
