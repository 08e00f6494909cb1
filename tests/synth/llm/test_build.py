"""A build on a server that fails, killed and started again: nothing lost, nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from models.errors import UserError
from synth.output.worklog import LogReader
from tests.stubs.gemini import GeminiStub
from tests.stubs.http import Cut, Fault, Item, Reply, Seen, StubServer
from tests.stubs.openai import OpenAIStub
from tests.synth.llm.builder import PROBLEMS, work
from tests.synth.llm.model import answer, asked_of

JOBS = 4
ROOT = Path(__file__).parents[3]
MODELS = {OpenAIStub: "a-model", GeminiStub: "gemini:a-model"}
both = pytest.mark.parametrize("kind", [OpenAIStub, GeminiStub])


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("CLARIFY_SERVER_API_KEY", "k")
    return monkeypatch


def _rows(log: Path) -> list[bytes]:
    """The lines of the finished problems, in the order of their ids; each has one line alone."""
    reader = LogReader(log)
    reader.close()
    found = reader.contents.places
    lines = log.read_bytes().splitlines()
    assert sum(line.startswith(b'{"problem"') for line in lines) == len(found)
    return sorted(line for line in lines if line.startswith(b'{"problem"'))


def _undisturbed(kind: type[StubServer], log: Path, access: pytest.MonkeyPatch) -> list[bytes]:
    with kind(answer) as server:
        access.setenv("CLARIFY_BASE_URL", server.url)
        access.setenv("CLARIFY_HOME", str(log.parent / "another home"))  # no kept replies
        work(log, MODELS[kind], JOBS)
    return _rows(log)


@both
def test_killed_and_started_again(
    kind: type[StubServer], tmp_path: Path, home: Path, access: pytest.MonkeyPatch
) -> None:
    answered: Counter[tuple[str, str]] = Counter()
    enough = threading.Event()

    def reply(seen: Seen) -> Item | str:
        answered[asked_of(seen)] += 1
        if len(answered) == 25:
            enough.set()
        return answer(seen)

    log = tmp_path / "work.log"
    with kind(reply) as server:
        access.setenv("CLARIFY_BASE_URL", server.url)
        command = [sys.executable, "-m", "tests.synth.llm.builder", str(log), MODELS[kind], str(JOBS)]
        with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ)) as process:
            assert enough.wait(120)
            process.kill()
        before = sum(answered.values())
        work(log, MODELS[kind], JOBS)
    assert before < 6 * len(PROBLEMS) == len(answered)
    # Asked again is only what was on its way when the program died.
    assert sum(answered.values()) - len(answered) <= JOBS
    rows = _rows(log)
    assert len(rows) == len(PROBLEMS)
    assert rows == _undisturbed(kind, tmp_path / "quiet.log", access)


@both
def test_faults_leave_no_mark_in_the_log(
    kind: type[StubServer], tmp_path: Path, access: pytest.MonkeyPatch
) -> None:
    faults: list[Item] = [Fault(429, headers={"retry-after": "0"}), Fault(500), Cut("half"), Reply("")]
    blocked = Reply("", finish="content_filter") if kind is OpenAIStub else Reply("no", finish="SAFETY")
    faults.append(blocked)

    def reply(seen: Seen) -> Item | str:
        return faults.pop() if faults else answer(seen)

    with kind(reply) as server:
        access.setenv("CLARIFY_BASE_URL", server.url)
        work(tmp_path / "work.log", MODELS[kind], 8)
        assert faults == []
        assert len(server.requests) == 6 * len(PROBLEMS) + 5
    assert _rows(tmp_path / "work.log") == _undisturbed(kind, tmp_path / "quiet.log", access)


def test_a_service_that_goes_away_ends_the_build_and_keeps_what_was_made(
    tmp_path: Path, access: pytest.MonkeyPatch
) -> None:
    asked: list[Seen] = []

    def reply(seen: Seen) -> Item | str:
        asked.append(seen)
        return answer(seen) if len(asked) <= 40 else Fault(401)

    log = tmp_path / "work.log"
    with OpenAIStub(reply) as server:
        access.setenv("CLARIFY_BASE_URL", server.url)
        with pytest.raises(UserError, match="refuses the key.*run it again: it continues"):
            work(log, "a-model", JOBS)
        assert 1 <= len(_rows(log)) < len(PROBLEMS)
        assert len(asked) <= 40 + JOBS
    with OpenAIStub(answer) as server:
        access.setenv("CLARIFY_BASE_URL", server.url)
        work(log, "a-model", JOBS)
    assert _rows(log) == _undisturbed(OpenAIStub, tmp_path / "quiet.log", access)


def test_replies_that_cannot_be_used_are_told_in_the_log(tmp_path: Path, access: pytest.MonkeyPatch) -> None:
    with OpenAIStub(lambda _: "I would rather not.") as server:
        access.setenv("CLARIFY_BASE_URL", server.url)
        work(tmp_path / "work.log", "a-model", JOBS)
    reader = LogReader(tmp_path / "work.log")
    rows = list(reader.rows())
    reader.close()
    assert [len(row.samples) for row in rows] == [1] * len(PROBLEMS)
    assert {one.reason.kind for row in rows for one in row.dropped} == {"form"}
    assert all(len(row.dropped) == 3 for row in rows)
