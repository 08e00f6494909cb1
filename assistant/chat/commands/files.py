"""/add, /drop and /context: what stands in the context besides the conversation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.chat import attachments
from assistant.chat.attachments import Attachment, shown
from assistant.chat.commands.base import Command, files, words
from assistant.chat.events import FileAdded, FileDropped
from assistant.chat.fit import fit, messages_of
from assistant.decision.request import Request
from models.backends.base import Prompt
from models.errors import ContextOverflow, UserError, nearest

if TYPE_CHECKING:
    from assistant.chat.loop import Chat


def add(chat: Chat, argument: str) -> None:
    """Put files into the context of later requests."""
    for path in paths(chat, argument):
        file = attachments.read(path)
        tokens = _checked_tokens(chat, file)
        again = str(path) in chat.session.state.files
        if not again:
            chat.remember_settings()
            chat.session.record(FileAdded(path=str(path)))
        size = attachments.size_text(len(file.text.encode("utf-8")))
        counted = "" if tokens is None else f", {tokens} tokens"
        chat.screen.say(f"{'already there' if again else 'added'}: {file.name} ({size}{counted})")


def drop(chat: Chat, argument: str) -> None:
    """Take files out of the context."""
    added = chat.session.state.files
    if not argument:
        chat.screen.say("added: " + (", ".join(shown(Path(path)) for path in added) or "no file"))
        return
    for path in paths(chat, argument):
        if str(path) not in added:
            names = [shown(Path(known)) for known in added]
            raise UserError(f"{shown(path)} was not added", do=nearest(shown(path), names))
        chat.session.record(FileDropped(path=str(path)))
        chat.screen.say(f"dropped: {shown(path)}")


def context(chat: Chat, argument: str) -> None:
    """Say what the next request carries, in tokens."""
    window = chat.backend.capabilities.context_tokens
    empty = _count(chat, [])
    if empty is None:
        chat.screen.say("only the server knows how it counts tokens, so nothing is left out")
    else:
        chat.screen.say(f"instruction: {empty} tokens")
    for file in chat.files():
        with_it = _count(chat, [file])
        size = "" if with_it is None or empty is None else f": {with_it - empty} tokens"
        chat.screen.say(f"{file.name}{size}")
    turns = chat.session.state.turns
    fitted = fit(
        chat.backend,
        "",
        files=chat.files(),
        turns=turns,
        left_out=chat.left_out,
        reply_tokens=chat.settings.max_tokens,
    )
    out = f", the oldest {fitted.left_out} left out" if fitted.left_out else ""
    chat.screen.say(f"turns: {len(turns)}{out}")
    if fitted.tokens is not None:
        of = f" of {window}" if window else ""
        chat.screen.say(f"in all: {fitted.tokens}{of} tokens, before the next request")


def paths(chat: Chat, argument: str) -> list[Path]:
    """The files that a command names, absolute; a name with spaces needs no quotes when it is alone.

    Raises:
        UserError: none is named.
    """
    if not argument:
        raise UserError("no file is named", do="name one")
    whole = _absolute(chat, argument)
    if whole.is_file() or str(whole) in chat.session.state.files:
        return [whole]
    return [_absolute(chat, word) for word in words(argument)]


def _absolute(chat: Chat, name: str) -> Path:
    return (chat.root / Path(name).expanduser()).resolve()


def _checked_tokens(chat: Chat, file: Attachment) -> int | None:
    """Tokens of a file in the context; None where only the service knows.

    Raises:
        ContextOverflow: it does not fit together with what was added before.
    """
    before = [known for known in chat.files() if known.path != file.path]
    without, with_it = _count(chat, before), _count(chat, [*before, file])
    if without is None or with_it is None:
        return None
    window = chat.backend.capabilities.context_tokens
    if window is not None and with_it > window:
        raise ContextOverflow(with_it, window, where=file.name)
    return with_it - without


def _count(chat: Chat, added: list[Attachment]) -> int | None:
    text, name = attachments.rendered(added)
    return chat.backend.count_tokens(Prompt(messages_of(Request("", text, name))))


COMMANDS = (
    Command("/add", "FILE …", "put files into the context of later requests", add, files),
    Command("/drop", "[FILE …]", "take files out again; alone, list them", drop, files),
    Command("/context", "", "what the next request carries, in tokens", context),
)
