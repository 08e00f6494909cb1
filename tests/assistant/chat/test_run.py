"""The program without a terminal: streams, exit codes, and what a later run finds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.chat import recall
from assistant.chat.events import Configured
from assistant.chat.session import Session
from assistant.chat.state import State
from tests.stubs.openai import OpenAIStub

ASKS = "1. Sort the items by which field?\n2. Which items are late?\n"
CODES = "Here it is:\n\n```python\nx = 1\n```\n"


def chat(typed: str | bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    program = "from assistant.app import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "chat", *arguments],
        input=typed if isinstance(typed, bytes) else typed.encode(),
        capture_output=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )


def test_lines_are_requests_and_replies_are_data() -> None:
    with OpenAIStub([CODES, CODES]) as stub:
        done = chat(
            "write x\n\nwrite it\\\nagain\n", "--base-url", stub.url, "--model", "stub", "--ask", "never"
        )
        requests = [seen.json["messages"][-1]["content"] for seen in stub.requests]
    assert done.returncode == 0
    assert done.stdout == b"```python\nx = 1\n```\n" * 2
    assert requests == ["write x", "write it\nagain"]
    assert b"Traceback" not in done.stderr


def test_an_open_question_is_exit_code_3_and_resume_can_settle_it() -> None:
    with OpenAIStub([ASKS, CODES]) as stub:
        server = ("--base-url", stub.url, "--model", "stub")
        asked = chat("sort the items\n", *server, "--ask", "always")
        assert (asked.returncode, asked.stdout) == (3, ASKS.encode())
        settled = chat("/code\n/stats\n", "--resume", *server)
    assert settled.returncode == 0
    assert settled.stdout.startswith(b"> sort the items\n")
    assert b"```python\nx = 1\n```\n" in settled.stdout
    assert b"questions: 2, answered: 0, left to the model: 2" in settled.stdout
    assert b"assumption: not answered: Which items are late?" in settled.stderr


def test_one_failure_among_several_is_exit_code_1() -> None:
    with OpenAIStub(["no code and no question", CODES]) as stub:
        done = chat("a\nb\n", "--base-url", stub.url, "--model", "stub")
    assert done.returncode == 1
    assert done.stdout == b"```python\nx = 1\n```\n"
    assert done.stderr.count(b"error: ") == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--resume"], "there is no session to go on with"),
        (["--resume", "nothing"], "no session is named `nothing`"),
        (["--base-url", "http://127.0.0.1:1"], "needs the name of a model"),
    ],
)
def test_what_cannot_start_is_one_line(arguments: list[str], error: str) -> None:
    done = chat("", *arguments)
    assert done.returncode == 1
    assert done.stdout == b""
    assert error in done.stderr.decode()
    assert done.stderr.count(b"error: ") == 1


def test_a_wrong_setting_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLARIFY_THRESHOLD", "2")
    done = chat("")
    assert done.returncode == 1
    assert "the setting `threshold` is wrong" in done.stderr.decode()


def test_input_that_is_not_utf8_ends_the_run() -> None:
    with OpenAIStub([CODES]) as stub:
        done = chat(b"caf\xe9\nwrite x\n", "--base-url", stub.url, "--model", "stub")
    assert done.returncode == 1
    assert b"not UTF-8" in done.stderr


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({}, {"model": "m", "adapter": "a", "base_url": "u", "threshold": 0.25}),
        ({"threshold": 0.75}, {"model": "m", "adapter": "a", "base_url": "u", "threshold": 0.75}),
        ({"adapter": "none"}, {"model": "m", "adapter": "none", "base_url": "u", "threshold": 0.25}),
        ({"model": "other"}, {"model": "other", "adapter": None, "base_url": None, "threshold": 0.25}),
        ({"threshold": 0.75}, {"adapter": "a", "code_by": "base"}),
        ({"code_by": "adapter"}, {"adapter": "a", "code_by": "adapter"}),
        ({"adapter": "b"}, {"adapter": "b", "code_by": None}),
        ({"adapter": "b", "code_by": "base"}, {"adapter": "b", "code_by": "base"}),
        ({"model": "other"}, {"adapter": None, "code_by": None}),
    ],
)
def test_flags_go_before_what_the_session_knew(given: dict[str, Any], taken: dict[str, Any]) -> None:
    known = Configured(model="m", adapter="a", code_by="base", base_url="u", threshold=0.25)
    state = State(configured=known)
    flags = recall.flags(state, {"model": None, "base_url": None, "adapter": None, "threshold": None} | given)
    assert {name: flags.get(name) for name in taken} == taken


def test_a_new_session_takes_the_flags_alone() -> None:
    assert recall.flags(Session.new().state, {"model": None, "ask": "never"}) == {"ask": "never"}
