from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from models.errors import UserError
from synth.schema import Example, Problem
from synth.sources.apps_rows import as_function, statement
from synth.sources.base import SourceOptions, open_source
from synth.sources.drafts import same_output

from .dataset_hub import HubStub

# Problems of our own in the data set's form.
QUESTION = """The baker sells loaves and rolls.

-----Input-----

One line with two numbers, loaves and rolls.

-----Output-----

Print their sum, and on a second line their ratio.

-----Example-----
Input
3 4

Output
7
0.75

-----Note-----

In the first example there are seven pieces."""
PYTHON_2 = "print 'this is Python 2'"
WRONG = "a, b = map(int, input().split())\nprint(a - b)\nprint(a / b)\n"
RIGHT = "a, b = map(int, input().split())\nprint(a + b, end=' \\n')\nprint(a / b)  # the longest one\n"
SCRIPT: dict[str, Any] = {
    "problem_id": 0,
    "question": QUESTION,
    "solutions": json.dumps([PYTHON_2, WRONG, RIGHT]),
    "input_output": json.dumps({
        "inputs": ["3 4\n", ["1 3"]],
        "outputs": ["7\n0.750000\n", ["4", "0.333333"]],
    }),
    "starter_code": "",
}  # fmt: skip
HEADER = "class Solution:\n    def equalPairs(self, weights: List[int]) -> List[List[int]]:\n        "
METHOD: dict[str, Any] = {
    "problem_id": 1,
    "question": "Given a list of loaf weights, return the pairs of neighbours that are equal.",
    "solutions": [HEADER + "return [(a, b) for a, b in itertools.pairwise(weights) if a == b]\n"],
    "input_output": {"fn_name": "equalPairs", "inputs": [[[1, 1, 2]], [[3]]], "outputs": [[[1, 1]], [[]]]},
    "starter_code": HEADER,
}
PLAIN: dict[str, Any] = {
    "problem_id": 2,
    "question": "Return the name of the oven, in capitals.",
    "solutions": ["def oven(name):\n    return name.upper()"],
    "input_output": {"fn_name": "oven", "inputs": [["ada"], ["bo"]], "outputs": [["ADA"], ["BO"]]},
}
UNSOLVED: dict[str, Any] = {"problem_id": 3, "question": "Nobody knows.", "solutions": "", "input_output": ""}


def check(problems: list[Problem]) -> None:
    script, method, plain = problems
    assert script.shape == "script"
    assert script.signature == ""
    assert script.examples == (
        Example(call="3 4\n", result="7\n0.750000\n"),
        Example(call="1 3", result="4\n0.333333"),
    )
    assert "a + b" in script.solution
    assert script.description.endswith("Output:\nPrint their sum, and on a second line their ratio.")
    assert (method.name, method.signature) == (
        "equalPairs",
        "def equalPairs(weights: List[int]) -> List[List[int]]:",
    )
    assert method.prelude == "from typing import List\n"
    assert method.examples[0] == Example(call="equalPairs([1, 1, 2])", result="[(1, 1)]")
    assert "class" not in method.solution
    assert plain.examples == (
        Example(call="oven('ada')", result="'ADA'"),
        Example(call="oven('bo')", result="'BO'"),
    )
    assert {one.licence for one in problems} == {"MIT"}


def test_json_lines(tmp_path: Path, options: SourceOptions) -> None:
    file = tmp_path / "apps.jsonl"
    rows = [json.dumps(row) for row in (SCRIPT, METHOD, PLAIN, UNSOLVED)] + ["[]", "{}"]
    file.write_text("\n".join(rows), encoding="utf-8")
    reader = open_source(f"apps:{file}", options)
    check(list(reader.problems()))
    assert [(one.id, one.reason) for one in reader.skipped] == [
        ("apps:train:3", "no solution"),
        ("apps:train:5", "unreadable"),
        ("apps:train:6", "unreadable"),
    ]
    assert len(list(open_source(f"jsonl:{file}", options).problems())) == 3


def test_the_original_folders(tmp_path: Path, options: SourceOptions) -> None:
    for row in (SCRIPT, METHOD, PLAIN, UNSOLVED):
        folder = tmp_path / "APPS" / "train" / f"{row['problem_id']:04}"
        folder.mkdir(parents=True)
        (folder / "question.txt").write_text(row["question"], encoding="utf-8")
        (folder / "metadata.json").write_text('{"difficulty": "interview"}', encoding="utf-8")
        for name in ("solutions", "input_output"):
            value = row[name] if isinstance(row[name], str) else json.dumps(row[name])
            if value:
                (folder / f"{name}.json").write_text(value, encoding="utf-8")
    broken = tmp_path / "APPS" / "train" / "0009"
    broken.mkdir()
    (broken / "question.txt").write_text("What?", encoding="utf-8")
    (broken / "solutions.json").write_text("[torn", encoding="utf-8")
    reader = open_source(f"apps:{tmp_path / 'APPS'}", options)
    found = list(reader.problems())
    check(found)
    assert [one.id for one in found] == ["apps:train:0000", "apps:train:0001", "apps:train:0002"]
    assert [(one.id, one.reason) for one in reader.skipped] == [
        ("apps:train:0003", "no solution"),
        ("apps:train:0009", "unreadable"),
    ]


