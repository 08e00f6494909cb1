"""`clarify eval run` on the real model: three tasks of our own through both rounds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.app import run as clarify
from eval.schema import Response
from eval.store import RunFolder, read
from tests.eval.tasks import write_tasks

pytestmark = pytest.mark.model


def _run(model: Path, *options: str) -> list[Response]:
    write_tasks(Path("own.jsonl"))
    command = ["eval", "run", "--benchmark", "own.jsonl", "--model", str(model), "--adapter", "none"]
    assert clarify([*command, "--out", "run", *options]) == 0  # the last --out counts
    folder = options[options.index("--out") + 1] if "--out" in options else "run"
    return read(RunFolder(Path(folder)).responses, Response)[0]


def test_every_question_is_answered_and_code_is_written(
    model_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--system", "always", "--categories", "original,1p", "--max-tokens", "120", "--json")
    rows = _run(model_path, *options, "--no-unclarified")
    assert len(rows) == 6
    asked = [row for row in rows if row.decision == "ask"]
    assert asked
    for row in asked:
        assert row.questions
        assert row.answers is not None
        assert len(row.answers.splitlines()) == len(row.questions)
        assert row.p_ask is not None
    assert any("def " in row.code for row in rows)
    document = json.loads(capsys.readouterr().out)
    assert document["overall"]["rows"] == 3
    assert document["by_category"]["original"]["rows"] == 3
    assert 0 <= document["overall"]["pass_at_1"] <= 1
    assert 0 <= document["overall"]["auroc"] <= 1


def test_the_decision_is_the_same_with_and_without_text(model_path: Path) -> None:
    one = ("--limit", "1", "--categories", "original,1a")
    decided = [row.p_ask for row in _run(model_path, "--p-ask-only", *one, "--out", "decided")]
    written = [row.p_ask for row in _run(model_path, "--max-tokens", "48", "--no-score", *one)]
    assert decided == written
    assert len(decided) == 2
