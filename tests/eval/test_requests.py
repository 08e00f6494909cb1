"""`clarify eval requests` on a tiny model, and its figures on decisions that are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.app import run as clarify
from eval.requests.figures import ALL, Decided, kind_figures
from eval.requests.reading import Labelled, digest, read_requests
from models.errors import UserError
from tests.stubs.tiny_gguf import write_lora, write_tiny_model
from tests.training.material import sample

_OWN: list[dict[str, Any]] = [
    {"id": "a", "pair": "1", "kind": "clear", "request": "Write f(xs): xs sorted, smallest first."},
    {"id": "b", "pair": "1", "kind": "incomplete", "request": "Write f(xs): xs sorted."},
    {"id": "c", "pair": "2", "kind": "clear", "request": "Write g(x), which doubles x."},
    {"id": "d", "pair": "2", "kind": "ambiguous+incomplete", "request": "Write g(x), which changes x."},
]


def _write(rows: list[dict[str, Any]], name: str = "own.jsonl") -> Path:
    file = Path(name)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def _decided(p_ask: dict[str, float]) -> dict[str, Decided]:
    return {id: Decided(id=id, of="", p_ask=p, asked=p >= 0.5, seconds=1.0) for id, p in p_ask.items()}


def test_figures_are_by_kind_and_within_pairs() -> None:
    requests = [Labelled.model_validate(row) for row in _OWN]
    decided = _decided({"a": 0.2, "b": 0.4, "c": 0.6, "d": 0.6})
    kinds, false_asks, ece = kind_figures(requests, decided)
    assert set(kinds) == {ALL, "incomplete", "ambiguous+incomplete"}
    one, other, every = kinds["incomplete"], kinds["ambiguous+incomplete"], kinds[ALL]
    assert one.auroc is not None
    assert one.auroc.value == pytest.approx(0.5)
    assert one.ordered is not None
    assert one.ordered.value == 1.0
    assert other.ordered is not None
    assert other.ordered.value == 0.5  # a tie counts half
    assert every.auroc is not None
    assert every.auroc.value == pytest.approx((0.5 + 0.75) / 2)
    assert every.asked is not None
    assert (every.asked.value, every.requests) == (0.5, 2)
    assert false_asks is not None
    assert false_asks.value == 0.5
    assert ece is not None


def test_clear_requests_alone_have_false_asks_and_nothing_more() -> None:
    requests = [Labelled.model_validate(row) for row in _OWN if row["kind"] == "clear"]
    kinds, false_asks, ece = kind_figures(requests, _decided({"a": 0.2, "c": 0.6}))
    assert kinds[ALL].auroc is None
    assert kinds[ALL].ordered is None
    assert false_asks is not None
    assert false_asks.value == 0.5
    assert ece is None


def test_samples_of_a_build_are_read_without_second_rounds_and_repeated_texts() -> None:
    made = [
        sample(1),
        sample(1, type="Incomplete"),
        sample(1, type="Incomplete").model_copy(update={"id": "in other words"}),
        sample(1, type="Incomplete", answered=True),
    ]
    file = _write([json.loads(one.model_dump_json()) for one in made])
    found = read_requests([file])
    assert [(one.pair, one.kind) for one in found] == [
        ("problem-1", "clear"),
        ("problem-1", "incomplete"),
    ]
    assert found[0].request == made[0].problem


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"id": "a"}], "own.jsonl:1: pair: field required"),
        ([{**_OWN[0], "kind": "vague"}], "there is no kind `vague`"),
        ([_OWN[0], _OWN[0]], "stands twice"),
        ([], "no request"),
    ],
)
def test_what_is_no_request_is_refused(rows: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(UserError, match=words):
        read_requests([_write(rows)])


def test_a_log_goes_on_and_another_model_starts_anew(capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_model(Path("tiny.gguf"), context=4096)
    file = _write(_OWN)
    command = ["eval", "requests", str(file), "--model", "tiny.gguf", "--out", "log.jsonl", "--json"]
    assert clarify(command) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["clear"] == first["pairs"] == 2
    assert first["requests_sha256"] == digest(read_requests([file]))
    assert first["command"] == "clarify eval requests own.jsonl --model tiny.gguf --out log.jsonl --json"
    assert first["kinds"]["all"]["requests"] == 2
    lines = Path("log.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    Path("log.jsonl").write_text("\n".join(lines[:3]) + "\n", encoding="utf-8")
    assert clarify(command) == 0
    assert json.loads(capsys.readouterr().out)["kinds"]["all"]["auroc"] == first["kinds"]["all"]["auroc"]
    assert len(Path("log.jsonl").read_text(encoding="utf-8").splitlines()) == 4
    assert clarify([*command, "--threshold", "0.9"]) == 0
    assert len(Path("log.jsonl").read_text(encoding="utf-8").splitlines()) == 8
    assert clarify([*command, "--effort", "normal", "--max-tokens", "4"]) == 0
    assert len(Path("log.jsonl").read_text(encoding="utf-8").splitlines()) == 12


def test_who_writes_the_drafts_starts_anew_where_there_are_drafts() -> None:
    write_tiny_model(Path("tiny.gguf"), context=4096)
    write_lora(Path("lora.gguf"))
    command = ["eval", "requests", str(_write(_OWN[:2])), "--model", "tiny.gguf", "--adapter", "lora.gguf"]
    command += ["--out", "log.jsonl", "--max-tokens", "4"]
    for effort, decided in (("low", [2, 2]), ("normal", [4, 6])):
        for code_by, lines in zip(("base", "adapter"), decided, strict=True):
            assert clarify([*command, "--effort", effort, "--code-by", code_by]) == 0
            assert len(Path("log.jsonl").read_text(encoding="utf-8").splitlines()) == lines


def test_a_request_that_was_reworded_is_decided_anew(capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_model(Path("tiny.gguf"), context=4096)
    command = ["eval", "requests", str(_write(_OWN)), "--model", "tiny.gguf", "--out", "log.jsonl"]
    assert clarify(command) == 0
    _write([{**_OWN[0], "request": "Write f(xs): xs sorted, the largest first."}, *_OWN[1:]])
    assert clarify(command) == 0
    lines = [json.loads(line) for line in Path("log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["a", "b", "c", "d", "a"]
    assert lines[0]["p_ask"] != lines[4]["p_ask"]


def test_the_table_says_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_model(Path("tiny.gguf"), context=4096)
    assert clarify(["eval", "requests", str(_write(_OWN)), "--model", "tiny.gguf"]) == 0
    shown = capsys.readouterr().out
    assert "2 clear requests, 2 pairs" in shown
    assert "ambiguous+incomplete" in shown
