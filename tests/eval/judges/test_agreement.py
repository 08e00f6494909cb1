"""Agreement with labels, and `clarify eval judge-check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.app import run as clarify
from eval.judges.agreement import Report, compare, in_split
from eval.schema import Judgement
from eval.store import append
from models.errors import UserError
from tests.eval.judges.material import response, write_log
from tests.eval.tasks import write_tasks
from tests.stubs.http import Fault
from tests.stubs.openai import OpenAIStub

GENERAL = "The description is incomplete. Please provide more details."
ROWS = (
    response("Own/0", "1p", "Is anything added for the two ends?", asked=1, quality=2),
    response("Own/0", "1a", GENERAL, asked=1, quality=1),
    response("Own/1", "1a", "Which order should the guests be in: alphabetical?", asked=1, quality=2),
    response("Own/1", "1p", "```python\nx = 1\n```", asked=0, quality=0),
    response("Own/2", "1p", GENERAL, asked=1, quality=2),
)


@pytest.fixture(autouse=True)
def _files() -> None:
    write_tasks(Path("own.jsonl"))
    write_log(Path("log.jsonl"), *ROWS)


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> Report:
    assert clarify(["eval", "judge-check", *arguments, "--benchmark", "own.jsonl", "--json"]) == 0
    return Report.model_validate_json(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert clarify(["eval", "judge-check", *arguments, "--benchmark", "own.jsonl"]) != 0
    return capsys.readouterr().err


def test_the_reference_judge_against_the_labels_of_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = checked(capsys, "log.jsonl", "--split", "all").checks
    assert (found.judge, found.labelled, found.ungraded) == ("reference-lexical-1", "logged", 0)
    assert found.communication.kappa == pytest.approx(1)
    assert found.communication.confusion == ((1, 0), (0, 4))
    assert found.quality.confusion == ((1, 0), (1, 2))
    assert found.quality.constant == pytest.approx(3 / 4)


def test_parts_are_by_the_task_s_number(capsys: pytest.CaptureFixture[str]) -> None:
    odd, even = (checked(capsys, "log.jsonl", "--split", part).checks[0] for part in ("odd", "even"))
    assert (odd.communication.rows, even.communication.rows) == (2, 3)
    assert checked(capsys, "log.jsonl").checks[0] == odd, "what the judge was not fitted on is the default"


def test_several_logs_are_also_taken_together(capsys: pytest.CaptureFixture[str]) -> None:
    write_log(Path("other.jsonl"), *ROWS[:3])
    found = checked(capsys, "log.jsonl", "other.jsonl", "--split", "all")
    assert [one.file for one in found.checks] == ["log.jsonl", "other.jsonl"]
    assert found.overall
    assert found.overall.communication.rows == 8


def test_two_sets_of_labels(capsys: pytest.CaptureFixture[str]) -> None:
    second = [Judgement(key=row.key, judge="reader", asked=row.asked, quality=row.quality) for row in ROWS]
    append(Path("second.jsonl"), [*second[:4], second[4].model_copy(update={"quality": 1})])
    arguments = ("log.jsonl", "--split", "all", "--labels", "second.jsonl")
    (found,) = checked(capsys, *arguments, "--judge", "logged").checks
    assert (found.judge, found.labelled) == ("logged", "reader")
    assert found.quality.confusion == ((1, 1), (0, 2))
    (of_reference,) = checked(capsys, *arguments).checks
    assert of_reference.quality.kappa == pytest.approx(1)


def test_labels_of_several_logs_are_in_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    write_log(Path("other.jsonl"), *ROWS[:2])
    for name in ("log.jsonl", "other.jsonl"):
        labels = [Judgement(key=row.key, judge="reader", asked=1, quality=1) for row in ROWS[:2]]
        append(Path("labels") / name, labels)
    found = checked(capsys, "log.jsonl", "other.jsonl", "--labels", "labels", "--split", "all")
    assert [one.communication.rows for one in found.checks] == [2, 2]


def test_only_what_has_a_label_is_judged(capsys: pytest.CaptureFixture[str]) -> None:
    append(Path("labels.jsonl"), [Judgement(key=ROWS[0].key, judge="reader", asked=1, quality=2)])
    with OpenAIStub(["1", "2"]) as stub:
        arguments = ("--judge", "llm:some", "--base-url", stub.url, "--labels", "labels.jsonl")
        (found,) = checked(capsys, "log.jsonl", *arguments, "--split", "all").checks
        assert len(stub.requests) == 2
    assert found.quality.confusion == ((0, 0), (0, 1))


def test_what_was_judged_before_a_failure_is_not_judged_again(capsys: pytest.CaptureFixture[str]) -> None:
    with OpenAIStub(["1", "2", Fault(401)]) as stub:
        arguments = ("log.jsonl", "--judge", "llm:some", "--base-url", stub.url, "--split", "all")
        assert "refuses the key" in refused(capsys, *arguments, "--keep", "kept")
        stub.replies("1", "1", "1", "2", "maybe", "maybe", "maybe")
        (found,) = checked(capsys, *arguments, "--keep", "kept").checks
        assert len(stub.requests) == 10
    assert found.ungraded == 1
    assert found.communication.rows == 4
    lines = Path("kept/log/judgements-llm-1-some.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["key"] for line in lines] == [row.key for row in ROWS]


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert clarify(["eval", "judge-check", "log.jsonl", "--benchmark", "own.jsonl", "--split", "all"]) == 0
    out = capsys.readouterr().out
    assert "reference-lexical-1 against logged" in out
    assert "1.00" in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_log_without_labels_says_where_they_can_come_from(capsys: pytest.CaptureFixture[str]) -> None:
    write_log(Path("bare.jsonl"), response("Own/1", "1a", "Which order?"))
    assert "--labels" in refused(capsys, "bare.jsonl")


def test_a_reply_to_no_text_of_the_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    write_log(Path("other.jsonl"), response("Own/7", "1a", "Which order?", asked=1, quality=2))
    assert "no such text" in refused(capsys, "other.jsonl")


def test_a_task_without_a_number_has_no_part() -> None:
    named = response("Own/x", "1a", "Which?")
    assert in_split(named, "all")
    with pytest.raises(UserError, match="--split all"):
        in_split(named, "odd")


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([1, 2]), st.sampled_from([1, 2, None])), max_size=30))
def test_a_constant_judge_has_no_kappa_above_zero(pairs: list[tuple[int, int | None]]) -> None:
    given_labels = [one for one, _ in pairs]
    constant = compare(given_labels, [1] * len(pairs), (1, 2))
    assert constant.kappa is None or abs(constant.kappa) < 1e-9
    found = compare(given_labels, [other for _, other in pairs], (1, 2))
    assert sum(map(sum, found.confusion)) == found.rows == sum(other is not None for _, other in pairs)
    if found.rows:
        assert found.observed is not None
        assert 0 <= found.observed <= 1