def test_an_empty_folder_is_told(tmp_path: Path, options: SourceOptions) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no problem of APPS"):
        list(open_source(f"apps:{tmp_path / 'empty'}", options).problems())


def parquet(path: Path) -> bytes:
    import pyarrow  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]

    rows = [
        {name: value if isinstance(value, str | int) else json.dumps(value) for name, value in row.items()}
        for row in (SCRIPT, METHOD, {**PLAIN, "starter_code": ""}, {**UNSOLVED, "starter_code": ""})
    ]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    return path.read_bytes()


def in_a_process(
    *specs: str, options: SourceOptions, tmp_path: Path, **environment: str
) -> list[list[Problem]]:
    """Read sources in a process of their own: `datasets` takes its settings when it is imported."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom synth.sources.base import SourceOptions, open_source\n"
        "for spec in sys.argv[2:]:\n"
        "    source = open_source(spec, SourceOptions(work=Path(sys.argv[1])))\n"
        "    print('[', ','.join(problem.model_dump_json() for problem in source.problems()), ']')\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(options.work), *specs],
        env={**os.environ, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_DISABLE_XET": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return [[Problem.model_validate(one) for one in line] for line in lines]


def test_a_parquet_file_and_a_folder_of_them(tmp_path: Path, options: SourceOptions) -> None:
    (tmp_path / "mirror" / "data").mkdir(parents=True)
    file = tmp_path / "mirror" / "data" / "train-00000-of-00001.parquet"
    parquet(file)
    specs = (f"apps:{file}", f"apps:{tmp_path / 'mirror'}")
    for problems in in_a_process(*specs, options=options, tmp_path=tmp_path):
        check(problems)


def test_a_mirror_on_the_hub(tmp_path: Path, options: SourceOptions) -> None:
    data = parquet(tmp_path / "x.parquet")
    with HubStub(
        "own/apps", {"main": {"README.md": b"# own\n", "data/train-00000-of-00001.parquet": data}}
    ) as hub:
        (problems,) = in_a_process("apps:own/apps", options=options, tmp_path=tmp_path, HF_ENDPOINT=hub.url)
        check(problems)
        assert any("train-00000" in one for one in hub.seen)


def test_a_data_set_that_comes_as_a_script_is_taken_as_the_hub_converted_it(
    tmp_path: Path, options: SourceOptions
) -> None:
    data = parquet(tmp_path / "x.parquet")
    files = {"all/train/0000.parquet": data, "easy/train/0000.parquet": data, "all/test/0000.parquet": b"x"}
    revisions = {
        "main": {"README.md": b"# own\n", "apps.py": b"raise SystemExit\n"},
        "refs/convert/parquet": files,
    }
    with HubStub("own/apps", revisions) as hub:
        (problems,) = in_a_process(
            "apps:own/apps@train", options=options, tmp_path=tmp_path, HF_ENDPOINT=hub.url
        )
        check(problems)
        fetched = [one for one in hub.seen if one.startswith("GET /datasets") and one.endswith(".parquet")]
        assert fetched
        assert all(one.endswith("all/train/0000.parquet") for one in fetched)


def test_statements_lose_their_samples() -> None:
    text = (
        "Do it.\n\n-----Sample Input-----\n1\n\n-----Sample Output-----\n2\n\n-----Constraints-----\nn < 10\n"
    )
    assert statement(text) == "Do it.\n\nConstraints:\nn < 10"
    assert statement("Only words.") == "Only words."


@pytest.mark.parametrize(
    ("want", "got", "equal"),
    [
        ("1 2\n", "1 2", True),
        ("1 2 \n\n", "1 2\n", True),
        ("1\n2", "1 2", False),
        ("0.3333333", "0.33333333333", True),
        ("1", "1.0", False),
        ("YES", "yes", False),
    ],
)
def test_outputs_are_compared_by_words_and_lines(want: str, got: str, equal: bool) -> None:
    assert same_output(want, got) is equal


def test_a_class_that_uses_itself_stays_a_class() -> None:
    code = (
        "class Solution:\n    def go(self, n):\n        return self.half(n)\n"
        "    def half(self, n):\n        return n // 2\n"
    )
    scope: dict[str, Any] = {}
    exec(as_function(code, "go"), scope)  # our own text
    assert scope["go"](9) == 4
