"""Hashed runs of words and names: what they find, what they leave alone, and the committed files."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UserError
from synth.gate import ngrams
from synth.gate.contamination import CleanProblem, CleanSample
from synth.gate.make_ngrams import main, make, rows
from synth.gate.ngrams import Hashes, committed, name_hash, read, runs, write
from tests.synth.gate.material import DESCRIPTION, a_problem, clear

BENCHMARK = os.environ.get("CLARIFY_HUMANEVAL")  # read here, since a test's own environment has none of these

ROW = {
    "task_id": "Pantry/0",
    "entry_point": "jar_label",
    "prompt": f'def jar_label(fruit, year):\n    """{DESCRIPTION}"""\n',
    "prompt1a": "Make a label that says which fruit is in the jar and perhaps the year as well.",
    "canonical_solution": "    return plum_of(cellar_shelf, jam_glass, wooden_spoon, pantry_door, table)\n",
    "test": "this text of a test is not taken, however long it may be, as it says nothing",
}


@pytest.fixture
def benchmark(tmp_path: Path) -> Hashes:
    file = tmp_path / "benchmark.jsonl.gz"
    file.write_bytes(gzip.compress(json.dumps(ROW).encode()))
    make([file], tmp_path / "made")
    return Hashes(*(frozenset(read(tmp_path / "made" / f"{part}.hashes")) for part in ("runs", "names")))


def other(**fields):
    return a_problem(**{"name": "shelf", "description": "Say which shelf.", "examples": (), **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"description": "So: the fruit's name\n    is put in CAPITALS; a dash follows, then more."},
        {"description": "A label (which fruit is in the jar, and perhaps the year as well)."},
        {"solution": "def shelf():\n    x = plum_of(cellar_shelf, jam_glass, wooden_spoon, pantry_door)\n"},
        {"prelude": "# the fruit's name is put in capitals, a dash follows, then the year\n"},
    ],
)
def test_a_run_of_eight_words_is_found_whatever_stands_between(benchmark, fields):
    reason = CleanProblem(benchmark)(other(**fields))
    assert reason is not None
    assert reason.kind == "benchmark text"
    assert "fruit" not in reason.detail  # what is found is not quoted


def test_seven_words_are_not(benchmark):
    text = "Then the fruit's name is put in capitals. End."
    assert len(ngrams.words("the fruit's name is put in capitals")) == 8
    assert CleanProblem(benchmark)(other(description=text)) is not None
    assert CleanProblem(benchmark)(other(description=text.replace("capitals", "italics"))) is None


@pytest.mark.parametrize("name", ["jar_label", "jarLabel", "Jar.jar_label"])
def test_a_name_is_found_however_it_is_written(benchmark, name):
    reason = CleanProblem(benchmark)(other(name=name))
    assert reason is not None
    assert reason.kind == "benchmark name"


def test_samples_are_looked_at_too(benchmark):
    check = CleanSample(benchmark)
    assert check(clear(name="shelf", problem="Say which shelf.", answer="1"), a_problem()) is None
    assert check(clear(name="jar_label", problem="Say which shelf.", answer="1"), a_problem()) is not None
    assert check(clear(name="shelf", answer="1"), a_problem()) is not None
    assert (
        check(clear(name="shelf", problem="x", answer=f"```\n# {DESCRIPTION}\n```"), a_problem()) is not None
    )


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]",
        "from typing import List, Tuple, Optional, Union\n\n\ndef f(x: List[int], y: str) -> Optional[int]:",
        "for i in range(len(x)): for j in range(len(y)): if x[i] == y[j]: return True",
        "f([1, 2, 3]) == [3, 2, 1]\nf([1, 2]) == [2, 1]",
        'raise NotImplementedError\n"""',
    ],
)
def test_numbers_and_code_that_stands_everywhere_say_nothing(text):
    assert list(runs(text)) == []


@given(st.text(), st.text(), st.text())
def test_a_text_has_the_runs_of_its_parts(before, text, after):
    assert set(runs(text)) <= set(runs(f"{before} {text} {after}"))


@given(st.sets(st.integers(0, 2**64 - 1)))
def test_files_hold_the_hashes_and_nothing_else(tmp_path_factory, hashes):
    path = tmp_path_factory.mktemp("hashes") / "x.hashes"
    assert write(path, hashes) == len(hashes)
    assert list(read(path)) == sorted(hashes)
    assert path.stat().st_size == len(b"clarify-hashes-1\n") + 8 * len(hashes)


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "x.hashes"
    for data in (b"", b"something else", b"clarify-hashes-1\n123"):
        path.write_bytes(data)
        with pytest.raises(UserError, match="not a file of hashes"):
            read(path)
    with pytest.raises(UserError, match="cannot read"):
        read(tmp_path / "missing")


def test_the_command_says_what_it_made(tmp_path, capsys):
    file = tmp_path / "b.jsonl"
    file.write_text(json.dumps(ROW) + "\n")
    main([str(file), "--into", str(tmp_path / "into")])
    assert capsys.readouterr().out == "52 runs and 1 names from 1 files\n"
    made = json.loads((tmp_path / "into" / "made.json").read_text())
    assert made["runs"] == 52
    assert "fruit" not in json.dumps(made)


def test_the_committed_files_are_what_their_description_says():
    made = json.loads((ngrams.FOLDER / "made.json").read_text())
    assert (made["words"], made["least_telling"]) == (ngrams.WORDS, ngrams.LEAST_TELLING)
    assert (made["runs"], made["names"]) == (len(committed().runs), len(committed().names))
    assert set(made["files"]) == {"HumanEval.jsonl.gz", "HumanEvalComm_v1.jsonl", "HumanEvalComm_v2.jsonl"}


def test_ordinary_names_are_not_among_the_committed():
    for name in ("jar_label", "main", "run", "parse", "read_file", "candidate"):
        assert name_hash(name) not in committed().names


@pytest.mark.skipif(BENCHMARK is None, reason="CLARIFY_HUMANEVAL names no benchmark")
def test_every_problem_of_the_benchmark_is_found():
    assert BENCHMARK is not None
    check = CleanProblem(committed())
    missed = [
        row["task_id"]
        for row in rows(Path(BENCHMARK))
        if check(other(name=row["entry_point"], description=row["prompt"])) is None
    ]
    assert missed == []
