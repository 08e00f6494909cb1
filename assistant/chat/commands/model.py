"""/model and /adapter: another model without leaving the chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.chat.commands.base import Command, words
from assistant.setup import backend_choice
from models.backends.base import Usage
from models.errors import UserError

if TYPE_CHECKING:
    from assistant.chat.loop import Chat
    from models.backends.gguf import GgufBackend


_LOCAL = "local"
_SERVICES = ("openai:", "gemini:")


def model(chat: Chat, argument: str) -> None:
    """Show the model, or change to another one."""
    given = words(argument)
    if not given:
        _show(chat)
        chat.screen.say("on this machine: " + (", ".join(_models()) or "none"))
        return
    if len(given) > 2:
        raise UserError("/model takes a name and maybe a server's address", do="see /help")
    changes: dict[str, Any] = {"model": given[0], "adapter": None, "code_by": None}
    if given == [_LOCAL]:
        changes |= {"model": None, "base_url": None}
    elif len(given) == 2:
        changes["base_url"] = None if given[1] == _LOCAL else given[1]
    elif given[0].startswith(_SERVICES):
        changes["base_url"] = None  # it names where it is
    _swap(chat, changes)


def adapter(chat: Chat, argument: str) -> None:
    """Show the adapter, or change to another one."""
    if not argument:
        _show(chat)
        return
    from models.backends.gguf import GgufBackend

    changes = {"adapter": None if argument == "default" else words(argument)[0], "code_by": None}
    if isinstance(chat.backend, GgufBackend) and chat.backend.takes_adapters:
        _attach(chat, chat.backend, changes)
    else:
        _swap(chat, changes)


def _attach(chat: Chat, backend: GgufBackend, changes: dict[str, Any]) -> None:
    """Change the adapter of a loaded model, which stays as it was when that fails."""
    from models.backends.select import code_by
    from models.registry.resolve import resolve, resolve_adapter

    settings = chat.settings.model_copy(update=changes)
    found = resolve_adapter(settings.adapter, resolve(settings.model))
    if code_by(backend_choice(settings), found) == "base":
        return _swap(chat, changes)  # that takes two
    backend.use_adapter(found.path if found else None, found.name if found else None)
    chat.settings = settings
    chat.remember_settings()
    _show(chat)


def _swap(chat: Chat, changes: dict[str, Any]) -> None:
    """Open the new one first, so that the old one stays when that fails."""
    settings = chat.settings.model_copy(update=changes)
    chat.screen.note("loading …")
    opened = chat.opener(backend_choice(settings))
    chat.backend, old = opened, chat.backend
    old.close()
    chat.settings = settings
    chat.usage, chat.left_out = Usage(), 0  # another window may hold what the old one did not
    chat.remember_settings()
    _show(chat)


def _show(chat: Chat) -> None:
    """Say which model answers."""
    identity = chat.backend.identity
    window = chat.backend.capabilities.context_tokens
    chat.screen.say(
        f"model: {identity.model}; adapter: {identity.adapter or 'none'}"
        + (", which leaves code to its base" if identity.code_by else "")
        + (f"; context: {window} tokens" if window else "")
    )


def _models() -> Sequence[str]:
    """Names of the models that are on this machine."""
    from models.registry import index, store

    try:
        return [known.entry.name for known in index.models() if store.state(known) == "present"]
    except UserError:
        return ()  # a broken registry is told of when a model is opened, not while somebody types


def _adapters() -> Sequence[str]:
    from models.registry import index, store

    try:
        here = [known.entry.name for known in index.adapters() if store.state(known) == "present"]
    except UserError:
        here = []
    return (*here, "none", "default")


COMMANDS = (
    Command(
        "/model",
        "[NAME [URL|local]]",
        "show or change the model; with an address, on that server; local leaves the server, and alone is "
        "the default model of this machine",
        model,
        lambda: (*_models(), _LOCAL),
    ),
    Command("/adapter", "[NAME|none|default]", "show or change the adapter", adapter, _adapters),
)
