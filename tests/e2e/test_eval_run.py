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


def test_every_question_is_answered_and_code_is_written(
    model_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--system", "always", "--categories", "original,1p", "--max-tokens", "120", "--json")
    write_tasks(Path("own.jsonl"))
    command = ["eval", "run", "--benchmark", "own.jsonl", "--model", str(model_path), "--adapter", "none"]
    assert clarify([*command, *options, "--no-unclarified", "--out", "run"]) == 0
    rows = read(RunFolder(Path("run")).responses, Response)[0]
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
