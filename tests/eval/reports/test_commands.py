"""`clarify eval report` on folders of runs and logs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.app import run as clarify
from eval.benchmarks.catalogue import open_benchmark
from tests.eval.reports.material import responses, write_benchmark, write_run


@pytest.fixture
def own() -> str:
    """A benchmark of our own; its name goes by its texts."""
    return open_benchmark(str(write_benchmark(Path("own.jsonl"))), "neutral")[0].benchmark


def _json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_a_run_is_shown_beside_the_paper(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(Path("run"), benchmark=own)
    assert clarify(["eval", "report", "run", "--benchmark", "own.jsonl"]) == 0
    text = capsys.readouterr().out
    assert "Table 3: unclear requests" in text
    assert f"{own}, neutral text, judge reference-1" in text
    assert "published (arXiv 2504.16331v1, table 3)" in text


def test_the_page_is_written_to_a_file(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(Path("run"), benchmark=own)
    assert clarify(["eval", "report", "run", "--benchmark", "own.jsonl", "--out", "report.html"]) == 0
    assert "report.html" in capsys.readouterr().err
    page = Path("report.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert '["gone","0"],["new","some"]' in page  # the browser gets each request with its changes


def test_without_the_texts_a_kept_judge_is_enough_and_a_note_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_run(Path("run"), benchmark="nowhere")
    assert clarify(["eval", "report", "run", "--format", "markdown"]) == 0
    assert "without the benchmark's texts" in capsys.readouterr().out
    assert clarify(["eval", "report", "run", "--judge", "rule"]) == 1
    assert "no such benchmark" in capsys.readouterr().err


def test_one_document_for_all_runs(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(Path("a"), benchmark=own)
    write_run(Path("b"), "never", benchmark=own, asks_on=())
    assert clarify(["eval", "report", "a", "b", "--benchmark", "own.jsonl", "--json"]) == 0
    document = _json(capsys)
    assert document["overall"]["communication_rate"] == pytest.approx(2 / 3)
    assert document["others"][0]["overall"]["communication_rate"] == 0
    assert set(document["by_category"]) == {"original", "1a", "1c", "1p"}


def test_two_kept_judges_have_to_be_chosen_from(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_run(Path("run"), benchmark=own)
    kept = (folder / "judgements-reference-1.jsonl").read_text(encoding="utf-8")
    (folder / "judgements-other-2.jsonl").write_text(kept.replace("reference-1", "other-2"), encoding="utf-8")
    assert clarify(["eval", "report", "run", "--benchmark", "own.jsonl"]) == 2
    assert "other-2, reference-1; choose with --judge" in capsys.readouterr().err
    assert clarify(["eval", "report", "run", "--benchmark", "own.jsonl", "--judge", "other-2", "--json"]) == 0
    assert _json(capsys)["judge"] == "other-2"


def test_each_run_finds_its_texts_in_one_of_several_benchmarks(
    own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(Path("run"), benchmark=own)
    few = open_benchmark(str(write_benchmark(Path("few.jsonl"), tasks=1)), "neutral")[0].benchmark
    write_run(Path("other"), benchmark=few)
    command = ["eval", "report", "run", "other", "--benchmark", "few.jsonl", "--benchmark", "own.jsonl"]
    assert clarify(command) == 0
    assert "without the benchmark's texts" not in capsys.readouterr().out
    assert clarify(["eval", "report", "log.jsonl", *command[3:]]) == 2


def test_a_run_of_another_benchmark_is_refused(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(Path("run"))
    assert clarify(["eval", "report", "run", "--benchmark", "own.jsonl"]) == 1
    assert f"the run is of humanevalcomm-v2, and this is {own}" in capsys.readouterr().err


def test_a_foreign_log_with_labels(capsys: pytest.CaptureFixture[str]) -> None:
    write_benchmark(Path("own.jsonl"))
    fields = ("name", "category", "reply", "code", "answers")
    lines = [
        json.dumps({
            **{field: getattr(one, field) for field in fields},
            "asked": int(one.decision == "ask"),
            "quality": int(one.decision == "ask"),
        })
        for one in responses()
        if one.category != "original"
    ]
    Path("log.jsonl").write_text("\n".join(lines), encoding="utf-8")
    command = ["eval", "report", "log.jsonl", "--benchmark", "own.jsonl", "--judge", "logged", "--json"]
    assert clarify(command) == 0
    document = _json(capsys)
    assert document["overall"]["good_question_rate"] == pytest.approx(1 / 3)
    assert document["overall"]["pass_at_1"] is None  # it was not scored


def test_table_6_comes_from_synth_stats(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(Path("run"), benchmark=own)
    measured = {"texts": 2, "words": 9.0, "entropy": 3.25, "perplexity": 21.5, "perplexity_texts": 2}
    stats: dict[str, Any] = {"samples": 2, "clear_share": 0.5, "groups": 1, "problems": 1, "model": "tiny"}
    stats |= {name: {} for name in ("types", "shapes", "sources", "changes", "licences")}
    stats["table6"] = {"all unclear": {"problems": measured, "answers": measured}}
    Path("stats.json").write_text(json.dumps(stats), encoding="utf-8")
    command = ["eval", "report", "run", "--benchmark", "own.jsonl", "--format", "markdown", "--stats"]
    assert clarify([*command, "stats.json"]) == 0
    text = capsys.readouterr().out
    assert "| all unclear | 21.50 | 3.25 | 21.50 | 3.25 |" in text
    assert "| clarify-aware samples | 26.10 | 4.06 | 17.64 | 3.47 |" in text
    assert clarify([*command, "own.jsonl"]) == 1
    assert "not what `clarify synth stats --json` prints" in capsys.readouterr().err


def test_a_file_that_tells_no_form_is_refused(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(Path("run"), benchmark=own)
    assert clarify(["eval", "report", "run", "--benchmark", "own.jsonl", "--out", "report"]) == 2
    assert "give --format" in capsys.readouterr().err
