"""`clarify eval run` on a tiny model: complete, resumable, the same decisions as `clarify ask`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.app import run as clarify
from assistant.config import load
from eval.run import Options, default_folder, run
from eval.schema import Response, RunInfo
from eval.store import RunFolder, read
from models.errors import UsageError, UserError
from tests.eval.tasks import SHELVES, write_tasks
from tests.stubs.tiny_gguf import write_lora, write_tiny_model

COMMAND = ("eval", "run", "--benchmark", "own.jsonl", "--model", "tiny.gguf", "--out", "run")


@pytest.fixture(autouse=True)
def _files() -> None:
    write_tiny_model(Path("tiny.gguf"), context=4096)
    write_tasks(Path("own.jsonl"))


def _rows(folder: str = "run") -> list[Response]:
    return read(RunFolder(Path(folder)).responses, Response)[0]


def test_json_without_figures_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert clarify([*COMMAND, "--no-score", "--json"]) == 2
    assert "--json prints the figures, which --no-score leaves out" in capsys.readouterr().err
    assert not Path("run").exists()


def test_every_text_gets_a_decision_with_one_prefill() -> None:
    assert clarify([*COMMAND, "--p-ask-only"]) == 0
    rows = _rows()
    assert [row.key for row in rows][:4] == [
        f"Own/0|{kind}|neutral|0" for kind in ("original", "1a", "1c", "1p")
    ]
    assert len(rows) == 10
    assert all(row.p_ask is not None and row.generated_tokens == 0 and row.reply == "" for row in rows)
    info = RunFolder(Path("run")).read_info()
    assert (info.system, info.p_ask_only, info.answerer, info.model) == ("ours", True, "", "tiny")
    assert info.model_sha256 is not None
    assert str(Path.cwd()) not in info.command


def test_the_decision_is_that_of_ask_to_the_last_digit(capsys: pytest.CaptureFixture[str]) -> None:
    Path("shelves.py").write_text(SHELVES, encoding="utf-8")
    assert clarify(["ask", "shelves.py", "--decide", "--json", "--model", "tiny.gguf"]) in {0, 3}
    asked = json.loads(capsys.readouterr().out)["specs"][0]
    assert clarify([*COMMAND, "--p-ask-only", "--limit", "1", "--categories", "original"]) == 0
    (row,) = _rows()
    assert row.p_ask == asked["p_ask"]
    assert row.decision == asked["decision"]


def test_both_rounds_write_a_row_for_each_text() -> None:
    assert clarify([*COMMAND, "--limit", "1", "--max-tokens", "8"]) == 0
    rows = _rows()
    assert len(rows) == 4
    assert all(row.reply for row in rows)


def test_several_texts_at_a_time_give_the_same_decisions_and_replies() -> None:
    write_tasks(Path("own.jsonl"), times=3)
    settings = load(model="tiny.gguf", max_tokens=24)
    apart, together = (
        run(Options(benchmark="own.jsonl", parallel=parallel, out=Path(str(parallel))), settings)
        for parallel in (1, 4)
    )
    assert together.read_info().parallel == 4
    rows, others = (
        {row.key: row for row in read(folder.responses, Response)[0]} for folder in (apart, together)
    )
    assert len(rows) == 30
    assert rows.keys() == others.keys()
    assert {key: row.p_ask for key, row in rows.items()} == {key: row.p_ask for key, row in others.items()}
    # With random weights many tokens are nearly alike, and then the last bits of a logit decide.
    assert sum(row.reply == others[key].reply for key, row in rows.items()) >= 24


def test_a_run_that_was_killed_goes_on_and_does_nothing_twice() -> None:
    write_tasks(Path("own.jsonl"), times=12)
    program = Path(sys.executable).with_name("clarify")
    command = [str(program), *COMMAND, "--p-ask-only"]
    responses = RunFolder(Path("run")).responses
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and (not responses.exists() or responses.read_bytes().count(b"\n") < 3):
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    with responses.open("ab") as file:
        file.write(b'{"name":"Own/0","cat')  # as a kill can leave it
    kept = responses.read_bytes()
    assert 0 < len(_rows()) < 120
    assert clarify([*COMMAND, "--p-ask-only"]) == 0
    assert responses.read_bytes().startswith(kept)
    keys = [row.key for row in _rows()]
    assert len(keys) == len(set(keys)) == 120
    whole = run(Options(benchmark="own.jsonl", p_ask_only=True, out=Path("whole")), load(model="tiny.gguf"))
    p_ask = {row.key: row.p_ask for row in read(whole.responses, Response)[0]}
    assert p_ask == {row.key: row.p_ask for row in _rows()}


def test_more_texts_of_the_same_run_are_added() -> None:
    assert clarify([*COMMAND, "--p-ask-only", "--limit", "1"]) == 0
    assert clarify([*COMMAND, "--p-ask-only", "--limit", "2"]) == 0
    assert len(_rows()) == 7


def test_a_folder_of_another_run_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert clarify([*COMMAND, "--p-ask-only", "--limit", "1"]) == 0
    assert clarify([*COMMAND, "--p-ask-only", "--limit", "1", "--threshold", "0.9"]) == 1
    assert "another threshold (0.5, not 0.9)" in capsys.readouterr().err
    assert len(_rows()) == 4


def test_an_effort_is_a_part_of_the_run_and_of_our_decision_alone(capsys: pytest.CaptureFixture[str]) -> None:
    command = [*COMMAND, "--p-ask-only", "--limit", "1", "--max-tokens", "4", "--effort", "normal"]
    assert clarify(command) == 0
    info = RunFolder(Path("run")).read_info()
    assert (info.effort, bool(info.sandbox)) == ("normal", True)
    assert all(row.generated_tokens > 0 and row.reply == "" for row in _rows())
    assert clarify([*command, "--effort", "low"]) == 1
    assert "another effort (normal, not low)" in capsys.readouterr().err
    assert clarify([*command, "--system", "cue-or", "--out", "rival"]) == 0
    info = RunFolder(Path("rival")).read_info()
    assert (info.effort, info.sandbox) == ("low", "")


def test_who_wrote_the_code_is_a_part_of_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lora = str(write_lora(tmp_path / "lora.gguf"))
    command = [*COMMAND, "--adapter", lora, "--limit", "1", "--max-tokens", "8", "--no-score"]
    assert clarify([*command, "--code-by", "base"]) == 0
    info = RunFolder(Path("run")).read_info()
    assert (info.adapter, info.code_by) == ("lora", "base")
    assert "-code-by-base" in str(default_folder(info))
    assert clarify([*command, "--code-by", "base"]) == 0
    for other in ([], ["--code-by", "adapter"]):
        assert clarify([*command, *other]) == 1
        assert "another code by (base, not None)" in capsys.readouterr().err
    command[-1] = "--p-ask-only"  # nothing is written, so nobody writes
    for who in ("base", "adapter"):
        assert clarify([*command, "--code-by", who, "--out", "decisions"]) == 0
    assert RunFolder(Path("decisions")).read_info().code_by is None


def test_who_writes_the_drafts_is_a_part_of_a_run_that_only_decides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lora = str(write_lora(tmp_path / "lora.gguf"))
    command = [*COMMAND, "--adapter", lora, "--limit", "1", "--max-tokens", "4", "--p-ask-only"]
    command += ["--effort", "normal"]
    assert clarify([*command, "--code-by", "base"]) == 0
    assert RunFolder(Path("run")).read_info().code_by == "base"
    assert clarify(command) == 1
    assert "another code by (base, not None)" in capsys.readouterr().err


def test_two_processes_do_not_share_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    from filelock import FileLock

    Path("run").mkdir()
    with FileLock("run/.lock"):
        assert clarify([*COMMAND, "--p-ask-only", "--limit", "1"]) == 1
    assert "another process" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--system", "okanagen"], "did you mean `okanagan`?"),
        (["--categories", "1a,9z"], "no category `9z`"),
        (["--samples", "2"], "alike at temperature 0"),
        (["--answerer", "nobody"], "no answerer `nobody`"),
        (["--benchmark", "nowhere.jsonl"], "no such benchmark or file"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert clarify([*COMMAND, *options]) in {1, 2}
    assert words in capsys.readouterr().err


def test_the_systems_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert clarify(["eval", "run", "--system", "help"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert {"ours", "always", "never"} <= set(names)


def test_an_instruction_of_others_needs_a_system_that_takes_one() -> None:
    Path("theirs.txt").write_text("Ask or code.", encoding="utf-8")
    options = Options(benchmark="own.jsonl", instruction=Path("theirs.txt"), out=Path("run"))
    with pytest.raises(UsageError, match="has its own instruction"):
        run(options, load(model="tiny.gguf"))


def test_a_benchmark_without_the_categories_is_an_error() -> None:
    options = Options(benchmark="own.jsonl", categories=("2cp",), out=Path("run"))
    with pytest.raises(UserError, match="no text of these categories"):
        run(options, load(model="tiny.gguf"))


def test_a_folder_has_a_name_of_its_run() -> None:
    info = RunInfo(
        benchmark="humaneval@humanevalcomm",
        view="raw",
        system="never",
        model="a/b",
        instruction_sha256="0",
        threshold=0.5,
        temperature=0,
        seed=0,
        max_tokens=8,
        version="0",
        command="",
    )
    assert default_folder(info) == Path("runs/humaneval@humanevalcomm-raw-a-b-never")


def test_the_figures_of_decisions_need_no_reply(capsys: pytest.CaptureFixture[str]) -> None:
    assert clarify([*COMMAND, "--p-ask-only", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    rows = _rows()
    asked = [row.decision == "ask" for row in rows if row.category != "original"]
    assert document["judge"] == "decision"
    assert document["overall"]["communication_rate"] == pytest.approx(sum(asked) / len(asked))
    assert document["overall"]["pass_at_1"] is None
    assert 0 <= document["overall"]["auroc"] <= 1
    assert 0 <= document["overall"]["false_ask_rate"] <= 1
    assert document["by_category"]["1a"]["rows"] == 2


def test_the_figures_of_a_whole_run_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    options = [
        "--limit",
        "1",
        "--categories",
        "original",
        "--max-tokens",
        "8",
        "--system",
        "constant-question",
    ]
    assert clarify([*COMMAND, *options, "--system", "constant-question", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["run"]["answerer"] == "spans"
    assert document["overall"]["false_ask_rate"] == 1.0
    assert document["by_category"]["original"]["rows"] == 1
    (row,) = _rows()
    assert row.answers == "1. No further information."
