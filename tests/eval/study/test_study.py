"""`clarify eval study` on tiny models: measured once, resumed to the byte, anew where something changed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from assistant.app import run as clarify
from assistant.decision.weights import read as read_weights
from eval.requests.reading import read_requests
from eval.study.document import StudyDocument
from eval.study.drawing import drawing
from eval.study.findings import FindingLog, Measured, Subject
from eval.study.material import cut
from tests.stubs.tiny_gguf import write_lora, write_tiny_model

_RECIPE = """
name = "own"
requests = "own.jsonl"
[adapters]
few = "few.gguf"
all = ""
[[rows]]
name = "cue: or"
system = "cue-or"
[[rows]]
name = "constant question"
system = "constant-question"
[[rows]]
name = "bare"
model = "tiny.gguf"
adapter = "none"
evidence = "opening"
budget_seconds = 60
curve = "tiny"
x = 1
[[rows]]
name = "few"
model = "tiny.gguf"
adapter = "few"
evidence = "opening"
curve = "tiny"
x = 2
[[rows]]
name = "all"
model = "tiny.gguf"
adapter = "all"
evidence = "opening"
"""
_TASKS = ("doubles x", "sorts x", "reverses x", "counts x")


def _requests() -> Path:
    rows: list[dict[str, Any]] = []
    for place, task in enumerate(_TASKS):
        pair = f"domain-{place % 2}/{place}"
        rows += [
            {"id": f"{place}", "pair": pair, "kind": "clear", "request": f"Write f(x), which {task} once."},
            {
                "id": f"{place}a",
                "pair": pair,
                "kind": "ambiguous",
                "request": f"Write f(x), which {task} or so.",
            },
            {"id": f"{place}i", "pair": pair, "kind": "incomplete", "request": f"Write f(x): {task}"},
        ]
    file = Path("own.jsonl")
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def _material(recipe: str = _RECIPE) -> list[str]:
    write_tiny_model(Path("tiny.gguf"), context=4096)
    write_lora(Path("few.gguf"))
    _requests()
    Path("own.toml").write_text(recipe, encoding="utf-8")
    return ["eval", "study", "own.toml", "--out", "out", "--json"]


def _lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("out/findings.jsonl").read_text(encoding="utf-8").splitlines()]


def test_rows_are_measured_and_written(capsys: pytest.CaptureFixture[str]) -> None:
    command = _material()
    assert clarify(command) == 0
    found = StudyDocument.model_validate_json(capsys.readouterr().out)
    assert found == StudyDocument.model_validate_json(Path("out/study.json").read_bytes())
    assert [row.name for row in found.rows] == ["cue: or", "constant question", "bare", "few"]
    assert [one.name for one in found.left_out] == ["all"]
    assert (found.clear, found.unclear, found.pairs, found.domains) == (4, 8, 4, 2)
    assert found.command == "clarify eval study own.toml --out out --json"
    cue, constant, bare, few = found.rows
    auroc, ordered = cue.kinds["ambiguous"].auroc, cue.kinds["ambiguous"].ordered
    assert auroc is not None
    assert ordered is not None
    assert auroc.value == ordered.value == 1.0
    assert constant.false_asks is not None
    assert constant.false_asks.value == 1.0
    assert (cue.model, cue.model_sha256) == ("", None)
    assert bare.adapter is None
    assert few.adapter_sha256 is not None
    assert (bare.weighed, cue.weighed) == ("as it is", "as it is")
    assert bare.seconds.in_budget == 1.0
    assert bare.seconds.median > 0
    assert len(_lines()) == 4 * 12
    text = Path("out/study.md").read_text(encoding="utf-8")
    assert all(f"| {place} {row.name} |" in text for place, row in enumerate(found.rows, 1))
    assert "Left out: all" in text


def test_a_study_that_was_stopped_goes_on_to_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    command = _material()
    assert clarify(command) == 0
    files = ("study.json", "study.md", "study.svg", "weights.toml", "findings.jsonl")
    before = {name: Path("out", name).read_bytes() for name in files}
    assert clarify(command) == 0
    assert {name: Path("out", name).read_bytes() for name in files} == before
    log = Path("out/findings.jsonl")
    log.write_bytes(before["findings.jsonl"][:-40])  # a kill tore the last line
    assert clarify(command) == 0
    assert len([line for line in log.read_bytes().splitlines() if line.endswith(b"}")]) == 48
    capsys.readouterr()


def test_what_changed_is_measured_anew_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    command = _material()
    assert clarify(command) == 0
    first = _lines()
    rows = [json.loads(line) for line in Path("own.jsonl").read_text(encoding="utf-8").splitlines()]
    rows[0]["request"] = "Write f(x), which doubles x, an int."
    Path("own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert clarify(command) == 0
    new = _lines()[len(first) :]
    assert [(one["id"], one["by"]) for one in new] == [
        ("0", "cue-or"),
        ("0", "constant-question"),
        ("0", "opening"),
        ("0", "opening"),
    ]
    write_tiny_model(Path("tiny.gguf"), context=4096, seed=7)
    assert clarify(command) == 0
    assert [one["by"] for one in _lines()[len(first) + 4 :]] == ["opening"] * 24
    Path("own.toml").write_text(_RECIPE + "threshold = 0.1\n", encoding="utf-8")
    assert clarify(command) == 0
    assert len(_lines()) == len(first) + 4 + 24
    capsys.readouterr()


_CUT = """
requests = "own.jsonl"
[limits]
few = 2
[[rows]]
name = "few"
model = "tiny.gguf"
adapter = "none"
evidence = "opening"
limit = "few"
fit = true
effort = "low"
[[rows]]
name = "all"
model = "tiny.gguf"
adapter = "none"
evidence = "opening"
"""


def test_a_row_with_a_limit_has_fewer_pairs_and_shares_what_was_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = _material(_CUT)
    rows = [json.loads(line) for line in Path("own.jsonl").read_text(encoding="utf-8").splitlines()]
    few = {one.pair for one in cut(read_requests([Path("own.jsonl")]), 2, 0)}
    kept = [one for one in rows if one["pair"] not in few or one["kind"] != "incomplete"]
    Path("own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
    assert clarify(command) == 0
    found = StudyDocument.model_validate_json(capsys.readouterr().out)
    assert [row.pairs for row in found.rows] == [2, 4]
    assert [sorted(row.kinds) for row in found.rows] == [
        ["all", "ambiguous"],
        ["all", "ambiguous", "incomplete"],
    ]
    assert len(_lines()) == len(kept)
    assert found.rows[1].requests_sha256 == found.requests_sha256 != found.rows[0].requests_sha256
    (weights,) = read_weights(Path("out/weights.toml"))
    assert weights.data_sha256 == found.rows[0].requests_sha256
    assert clarify([*command, "--set", "limits.few=3"]) == 0
    assert [row.pairs for row in StudyDocument.model_validate_json(capsys.readouterr().out).rows] == [3, 4]
    assert len(_lines()) == len(kept)


def test_set_gives_places_and_the_command_says_nothing_of_the_machine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = _material()
    adapter = write_lora(Path.cwd().parent / "elsewhere.gguf", seed=3)
    assert clarify([*command, "--set", f"adapters.all={adapter}", "--set", "limit=2"]) == 0
    found = StudyDocument.model_validate_json(capsys.readouterr().out)
    assert found.left_out == ()
    assert found.pairs == 2
    assert "--set adapters.all=elsewhere.gguf --set limit=2" in found.command
    assert str(Path.cwd().parent) not in found.model_dump_json()


def test_a_system_that_needs_a_model_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    command = _material('requests = "own.jsonl"\n[[rows]]\nname = "a"\nsystem = "never"\n')
    assert clarify(command) == 1
    assert "needs a model" in capsys.readouterr().err


def test_the_plot_has_every_row_in_every_panel(capsys: pytest.CaptureFixture[str]) -> None:
    assert clarify(_material()) == 0
    found = StudyDocument.model_validate_json(capsys.readouterr().out)
    svg = drawing(found)
    assert svg == Path("out/study.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(svg)
    panels = [one for one in root if one.tag.endswith("svg")]
    assert len(panels) == 4  # all kinds, two kinds, one of curves
    for panel in panels[:3]:
        assert len([one for one in panel if one.tag.endswith("circle")]) == len(found.rows)
    assert len([one for one in panels[3] if one.tag.endswith("circle")]) == 2
    assert "var(" not in svg
    assert not re.search(r"nan|inf\b", svg)


def test_one_text_under_two_ids_is_measured_once() -> None:
    subject = Subject("m", "a" * 64)
    log = FindingLog(Path("findings.jsonl"))
    one = read_requests([_requests()])[0]
    key = subject.key("opening", {}, one.request)
    log.add([Measured(of=key, id=one.id, by="opening", value=0.5, seconds=1.0)])
    again = FindingLog(Path("findings.jsonl"))
    assert subject.key("opening", {}, one.request) in again
    assert subject.key("opening", {"drafts": 3}, one.request) not in again
    assert Subject("m", "b" * 64).key("opening", {}, one.request) not in again


def test_the_table_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert clarify(_material()[:-1]) == 0
    shown = capsys.readouterr().out
    assert "4 clear and 8 unclear requests, 4 pairs, 2 domains of own.jsonl" in shown
    assert "What the rows rest on" in shown
