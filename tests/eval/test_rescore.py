"""`clarify eval rescore` on logs of our own tasks."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from assistant.app import run as clarify
from eval.commands.group import COMMANDS
from eval.rescore import Request, rescore
from eval.schema import Document, Response
from eval.store import RunFolder, append, read_scores
from tests.eval.tasks import TASKS, write_tasks
from tests.eval.test_store import INFO

LOGS = os.environ.get("CLARIFY_LOGGED_REPLIES")
BENCHMARK = os.environ.get("CLARIFY_HUMANEVALCOMM")
SHELF = TASKS[0]["solution"]


def log(path: Path, **labels: Any) -> Path:
    rows = [
        {"category": "1a", "reply": "Which books?", "code": SHELF, "asked": 1, "quality": 2},
        {"category": "1c", "reply": "Please say more.", "code": "", "asked": 1, "quality": 1},
        {"category": "1p", "reply": f"```python\n{SHELF}```", "code": SHELF, "asked": 0, "quality": 0},
    ]
    lines = [json.dumps({"name": "Own/0", **row, **labels}) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _benchmark() -> None:
    write_tasks(Path("own.jsonl"))


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Document:
    assert clarify(["eval", "rescore", *arguments, "--json"]) == 0
    return Document.model_validate_json(capsys.readouterr().out)


def test_a_foreign_log_by_its_labels(capsys: pytest.CaptureFixture[str]) -> None:
    log(Path("log.jsonl"), passed=0, tests=9)
    found = printed(capsys, "log.jsonl", "--benchmark", "own.jsonl", "--judge", "logged")
    assert found.judge == "logged"
    assert found.overall.communication_rate == pytest.approx(2 / 3)
    assert found.overall.good_question_rate == pytest.approx(0.5)
    assert found.overall.pass_at_1 == found.overall.test_pass_rate == pytest.approx(2 / 3)
    assert set(found.by_category) == {"1a", "1c", "1p"}
    assert any(note.startswith("benchmark: humanevalcomm-") for note in found.notes)


def test_by_rule_a_request_without_a_question_mark_does_not_ask(capsys: pytest.CaptureFixture[str]) -> None:
    log(Path("log.jsonl"))
    found = printed(capsys, "log.jsonl", "--benchmark", "own.jsonl", "--judge", "rule")
    assert found.overall.communication_rate == pytest.approx(1 / 3)
    assert found.overall.good_question_rate is None


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    log(Path("log.jsonl"))
    assert clarify(["eval", "rescore", "log.jsonl", "--benchmark", "own.jsonl"]) == 0
    out = capsys.readouterr().out
    assert "judge: rule-1" in out
    assert "communication rate" in out


def test_scores_of_a_log_can_be_kept(capsys: pytest.CaptureFixture[str]) -> None:
    log(Path("log.jsonl"))
    arguments = ("log.jsonl", "--benchmark", "own.jsonl", "--scores", "kept.jsonl")
    first = printed(capsys, *arguments)
    kept = read_scores(Path("kept.jsonl"))
    assert len(kept) == 3
    told = kept["Own/0|1a|raw|0"].model_copy(update={"passed": 0})
    append(Path("kept.jsonl"), [told])
    second = printed(capsys, *arguments)
    assert first.overall.pass_at_1 == pytest.approx(2 / 3)
    assert second.overall.pass_at_1 == pytest.approx(1 / 3)  # it was taken, not run again


def test_a_run_knows_its_benchmark_and_view(capsys: pytest.CaptureFixture[str]) -> None:
    from eval.benchmarks.catalogue import open_benchmark

    folder = RunFolder(Path("run"))
    name = open_benchmark("own.jsonl", "neutral")[0].benchmark
    folder.write_info(INFO.model_copy(update={"benchmark": name}))
    row = Response(name="Own/0", category="1a", reply="Which?", code=SHELF, view="neutral", decision="ask")
    append(folder.responses, [row])
    found = printed(capsys, "run", "--benchmark", "own.jsonl")
    assert found.run is not None
    assert found.overall.pass_at_1 == 1
    assert read_scores(folder.scores)[row.key].solved
    other = INFO.model_copy(update={"benchmark": "humaneval"})
    folder.write_info(other)
    assert clarify(["eval", "rescore", "run", "--benchmark", "own.jsonl"]) == 1
    assert "the run is of humaneval" in capsys.readouterr().err


def test_decisions_alone_are_neither_scored_nor_judged(capsys: pytest.CaptureFixture[str]) -> None:
    from eval.benchmarks.catalogue import open_benchmark

    folder = RunFolder(Path("run"))
    name = open_benchmark("own.jsonl", "neutral")[0].benchmark
    folder.write_info(INFO.model_copy(update={"benchmark": name, "p_ask_only": True}))
    for category, p_ask in (("original", 0.2), ("1a", 0.7), ("1c", 0.4)):
        row = Response.model_validate({
            "name": "Own/0",
            "category": category,
            "reply": "",
            "view": "neutral",
            "decision": "ask" if p_ask > 0.5 else "code",
            "p_ask": p_ask,
        })
        append(folder.responses, [row])
    found = printed(capsys, "run", "--benchmark", "own.jsonl")
    assert found.judge == "decision"
    assert (found.overall.communication_rate, found.overall.false_ask_rate) == (0.5, 0)
    assert (found.overall.auroc, found.overall.pass_at_1) == (1, None)
    assert "decisions alone: no reply was generated, judged or scored" in found.notes


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["log.jsonl"], 2, "a log does not tell its benchmark; give --benchmark"),
        (["log.jsonl", "--benchmark", "own.jsonl", "--judge", "rul"], 1, "did you mean `rule`?"),
        (["bare.jsonl", "--benchmark", "own.jsonl", "--judge", "logged"], 1, "the log has no labels"),
        (
            ["log.jsonl", "--benchmark", "own.jsonl", "--view", "neutral"],
            1,
            "name the benchmark and the view",
        ),
        (["none.jsonl"], 2, "does not exist"),
    ],
)
def test_what_cannot_be_done(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log(Path("log.jsonl"))
    log(Path("bare.jsonl"), asked=None, quality=None)
    assert clarify(["eval", "rescore", *arguments]) == code
    assert message in capsys.readouterr().err


def test_the_group_names_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert clarify(["eval", "--help"]) == 0
    assert "rescore" in capsys.readouterr().out
    assert clarify(["eval", "rescor"]) == 2
    assert "did you mean `rescore`?" in capsys.readouterr().err
    for name in COMMANDS:
        if clarify(["eval", name, "--help", "--debug"]) == 0:
            assert "--debug" in capsys.readouterr().out


@pytest.mark.stress
@pytest.mark.skipif(not LOGS, reason="CLARIFY_LOGGED_REPLIES is not set")
@pytest.mark.skipif(not BENCHMARK, reason="CLARIFY_HUMANEVALCOMM is not set")
@pytest.mark.parametrize("name", ["base", "finetuned"])
def test_published_logs_get_an_independent_scorers_figures(name: str, tmp_path: Path) -> None:
    assert LOGS is not None
    assert BENCHMARK is not None
    scores = tmp_path / "scores.jsonl"
    file = Path(LOGS) / f"{name}.jsonl"
    found = rescore(Request(file, BENCHMARK, judge="logged", scores=scores))
    wanted = json.loads((Path(LOGS) / "figures.json").read_text(encoding="utf-8"))[name]
    for group, theirs in wanted.items():
        ours = found.overall if group == "overall" else found.by_category[group]
        tolerance = 0.003 if group == "overall" else 0.02  # a row of 35 is 3 points
        assert ours.communication_rate == pytest.approx(theirs["communication_rate"], abs=1e-4)
        assert ours.good_question_rate == pytest.approx(theirs["good_question_rate"], abs=1e-4)
        if group == "overall":
            assert ours.pass_at_1 == pytest.approx(theirs["pass_at_1"], abs=tolerance)
            assert ours.test_pass_rate == pytest.approx(theirs["test_pass_rate"], abs=tolerance)
    kept = read_scores(scores)
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    equal = [kept[f"{row['name']}|{row['category']}|raw|0"].passed == row["passed"] for row in rows]
    assert sum(equal) / len(equal) >= 0.995
