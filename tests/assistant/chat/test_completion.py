"""Completion of commands, of what they take, and of files."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from assistant.chat.commands import TABLE
from assistant.chat.commands.base import Command
from assistant.chat.completion import CommandCompleter


def completed(text: str) -> set[str]:
    """The line as it would stand after each completion."""
    document = Document(text, len(text))
    return {
        text[: len(text) + found.start_position] + found.text
        for found in CommandCompleter(TABLE).get_completions(document, CompleteEvent())
    }


def test_commands_by_their_start() -> None:
    assert completed("/th") == {"/threshold"}
    assert {line.rstrip() for line in completed("/")} == set(TABLE)
    assert completed("/ad") == {"/add ", "/adapter"}
    assert completed("th") == set()
    assert completed("text\n/th") == set()


def test_what_a_command_takes() -> None:
    assert completed("/ask n") == {"/ask never"}
    assert completed("/stats ") == set()
    assert completed("/nonsense x") == set()


@pytest.mark.parametrize("command", ["/add", "/drop"])
def test_files_are_completed_and_quoted_where_needed(command: str) -> None:
    Path("plain.py").touch()
    Path("pl ain.py").touch()
    Path("folder").mkdir()
    Path("folder/deep.py").touch()
    assert completed(f"{command} pl") == {f"{command} plain.py", f"{command} 'pl ain.py'"}
    assert completed(f"{command} folder/d") == {f"{command} folder/deep.py"}
    assert completed(f"{command} plain.py fol") == {f"{command} plain.py folder/"}
    assert completed(f"{command} 'pl a'") == {f"{command} 'pl ain.py'"}
    assert completed(f"{command} 'pl a") == set()


def test_every_command_has_help_and_a_name_with_a_slash() -> None:
    for name, command in TABLE.items():
        assert isinstance(command, Command)
        assert name.startswith("/")
        assert command.help
        assert not command.help.endswith(".")
