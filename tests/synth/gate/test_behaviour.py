"""Solutions compared with a benchmark by its tests, in the sandbox."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from models.errors import UserError
from synth.gate.behaviour import Behaviour
from tests.synth.gate.material import a_problem

ROWS = [
    {
        "task_id": "Pantry/0",
        "prompt": 'def twice(jam):\n    """Two glasses of each."""\n',
        "canonical_solution": "    return [glass for glass in jam for _ in range(2)]\n",
        "entry_point": "twice",
        "test": "def check(candidate):\n    assert candidate([5]) == [5, 5]\n    assert not candidate([])\n",
    },
    {
        "task_id": "Pantry/1",
        "prompt": "def mixed(jam, year):\n    pass\n",
        "canonical_solution": "    return jam + year\n",
        "entry_point": "mixed",
        "test": "def check(candidate):\n    for a in 1, 2:\n        assert candidate(a, 4) == mixed(a, 4)\n",
    },
]


def solution(name: str, code: str, **fields):
    return a_problem(id=f"test:{name}", name=name, solution=code, **fields)


PASSING = [
    solution("again", "def again(x):\n    return [y for y in x for _ in 'ab']\n"),
    solution("lazily", "def lazily(x, times=2):\n    for y in x:\n        yield from [y] * times\n"),
    solution("added", "def added(a, b):\n    print('hello')\n    return b + a\n"),
]
OTHERS = [
    solution("once", "def once(x):\n    return list(x)\n"),
    solution("third", "def third(a, b, c):\n    return a + b\n"),
    solution("slow", "def slow(x):\n    while True:\n        pass\n"),
    solution("stubborn", "def stubborn(x):\n    while True:\n        try:\n            while True: pass\n"
                         "        except Exception:\n            pass\n"),
    solution("gone", "import os\ndef gone(x):\n    os._exit(0)\n"),
    solution("broken", "raise OSError\n"),
    solution("missing", "x = 1\n"),
    solution("Kind", "class Kind:\n    pass\n"),
]  # fmt: skip


@pytest.fixture(scope="module")
def behaviour(tmp_path_factory) -> Behaviour:
    file = tmp_path_factory.mktemp("benchmark") / "b.jsonl.gz"
    file.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in ROWS).encode()))
    return Behaviour(file)


def test_what_passes_a_benchmarks_tests_is_found_and_nothing_else(behaviour):
    problems = [*OTHERS[:4], *PASSING, *OTHERS[4:]]
    found = dict(behaviour.stream(problems))
    assert list(found) == problems  # in their order
    assert {problem.name: reason.detail for problem, reason in found.items() if reason} == {
        "again": "it passes the tests of Pantry/0",
        "lazily": "it passes the tests of Pantry/0",
        "added": "it passes the tests of Pantry/1",
    }


def test_one_that_brings_the_sandbox_down_does_not_hide_the_others(behaviour):
    killer = solution("killer", "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n")
    assert behaviour.passing([PASSING[0], killer, PASSING[0]]) == ["Pantry/0", None, "Pantry/0"]


def test_it_is_asked_for_by_the_environment(monkeypatch, tmp_path):
    assert Behaviour.from_environment() is None
    monkeypatch.setenv("CLARIFY_HUMANEVAL", str(tmp_path / "missing.jsonl"))
    with pytest.raises(UserError, match="CLARIFY_HUMANEVAL"):
        Behaviour.from_environment()


@pytest.mark.parametrize("content", [b"{}", b"[1]", b"no JSON"])
def test_another_file_is_refused(tmp_path: Path, content):
    file = tmp_path / "b.jsonl"
    file.write_bytes(content)
    with pytest.raises(UserError, match="not HumanEval"):
        Behaviour(file)
