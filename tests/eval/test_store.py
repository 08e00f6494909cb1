from __future__ import annotations

from pathlib import Path

import pytest

from eval.schema import Response, RunInfo, Score
from eval.store import RunFolder, append, read_log, read_scores
from models.errors import UserError

INFO = RunInfo(
    benchmark="humaneval",
    view="neutral",
    system="ours",
    model="tiny",
    instruction_sha256="0",
    threshold=0.5,
    temperature=0.0,
    seed=0,
    max_tokens=8,
    version="0",
    command="clarify eval run",
)


def response(name: str, reply: str = "") -> Response:
    return Response(name=name, category="1a", reply=reply)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    append(folder.responses, [response("A/1"), response("A/2", "ü \ud800")])
    folder.write_info(INFO)
    log = read_log(folder.path)
    assert [one.name for one in log.responses] == ["A/1", "A/2"]
    assert log.info == INFO
    assert log.notes == ()
    assert folder.judgements("llm:gpt/4o mini").name == "judgements-llm-gpt-4o-mini.jsonl"


def test_a_torn_line_is_skipped_told_and_done_again(tmp_path: Path) -> None:
    file = tmp_path / "responses.jsonl"
    append(file, [response("A/1")])
    with file.open("ab") as out:
        out.write(b'{"name": "A/2", "cate')
    assert read_log(file).notes == ("1 unreadable line is left out",)
    append(file, [response("A/2"), response("A/1", "new")])
    log = read_log(file)
    assert [(one.name, one.reply) for one in log.responses] == [("A/1", "new"), ("A/2", "")]
    assert log.unreadable == 1


def test_a_foreign_log_needs_no_more_than_the_published_fields(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text('{"name": "A/1", "category": "2ac", "reply": "?", "asked": 1}\n', encoding="utf-8")
    (found,) = read_log(file).responses
    assert (found.key, found.view, found.counted) == ("A/1|2ac|raw|0", None, True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "there are no responses"),
        ('{"name": "A/1", "category": "9z", "reply": ""}', "log.jsonl:1: category"),
        ('{"name": "A/1", "category": "1a", "reply": "", "codes": ""}', "log.jsonl:1: codes"),
        ("[]", "log.jsonl:1:"),
    ],
)
def test_a_log_in_another_form(content: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_log(file)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert read_scores(tmp_path / "none.jsonl") == {}
    with pytest.raises(UserError, match="cannot be read: No such file"):
        read_log(tmp_path / "none.jsonl")
    with pytest.raises(UserError, match=r"run\.json: cannot be read"):
        RunFolder(tmp_path).read_info()
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match=r"run\.json: benchmark"):
        RunFolder(tmp_path).read_info()


def test_scores_by_key(tmp_path: Path) -> None:
    file = tmp_path / "scores.jsonl"
    append(file, [Score(key="k", passed=0, tests=1), Score(key="k", passed=1, tests=1)])
    assert read_scores(file)["k"].solved
