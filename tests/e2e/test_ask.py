"""`clarify ask` on the real model: the whole way from a file to questions, code and an edit."""

from __future__ import annotations

import doctest
import json
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import jsonschema
import pytest

pytestmark = pytest.mark.model

EXAMPLES = Path(__file__).parents[2] / "examples"
CLARIFY = str(Path(sys.executable).with_name("clarify"))


def _clarify(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([CLARIFY, *arguments], capture_output=True, text=True, check=False, timeout=300)


def test_a_clear_file_becomes_code_that_passes_its_own_doctests(model_path: Path) -> None:
    shutil.copy(EXAMPLES / "text.py", "text.py")
    done = _clarify("ask", "text.py", "--apply", "--ask", "never", "--model", str(model_path))
    assert done.returncode == 0, done.stderr
    written = Path("text.py").read_text(encoding="utf-8")
    assert written.startswith('"""Small helpers for names and text."""')
    module = types.ModuleType("text")
    exec(compile(written, "text.py", "exec"), module.__dict__)
    result = doctest.testmod(module)
    assert result.attempted == 4
    assert result.failed == 0


def test_forced_asking_prints_a_numbered_list_about_the_spec(model_path: Path) -> None:
    done = _clarify("ask", str(EXAMPLES / "library.py"), "--ask", "always", "--model", str(model_path))
    assert done.returncode == 3, done.stderr
    heading, *questions = done.stdout.strip().splitlines()
    assert re.fullmatch(r".*library\.py:4 late_fee: ask \(p_ask [01]\.\d\d\)", heading)
    assert questions
    for number, question in enumerate(questions, 1):
        assert question.startswith(f"{number}. ")


def test_the_json_is_the_documents_schema_and_repeats_to_the_last_digit(model_path: Path) -> None:
    schema = json.loads(_clarify("ask", "--json-schema").stdout)
    arguments = (
        "ask",
        str(EXAMPLES / "library.py"),
        "--json",
        "--max-tokens",
        "48",
        "--model",
        str(model_path),
    )
    first, second = (_clarify(*arguments) for _ in range(2))
    document = json.loads(first.stdout)
    jsonschema.Draft202012Validator(schema).validate(document)
    spec = document["specs"][0]
    assert 0 <= spec["p_ask"] <= 1
    assert spec["evidence"][0]["name"] == "opening"
    again = json.loads(second.stdout)["specs"][0]
    assert (again["p_ask"], again["questions"]) == (spec["p_ask"], spec["questions"])


def test_deciding_costs_a_prefill_and_no_token(model_path: Path) -> None:
    done = _clarify("ask", str(EXAMPLES / "text.py"), "--decide", "--json", "--model", str(model_path))
    specs = json.loads(done.stdout)["specs"]
    assert [spec["name"] for spec in specs] == ["initials", "count_vowels"]
    assert all(spec["code"] is None and spec["questions"] == [] for spec in specs)
    assert all(spec["timings"]["generated_tokens"] == 0 for spec in specs)


def test_a_file_over_the_context_names_both_sizes(model_path: Path) -> None:
    Path("long.py").write_text(
        'def f(x):\n    """' + "Add one to the number. " * 400 + '"""\n    ...\n', encoding="utf-8"
    )
    done = _clarify("ask", "long.py", "--context", "512", "--model", str(model_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r"error: long\.py:1: the prompt has \d{4} tokens and the context holds 512", done.stderr)


def test_a_truncated_model_is_one_line(model_path: Path) -> None:
    with model_path.open("rb") as whole:
        Path("cut.gguf").write_bytes(whole.read(8 * 2**20))
    done = _clarify("ask", "print hi", "--model", "cut.gguf")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert "cut.gguf" in done.stderr
