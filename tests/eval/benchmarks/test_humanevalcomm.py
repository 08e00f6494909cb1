from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eval.benchmarks import humanevalcomm
from eval.benchmarks.catalogue import open_benchmark
from eval.benchmarks.relations import check_of
from eval.schema import UNCLEAR_CATEGORIES, Variant
from models.errors import UserError
from models.sandbox.check_judge import check_all
from models.sandbox.runner import open_sandbox
from tests.eval.tasks import TASKS, write_tasks
from tests.synth.sources.dataset_hub import HubStub

REAL = os.environ.get(humanevalcomm.FILE_VARIABLE)
needs_the_file = pytest.mark.skipif(not REAL, reason=f"{humanevalcomm.FILE_VARIABLE} names no file")


def test_variants_of_a_file(tmp_path: Path) -> None:
    write_tasks(tmp_path / "own.jsonl")
    found = open_benchmark(str(tmp_path / "own.jsonl"), "raw")
    assert [one.key for one in found][:2] == ["Own/0|original|raw", "Own/0|1a|raw"]
    assert len({one.key for one in found}) == len(found)
    originals = {one.name: one for one in found if one.category == "original"}
    assert all(one.original == originals[one.name].text for one in found)
    assert all(one.tests == originals[one.name].tests for one in found)
    assert found[0].benchmark.startswith("humanevalcomm-")
    assert [one.points for one in found[:2]] == [0, 1]


def test_views_differ_in_the_name_only(tmp_path: Path) -> None:
    row = {**TASKS[0], "prompt1a": "def candidate(books):\n    '''candidate(books) is a width.'''\n"}
    (tmp_path / "own.jsonl").write_text(json.dumps(row), encoding="utf-8")
    raw, neutral = (
        {one.category: one for one in open_benchmark(str(tmp_path / "own.jsonl"), view)}
        for view in ("raw", "neutral")
    )
    assert "candidate" in raw["1a"].text
    assert neutral["1a"].text == raw["1a"].text.replace("candidate", "shelf_width")
    assert neutral["original"].text == raw["original"].text


def test_the_version_is_told_by_the_modified_texts() -> None:
    name = humanevalcomm.version_of(TASKS)
    assert humanevalcomm.version_of(TASKS[::-1]) == name
    assert humanevalcomm.version_of([{**TASKS[0], "solution": "", "prompt1p": ""}, *TASKS[1:]]) != name
    assert humanevalcomm.version_of([{**row, "solution": "other"} for row in TASKS]) == name


def test_tests_may_be_text_and_their_parts_values() -> None:
    given = [
        {"input": [1.5], "output": 2.0, "relation": "$input$"},
        {"input": "1", "output": "1", "relation": ""},
    ]
    for form in (given, json.dumps(given), repr(given)):
        first, second = humanevalcomm.relation_tests(form, "Own/0")
        assert (first.input, first.output, second.relation) == ("[1.5]", "2.0", "==")


@pytest.mark.parametrize("given", [None, "no list", "[1]", 3])
def test_tests_in_another_form(given: object) -> None:
    with pytest.raises(UserError, match="Own/0: its tests are no list"):
        list(humanevalcomm.relation_tests(given, "Own/0"))


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "it has no tasks"), ('{"name": "x"}', "own.jsonl:1: not a row"), ("{\n", "own.jsonl:1: not a row")],
)
def test_a_file_of_another_kind(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        open_benchmark(str(tmp_path / "own.jsonl"), "raw")


def test_an_unknown_name() -> None:
    with pytest.raises(UserError, match="did you mean `humanevalcomm-v2`"):
        open_benchmark("humanevalcom-v2", "raw")


def test_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tasks(tmp_path / "own.jsonl")
    monkeypatch.setenv(humanevalcomm.FILE_VARIABLE, str(tmp_path / "own.jsonl"))
    with pytest.raises(UserError, match="humanevalcomm-v2 is wanted, and this is humanevalcomm-"):
        open_benchmark("humanevalcomm-v2", "raw")


_FETCH = """
import json, sys
from eval.benchmarks import humanevalcomm
rows = humanevalcomm.fetch(sys.argv[1])
variants = humanevalcomm.variants(rows, "raw")
print(len(variants), humanevalcomm.version_of(rows))
assert variants == humanevalcomm.variants(json.loads(sys.argv[2]), "raw"), variants
"""


def fetched(url: str, wanted: str, tmp_path: Path) -> list[str]:
    """In a process of its own: `datasets` reads the Hub's address when it is imported."""
    environment = {**os.environ, "HF_ENDPOINT": url, "HF_HOME": str(tmp_path / "hf")}
    result = subprocess.run(
        [sys.executable, "-c", _FETCH, wanted, json.dumps(TASKS)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    return result.stdout.split()


def test_from_the_hub(tmp_path: Path) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in TASKS).encode()
    other = json.dumps({**TASKS[0], "prompt1a": ""}).encode()
    expected = len(humanevalcomm.variants(TASKS, "raw"))
    plain = {"README.md": b"# own\n", "HumanEvalComm.jsonl": lines}
    with HubStub(humanevalcomm.REPOSITORY, {"main": plain}) as hub:
        count, version = fetched(hub.url, humanevalcomm.V2, tmp_path / "plain")
        assert (int(count), version) == (expected, humanevalcomm.version_of(TASKS))
    both = {"HumanEvalComm_v1.jsonl": other, "HumanEvalComm_v2.jsonl": lines}
    with HubStub(humanevalcomm.REPOSITORY, {"main": both}) as hub:
        count, _ = fetched(hub.url, humanevalcomm.V2, tmp_path / "both")
        assert int(count) == expected


def test_without_a_network(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failure:
        fetched("http://127.0.0.1:9", humanevalcomm.V2, tmp_path)
    told = failure.value.stderr.strip().rpartition("\n")[2]
    assert told.startswith(
        f"models.errors.UserError: {humanevalcomm.REPOSITORY}: cannot be loaded from the Hub"
    )
    assert humanevalcomm.FILE_VARIABLE in told


@needs_the_file
def test_the_published_file() -> None:
    assert REAL is not None
    found = open_benchmark(REAL, "neutral")
    assert found[0].benchmark in {humanevalcomm.V1, humanevalcomm.V2}
    by_category = {one: [v for v in found if v.category == one] for one in ("original", *UNCLEAR_CATEGORIES)}
    assert len(by_category["original"]) == 164
    assert sum(map(len, by_category.values())) - 164 in {775, 771}
    assert not any("def candidate(" in one.text for one in found)


def passing(found: list[Variant], code: dict[str, str]) -> list[bool]:
    work = ((code[one.name], check_of(one)) for one in found)
    results = check_all(open_sandbox(), work, 4, packages=False)
    return [all(result.passed for result in results) for results in results]


@needs_the_file
def test_every_reference_solution_passes_all_its_tests() -> None:
    assert REAL is not None
    found = [one for one in open_benchmark(REAL, "raw") if one.category == "original"]
    results = passing(found, {one.name: one.solution for one in found})
    assert [one.name for one, passed in zip(found, results, strict=True) if not passed] == []
    wrong = {one.name: f"def {one.entry_point}(*arguments):\n    return object()" for one in found}
    assert not any(passing(found[::8], wrong))
