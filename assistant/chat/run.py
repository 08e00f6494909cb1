"""Starts `clarify chat`: the session, the settings, the model, and the screen that fits where it runs."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from assistant.chat import recall
from assistant.chat.commands import TABLE
from assistant.chat.interface import Screen
from assistant.chat.loop import Chat
from assistant.chat.session import Session
from assistant.config import load
from assistant.setup import backend_choice
from models import paths
from models.backends.select import open_backend
from models.console import out


def run(resume: str | None, flags: dict[str, Any]) -> int:
    """Run a chat to its end.

    Args:
        resume: None starts a new session; an id or the name of a save goes on with that one, and an empty
            text with the newest.
        flags: of the command line, by the settings' names; None where one was not given.

    Returns:
        The exit code.

    Raises:
        UserError: no such session, a wrong setting, or no model.
    """
    session = Session.new() if resume is None else Session.resume(resume or None)
    try:
        settings = load(**recall.flags(session.state, flags))
        screen = _screen()
        screen.note("loading the model …")
        # Before any prompt: the engine may move the standard streams while it loads.
        backend = open_backend(backend_choice(settings))
    except BaseException:
        session.close()
        raise
    chat = Chat(session, settings, backend, screen, root=Path.cwd())
    if screen.interactive:
        identity = backend.identity
        adapter = f" with {identity.adapter}" if identity.adapter else ""
        base = ", code by its base" if identity.code_by else ""
        screen.note(f"{identity.model}{adapter}{base} · /help lists the commands, Ctrl-D leaves")
    if resume is not None:
        recall.show(chat)
    return chat.run()


def _screen() -> Screen:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # an old terminal's encoding is no reason to fail
    if sys.stdin.isatty() and sys.stdout.isatty():
        from assistant.chat.completion import CommandCompleter
        from assistant.chat.screen import TerminalScreen

        return TerminalScreen(out(), paths.state_dir() / "history", CommandCompleter(TABLE))
    from assistant.chat.plain import PlainScreen

    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="strict")
    return PlainScreen(sys.stdin, sys.stdout, sys.stderr)
