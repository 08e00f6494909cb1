"""An earlier session taken up again: what it was about, and the settings it had."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.chat.attachments import shown
from assistant.chat.state import State

if TYPE_CHECKING:
    from assistant.chat.loop import Chat

_OF_THE_MODEL = ("model", "adapter", "code_by", "base_url")


def flags(state: State, given: dict[str, Any]) -> dict[str, Any]:
    """The settings to load: the session's, but for what the command line says.

    Args:
        state: of the session.
        given: flags of the command line; None where one was not given. A model or a server takes the place
            of the session's model, adapter and server together, and an adapter that of who writes code.
    """
    told = {name: value for name, value in given.items() if value is not None}
    if state.configured is None:
        return told
    known = state.configured.model_dump(exclude={"at", "kind"})
    if told.keys() & {"model", "base_url"}:
        known = {name: value for name, value in known.items() if name not in _OF_THE_MODEL}
    elif "adapter" in told:
        del known["code_by"]
    return known | told


def take_settings(chat: Chat) -> None:
    """After /load: decide as that session did; the model stays the one that is open."""
    configured = chat.session.state.configured
    if configured is not None:
        changes = configured.model_dump(include={"ask", "threshold", "effort", "max_tokens"})
        chat.settings = chat.settings.model_copy(update=changes)


def show(chat: Chat) -> None:
    """Say what the session holds, and show its newest turn."""
    state, screen = chat.session.state, chat.screen
    count = len(state.turns)
    names = ", ".join(shown(Path(path)) for path in state.files)
    turns = "1 turn" if count == 1 else f"{count} turns"
    screen.note(f"session {chat.session.id}: {turns}" + (f"; added: {names}" if names else ""))
    if chat.session.unread:
        screen.note(f"{chat.session.unread} records could not be read and were passed over")
    turn = state.last
    if turn is None:
        return
    screen.say(f"> {turn.request}")
    for index, question in enumerate(turn.questions):
        answered = turn.answers.get(index) or "(left to the model)"
        screen.say(f"{index + 1}. {question.text}")
        if index in turn.answers:
            screen.say(f"   {answered}")
    if turn.block is not None:
        screen.code(turn.block.code, turn.block.language)
    if turn.coded is None and not turn.waiting:
        screen.note("the last reply did not come to its end; /code has the code written")
