from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from synth.schema import Case, Example, Problem
from synth.sources.base import Skipped, SourceOptions, open_source

STUB = {
    "task_id": "own/1",
    "prompt": "from typing import List\n\n\ndef spread(values: List[int]) -> int:\n"
    '    """Difference between the largest and the smallest value.\n\n    Of no values it is 0.\n\n'
    '    >>> spread([3, 9])\n    6\n    spread([4]) -> 0\n    """\n',
    "entry_point": "spread",
    "canonical_solution": "    return max(values) - min(values) if values else 0\n",
    "test": "LIMIT = 3\n\n\ndef check(candidate):\n    assert candidate([1, 5]) == 4\n"
    "    assert candidate([]) == 0, 'empty'\n"
    "    assert not candidate([])\n    assert abs(candidate([1, 2]) - 1) < 0.1\n"
    "    assert candidate([LIMIT]) == 0\n",
}
SENTENCE = {
    "task_id": 7,
    "text": "Write a function to repeat a word with dashes between.",
    "code": "import re\r\ndef dashed(word, times):\r\n    return '-'.join([word] * times)\r\n",
    "test_list": ["assert dashed('a', 2) == 'a-a'", "assert dashed('b', 1) == 'b'"],
    "test_setup_code": "",
    "license": "MIT",
}
OWN = Problem(
    id="own:double",
    name="double",
    signature="def double(x):",
    description="Double the number.",
    examples=(Example(call="double(2)", result="4"),),
    solution="def double(x):\n    return 2 * x\n",
    tests=(Case(expression="double(None)", expected="", raises="TypeError"),),
    source="own",
    group="own",
    licence="MIT",
)


def read(
    tmp_path: Path, options: SourceOptions, kind: str, *rows: dict[str, Any] | str
) -> tuple[list[Problem], list[Skipped]]:
    file = tmp_path / "rows.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    reader = open_source(f"{kind}:{file}", options)
    return list(reader.problems()), list(reader.skipped)


@pytest.mark.parametrize("kind", ["humaneval", "jsonl"])
def test_a_stub_with_a_check_function(kind: str, tmp_path: Path, options: SourceOptions) -> None:
    (problem,), skipped = read(tmp_path, options, kind, STUB)
    assert not skipped
    assert problem.id == f"{kind}:own/1"
    assert problem.signature == "def spread(values: List[int]) -> int:"
    assert problem.prelude == "from typing import List\n"
    assert (
        problem.description
        == "Difference between the largest and the smallest value.\n\nOf no values it is 0."
    )
    assert problem.examples == (
        Example(call="spread([3, 9])", result="6"),
        Example(call="spread([4])", result="0"),
    )
    assert problem.tests == (
        Case(expression="spread([1, 5])", expected="4"),
        Case(expression="spread([])", expected="0"),
        Case(expression="bool(spread([]))", expected="False"),
        Case(expression="abs(spread([1, 2]) - 1) < 0.1", expected="True"),
    )
    assert '"""' not in problem.solution


@pytest.mark.parametrize("kind", ["mbpp", "jsonl"])
def test_a_sentence_with_asserts(kind: str, tmp_path: Path, options: SourceOptions) -> None:
    (problem,), _ = read(tmp_path, options, kind, SENTENCE)
    assert problem.signature == "def dashed(word, times):"
    assert problem.examples == (Example(call="dashed('a', 2)", result="'a-a'"),)
    assert problem.tests == (Case(expression="dashed('b', 1)", expected="'b'"),)
    assert problem.licence == "MIT"
    assert problem.solution == "def dashed(word, times):\n    return '-'.join([word] * times)\n"


def test_our_own_rows_come_back_as_they_are(tmp_path: Path, options: SourceOptions) -> None:
    assert read(tmp_path, options, "jsonl", OWN.model_dump()) == ([OWN], [])


def test_what_does_not_pass_or_cannot_be_read_is_skipped(tmp_path: Path, options: SourceOptions) -> None:
    wrong = {**STUB, "task_id": "own/2", "canonical_solution": "    return 0\n"}
    foreign = {**SENTENCE, "task_id": 8, "code": "import numpy\ndef dashed(w, t):\n    return numpy.sum(w)\n"}
    untested = {**SENTENCE, "task_id": 9, "test_list": ["assert True"]}
    own = OWN.model_dump() | {"unheard_of": 1}
    broken = {**STUB, "task_id": "own/3", "prompt": "def spread(:\n"}
    found, skipped = read(
        tmp_path, options, "jsonl", wrong, "{torn", foreign, untested, own, broken, STUB, {**STUB}
    )
    assert [one.id for one in found] == ["jsonl:own/1"]
    assert [(one.id, one.reason) for one in skipped] == [
        ("jsonl:own/2", "fails"),
        ("jsonl:rows:2", "unreadable"),
        ("jsonl:8", "not self-contained"),
        ("jsonl:9", "not self-contained"),
        ("jsonl:rows:5", "unreadable"),
        ("jsonl:own/3", "not self-contained"),
        ("jsonl:own/1", "duplicate"),
    ]


def test_an_unstable_solution_is_no_problem(tmp_path: Path, options: SourceOptions) -> None:
    row = OWN.model_dump() | {
        "solution": "import random\ndef double(x):\n    return x + x * (random.random() < 2)\n"
    }
    assert len(read(tmp_path, options, "jsonl", row)[0]) == 1
    row["solution"] = "def double(x):\n    return list({'a', 'b', 'c', 'd', 'e'})[0] if x == 2 else 2 * x\n"
    row["examples"] = [{"call": "len(double(2))", "result": "1"}, {"call": "double(2)", "result": "'a'"}]
    found, skipped = read(tmp_path, options, "jsonl", row)
    assert not found
    assert skipped[0].reason in {"fails", "not deterministic"}
