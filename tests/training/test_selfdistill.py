from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.backends.scripted import ScriptedBackend
from models.sandbox.judge import Judge
from models.sandbox.runner import open_sandbox
from synth.output.reading import read_samples
from synth.schema import Example, Sample
from tests.stubs.tiny_gguf import write_tiny_model
from tests.training.material import sample, write_samples
from training.commands_replies import distill as distill_command
from training.commands_replies import pairs as pairs_command
from training.preference.pairs import read_pairs
from training.progress import Silent
from training.replies import Replies, ReplyLog
from training.selfdistill import distill

RIGHT = "```python\ndef f(xs):\n    return list(sorted(xs))"
WRONG = "```python\ndef f(xs):\n    return xs"


def with_examples(number: int) -> Sample:
    examples = (Example(call="f([2, 1])", result="[1, 2]"), Example(call="f([])", result="[]"))
    return sample(number).model_copy(update={"examples": examples})


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(open_sandbox())


MADE = [with_examples(0), with_examples(1), with_examples(2), sample(3), sample(4, type="Ambiguous")]


def run(script: list[str], judge: Judge, folder: Path) -> tuple[list[Sample], dict[str, object]]:
    replies = Replies(ScriptedBackend(script), "base", ReplyLog(folder / "log"))
    report = distill(MADE, replies, judge, folder / "out.jsonl", Silent())
    return list(read_samples(folder / "out.jsonl")), report.model_dump(exclude={"file"})


def test_only_code_that_passes_takes_the_place_of_the_answer(judge: Judge, tmp_path: Path) -> None:
    made, report = run([RIGHT, WRONG, "```python\n"], judge, tmp_path)
    assert made[0] == MADE[0].model_copy(update={"answer": f"{RIGHT}\n```"})
    assert made[1:] == MADE[1:]
    assert report == {"samples": 5, "code": 4, "replaced": 1, "failed": 1, "no_code": 1, "untested": 1}


def test_replies_and_verdicts_are_kept(judge: Judge, tmp_path: Path) -> None:
    with pytest.raises(IndexError):  # stands for a stop
        run([RIGHT, WRONG], judge, tmp_path)
    assert not (tmp_path / "out.jsonl").exists()
    lines = (tmp_path / "log").read_bytes()
    _, report = run([RIGHT], judge, tmp_path)
    assert (report["replaced"], report["failed"]) == (2, 1)
    assert (tmp_path / "log").read_bytes().startswith(lines)
    grown = (tmp_path / "log").read_bytes()
    _, again = run([], judge, tmp_path)
    assert again == report
    assert (tmp_path / "log").read_bytes() == grown


def test_the_commands_on_a_tiny_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says noise, so that nothing is replaced, and the twins' answers are rejected."""
    model = write_tiny_model(tmp_path / "tiny.gguf", context=2048)
    data = write_samples(tmp_path / "data.jsonl", [with_examples(0), sample(0, type="Incomplete")])
    out = tmp_path / "out.jsonl"
    words = ["--data", str(data), "--model", str(model), "--json"]
    distill_command.main([*words, "--out", str(out), "--max-tokens", "16"], standalone_mode=False)
    report = json.loads(capsys.readouterr().out)
    assert (report["samples"], report["code"], report["replaced"]) == (2, 1, 0)
    assert list(read_samples(out)) == list(read_samples(data))
    assert (tmp_path / "out.jsonl.replies").exists()
    pairs_command.main([*words, "--out", str(tmp_path / "pairs.jsonl")], standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["pairs"] == 2 == len(read_pairs(tmp_path / "pairs.jsonl"))
