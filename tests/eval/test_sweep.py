"""The ratio study: adapters are run, runs that are there are taken, figure 5 is drawn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.app import run as clarify
from eval.reports.drawings import figure_5
from eval.sweep import Sweep, at_ratios, ratio_of, stops
from models.errors import UsageError, UserError
from tests.eval.reports.material import write_benchmark, write_run
from tests.stubs.tiny_gguf import write_lora, write_tiny_model


def _training_run(folder: Path, questions: int, code: int) -> Path:
    """As `clarify train` leaves it, as far as a sweep looks."""
    folder.mkdir()
    epoch = {"samples": questions + code, "answered_by_questions": questions, "answered_by_code": code}
    (folder / "data.json").write_text(json.dumps({"epoch": epoch}), encoding="utf-8")
    return folder


def test_a_training_run_tells_its_ratio() -> None:
    folder = _training_run(Path("trained"), 30, 120)
    assert ratio_of(folder) == ratio_of(folder / "adapter.gguf") == 0.2
    with pytest.raises(UserError, match=r"give --at RATIO=elsewhere/adapter\.gguf"):
        ratio_of(Path("elsewhere/adapter.gguf"))


def test_stops_go_by_ratio_and_no_two_share_one() -> None:
    folder = _training_run(Path("trained"), 1, 1)
    assert [stop.ratio for stop in stops([folder], [(1.0, "b.gguf"), (0.0, "none")])] == [0.0, 0.5, 1.0]
    with pytest.raises(UsageError, match=r"the same ratio 0\.5"):
        stops([folder], [(0.5, "other.gguf")])
    with pytest.raises(UsageError, match="nothing to sweep over"):
        stops([], [])


def test_adapters_are_run_and_the_same_command_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_model(Path("tiny.gguf"), context=4096)
    write_lora(_training_run(Path("trained"), 3, 1) / "adapter.gguf")
    write_benchmark(Path("own.jsonl"), tasks=1)
    command = ["eval", "sweep", "trained", "--at", "0=none", "--model", "tiny.gguf"]
    command += ["--benchmark", "own.jsonl", "--p-ask-only", "--out", "out", "--json"]
    assert clarify(command) == 0
    found = Sweep.model_validate_json(capsys.readouterr().out)
    assert [(point.ratio, point.name) for point in found.points] == [(0.0, "r=0"), (0.75, "r=0.75")]
    adapters = [point.document.run.adapter for point in found.points if point.document.run]
    assert adapters[0] is None
    assert adapters[1] is not None
    assert found.overall == found.points[1].document.overall
    before = Path("out/r=0.75/responses.jsonl").read_bytes()
    assert clarify(command) == 0
    assert Path("out/r=0.75/responses.jsonl").read_bytes() == before
    assert "Figure 5" in Path("out/report.html").read_text(encoding="utf-8")
    assert Sweep.model_validate_json(Path("out/sweep.json").read_bytes()) == found


def test_runs_that_are_there_are_taken_and_a_report_takes_the_sweep(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_benchmark(Path("own.jsonl"))
    from eval.benchmarks.catalogue import open_benchmark

    own = open_benchmark("own.jsonl", "neutral")[0].benchmark
    write_run(Path("few"), benchmark=own, asks_on=("1p",))
    write_run(Path("many"), benchmark=own)
    command = ["eval", "sweep", "--at", "1=many", "--at", "0.2=few", "--judge", "reference-1"]
    assert clarify([*command, "--benchmark", "own.jsonl", "--sandbox", "weak"]) == 0
    assert "r = 0.2 (r=0.2)" in capsys.readouterr().out
    found = Sweep.model_validate_json(Path("sweep/sweep.json").read_bytes())
    rates = [point.document.overall.communication_rate for point in found.points]
    assert rates == [pytest.approx(1 / 3), pytest.approx(2 / 3)]
    drawing = figure_5(at_ratios(found))
    assert [chart.legend for chart in drawing.charts] == [("communication rate", "good question rate")] * 2
    report = ["eval", "report", "many", "--benchmark", "own.jsonl", "--sweep", "sweep/sweep.json"]
    assert clarify([*report, "--format", "markdown"]) == 0
    text = capsys.readouterr().out
    assert "| r = 0.2 | 43.35 | 36.90 |" in text


@pytest.mark.parametrize("given", ["0.2", "x=a.gguf", "2=a.gguf", "0.2="])
def test_a_point_has_a_ratio_and_a_place(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert clarify(["eval", "sweep", "--at", given]) == 2
    assert "RATIO=PLACE" in capsys.readouterr().err
