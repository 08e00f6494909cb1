from __future__ import annotations

import math

import pytest

from eval.figures import document
from eval.schema import Category, Judgement, Response, Score
from models.errors import UserError


def row(
    task: int,
    category: Category,
    *,
    asked: int | None = 0,
    quality: int | None = 0,
    solved: bool = False,
    p_ask: float | None = None,
    sample: int = 0,
    **fields: object,
) -> tuple[Response, Score, Judgement]:
    reply = "1. Which unit is it?" if asked else "```python\nx = 1\n```"
    response = Response.model_validate({
        "name": f"A/{task}",
        "category": category,
        "reply": reply,
        "p_ask": p_ask,
        "sample": sample,
        "prompt_tokens": 100,
        "seconds": 2.0,
        **fields,
    })
    score = Score(key=response.key, passed=2 if solved else 1, tests=2)
    judgement = Judgement(
        key=response.key,
        judge="own-1",
        asked=asked,
        quality=quality,
        targeted=None if quality is None else int(quality == 2),
        covered=None if quality is None else int(quality == 2),
    )
    return response, score, judgement


Row = tuple[Response, Score, Judgement]


def of(*rows: Row) -> tuple[list[Response], dict[str, Score], dict[str, Judgement]]:
    return (
        [response for response, _, _ in rows],
        {score.key: score for _, score, _ in rows},
        {judgement.key: judgement for _, _, judgement in rows},
    )


ROWS = (
    row(0, "original", solved=True, p_ask=0.1),
    row(1, "original", asked=1, quality=1, solved=True, p_ask=0.6),
    row(0, "1a", asked=1, quality=2, solved=True, p_ask=0.9),
    row(1, "1a", asked=1, quality=1, p_ask=0.8),
    row(0, "2ac", p_ask=0.2),
    row(1, "2ac", asked=1, quality=2, solved=True, p_ask=0.7, counted=False),
)


def test_originals_stand_apart() -> None:
    found = document(*of(*ROWS))
    overall = found.overall
    assert (found.judge, overall.rows) == ("own-1", 4)
    assert list(found.by_category) == ["original", "1a", "2ac"]
    assert overall.communication_rate == pytest.approx(3 / 4)
    assert overall.good_question_rate == pytest.approx(5 / 8)
    assert overall.good_only_rate == pytest.approx(1 / 2)
    assert overall.false_ask_rate == pytest.approx(1 / 2)
    assert overall.auroc == pytest.approx(7 / 8)
    assert overall.questions_per_ask == 1
    assert overall.distinct_questions == pytest.approx(1 / 3)
    assert overall.key_question_coverage == pytest.approx(2 / 6)
    # Four questions, one of them on an original; two are about one of the six things changed.
    assert overall.ask_f1 == pytest.approx(2 * (2 / 4) * (2 / 6) / (2 / 4 + 2 / 6))
    assert (overall.tokens_per_task, overall.seconds_per_task) == (100, 2)
    assert found.by_category["original"].communication_rate == pytest.approx(1 / 2)
    assert found.by_category["original"].auroc is None
    assert found.by_category["1a"].auroc == 1
    assert found.notes == ("1 of 6 rows do not count for pass@1 and test pass rate",)


def test_rows_that_do_not_count_are_left_out_of_passing() -> None:
    overall = document(*of(*ROWS)).overall
    assert overall.pass_at_1 == pytest.approx(1 / 3)
    assert overall.test_pass_rate == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert overall.intervals["pass_at_1"].n == 3
    assert overall.intervals["communication_rate"].n == 4


def test_intervals_hold_their_values_and_are_the_same_again() -> None:
    first, second = document(*of(*ROWS)), document(*of(*ROWS))
    assert first == second
    for name, one in first.overall.intervals.items():
        assert getattr(first.overall, name) == one.value
        assert one.low is not None
        assert one.high is not None
        assert one.low <= one.value <= one.high


def test_categories_are_tested_against_the_originals() -> None:
    rows = [row(task, "original", solved=True) for task in range(12)]
    rows += [row(task, "1a", solved=False) for task in range(12)]
    rows += [row(task, "1c", solved=True) for task in range(12)]
    found = document(*of(*rows)).by_category
    assert found["1a"].mcnemar_p == pytest.approx(2 * 2 * 0.5**12)  # two-sided, twice for two categories
    assert found["1c"].mcnemar_p == 1
    assert found["original"].mcnemar_p is None


def test_samples_of_a_text_share_its_weight() -> None:
    rows = [row(0, "1a", solved=True), row(1, "1a", solved=False), row(1, "1a", solved=True, sample=1)]
    assert document(*of(*rows)).overall.pass_at_1 == pytest.approx(0.75)


def test_a_judge_of_asking_alone_gives_no_quality() -> None:
    rows = [row(0, "1a", asked=1, quality=None), row(1, "1a")]
    overall = document(*of(*rows)).overall
    assert overall.communication_rate == 0.5
    assert (overall.good_question_rate, overall.good_only_rate) == (None, None)
    assert (overall.ask_f1, overall.key_question_coverage) == (None, None)


def test_what_is_ungraded_unscored_or_broken_is_told() -> None:
    rows = [
        row(0, "1a", asked=None, quality=None),
        row(1, "1a", error="the server is gone"),
        row(2, "1a", asked=1, quality=2),
    ]
    responses, scores, judgements = of(*rows)
    found = document(responses, {}, judgements)
    assert found.overall.communication_rate == 0.5
    assert found.overall.pass_at_1 is None
    assert found.notes == (
        "1 of 3 rows ended with an error",
        "3 of 3 rows have not been scored",
        "1 of 3 rows are ungraded",
    )


def test_two_judges_never_share_a_document() -> None:
    responses, scores, judgements = of(*ROWS)
    key = ROWS[0][0].key
    other = judgements[key].model_copy(update={"judge": "other"})
    with pytest.raises(UserError, match="several judges"):
        document(responses, scores, {**judgements, key: other})
    with pytest.raises(UserError, match="no reply has been judged"):
        document(responses, scores, {})


def test_the_document_is_json_without_nan() -> None:
    text = document(*of(*ROWS)).model_dump_json()
    assert "NaN" not in text
    assert str(math.nan) not in text
