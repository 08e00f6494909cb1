"""Completion at the message prompt: /commands by name, then whatever the command takes."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from assistant.chat.commands.base import Command, files


class CommandCompleter(Completer):
    """Completes a line that begins with a slash.

    Args:
        commands: by name with the slash.
    """

    def __init__(self, commands: Mapping[str, Command]) -> None:
        self._commands = commands
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The completions at the cursor; none for plain text."""
        before = document.text_before_cursor
        if not before.startswith("/") or "\n" in document.text:
            return
        name, gap, argument = before.partition(" ")
        if not gap:
            for command in self._commands.values():
                if command.name.startswith(name):
                    gap = " " if command.usage[:1] not in {"", "["} else ""  # it needs something to follow
                    yield Completion(
                        command.name + gap, -len(name), display=command.name, display_meta=command.help
                    )
            return
        choices = self._commands[name].choices if name in self._commands else None
        if choices is files:
            yield from self._files(argument, complete_event)
        elif choices is not None:
            begun = argument.lstrip()
            for choice in choices():
                if choice.startswith(begun):
                    yield Completion(choice, start_position=-len(begun))

    def _files(self, argument: str, event: CompleteEvent) -> Iterable[Completion]:
        """Files at the end of a list of files; a name is quoted where the list needs it."""
        raw, begun = _last_word(argument)
        for found in self._paths.get_completions(Document(begun, len(begun)), event):
            name = begun + found.text
            quoted = name if name.startswith("~") else shlex.quote(name)
            end = "/" if Path(name).expanduser().is_dir() else ""
            yield Completion(quoted + end, -len(raw), display=found.display_text.rstrip("/") + end)


def _last_word(argument: str) -> tuple[str, str]:
    """The word being typed: as it stands in the line, and without its quotes; else two empty texts."""
    for start in range(len(argument)):
        if start == 0 or argument[start - 1].isspace():
            raw = argument[start:]
            try:
                words = shlex.split(raw)
            except ValueError:
                continue  # it begins within quotes, or has an open one
            if len(words) == 1 and not raw[-1].isspace():
                return raw, words[0]
    return "", ""
