from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from eval.benchmarks import humaneval, humanevalcomm
from eval.benchmarks.catalogue import open_benchmark
from eval.benchmarks.relations import check_of
from models.errors import UserError
from models.sandbox.check_judge import CheckJudge
from models.sandbox.runner import open_sandbox
from tests.eval.benchmarks.test_humanevalcomm import REAL, needs_the_file, passing
from tests.eval.tasks import TASKS

OFFICIAL = humaneval.installed_file() or (Path(REAL).with_name("HumanEval.jsonl.gz") if REAL else None)
TESTS = """
METADATA = {'author': 'own'}

def check(candidate):
    assert candidate(3) == 1.5, "a message"
    assert True, "a mark"
    import random
    rng = random.Random(4)
    for _ in range(10):
        n = rng.randint(1, 9)
        assert abs(candidate(n) * 2 - n) < 1e-6
"""
ROW = {
    "task_id": "Own/5",
    "prompt": 'def half(n):\n    """Halve n."""\n',
    "entry_point": "half",
    "canonical_solution": "    return n / 2\n",
    "test": TESTS,
}


def write(path: Path, *rows: dict[str, str]) -> Path:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["own.jsonl", "own.jsonl.gz"])
def test_each_statement_that_asserts_is_a_test(name: str, tmp_path: Path) -> None:
    (found,) = open_benchmark(str(write(tmp_path / name, ROW)), "neutral")
    assert (found.benchmark, found.key, found.points) == ("humaneval", "Own/5|original|neutral", 0)
    assert len(found.tests) == len(check_of(found).tests) == 2
    with CheckJudge(open_sandbox(), packages=False) as judge:
        assert all(result.passed for result in judge.run(found.solution, check_of(found)))
        rounded = judge.run("def half(n):\n    return 1.5 if n == 3 else n // 2", check_of(found))
    assert [result.passed for result in rounded] == [True, False]


@pytest.mark.parametrize(
    ("test", "message"), [("def check(", "are not Python"), ("x = 1", "have no `check`")]
)
def test_a_row_without_tests(test: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        open_benchmark(str(write(tmp_path / "own.jsonl", {**ROW, "test": test})), "raw")


def test_a_broken_archive(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl.gz").write_bytes(b"not compressed")
    with pytest.raises(UserError, match="cannot read the benchmark"):
        open_benchmark(str(tmp_path / "own.jsonl.gz"), "raw")


def test_the_originals_of_humanevalcomm_are_named_apart() -> None:
    found = humaneval.of_humanevalcomm(humanevalcomm.variants(TASKS, "raw"))
    assert {one.category for one in found} == {"original"}
    assert {one.benchmark for one in found} == {humaneval.RECORDED}
    assert len(found) == len(TASKS)


@needs_the_file
@pytest.mark.skipif(
    not (OFFICIAL and OFFICIAL.is_file()), reason="no file of HumanEval, installed or beside it"
)
def test_both_sources_have_the_same_tasks_and_their_tests_agree() -> None:
    assert REAL is not None
    official = open_benchmark(str(OFFICIAL), "raw")
    recorded = humaneval.of_humanevalcomm(open_benchmark(REAL, "raw"))
    assert {one.name for one in official} == {one.name for one in recorded}
    solutions = {one.name: one.solution for one in recorded}
    assert all(passing(list(official), solutions))
    wrong = {one.name: f"def {one.entry_point}(*arguments):\n    return object()" for one in official}
    assert not any(passing(list(official)[::8], wrong))
