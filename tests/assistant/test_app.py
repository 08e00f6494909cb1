"""The command itself: instant help, one-line errors, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.app import clarify, run

HEAVY = ("torch", "llama_cpp", "openai", "google.genai", "datasets", "transformers", "pydantic", "rich")
CLARIFY = str(Path(sys.executable).with_name("clarify"))


def _command_names() -> list[str]:
    import click

    return clarify.list_commands(click.Context(clarify))


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in _command_names())])
def test_help_is_printed_without_loading_anything_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from assistant.app import run; code = run(sys.argv[1:]); "
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Usage: clarify")
    assert "LOADED []" in done.stdout


def test_the_sub_commands_are_entry_points_with_a_line_of_help() -> None:
    import click

    context = click.Context(clarify)
    assert {"ask", "chat", "models"} <= set(clarify.list_commands(context))
    for name in clarify.list_commands(context):
        command = clarify.get_command(context, name)
        assert command is not None, name
        assert command.get_short_help_str(), name


def test_exit_codes_are_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    assert "3    clarification needed" in text
    assert "2    wrong usage" in text


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["ass"], 2, "did you mean `ask`?"),
        (["ask"], 2, "Missing argument 'REQUEST'"),
        (["ask", "hello", "--threshold", "7"], 2, "7.0 is not in the range 0<=x<=1"),
        (["ask", "hello", "--model", "qwen9"], 1, "error: "),
        (["ask", "hello"], 1, "clarify models pull"),
    ],
)
def test_errors_are_one_line_with_an_exit_code(
    arguments: list[str], code: int, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code
    shown = capfd.readouterr()
    assert line in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


@pytest.mark.parametrize("arguments", [["--debug", "ask", "hello"], ["ask", "hello", "--debug"]])
def test_debug_shows_the_traceback_and_keeps_the_exit_code(arguments: list[str]) -> None:
    done = subprocess.run([CLARIFY, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr
    assert done.stderr.rstrip().splitlines()[-1].startswith("error: ")


def test_a_reader_that_leaves_is_no_error() -> None:
    done = subprocess.run(
        f"{CLARIFY} ask --json-schema | head -c 10", shell=True, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
