from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.judges.asking import questions_of
from eval.metrics.communication import communication_rate, good_only_rate, good_question_rate
from eval.metrics.passing import pass_at_1
from eval.metrics.questions import ask_f1, coverage, distinct_share, questions_per_ask
from eval.schema import Response
from models.reply import Question


def column(*values: float | None) -> np.ndarray:
    return np.asarray([math.nan if value is None else value for value in values], dtype=float)


ONES = np.ones((1, 4))


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=6), min_size=1, max_size=5))
def test_pass_at_1_is_the_unbiased_estimate_over_texts(samples: list[list[bool]]) -> None:
    # Chen et al.: the mean over texts of 1 - C(n - c, 1) / C(n, 1), n samples of which c solve the text.
    expected = sum(1 - (len(one) - sum(one)) / len(one) for one in samples) / len(samples)
    solved = np.asarray([float(value) for one in samples for value in one])
    weights = np.asarray([[1 / len(one) for one in samples for _ in one]])
    assert pass_at_1(solved, weights)[0] == pytest.approx(expected)


def test_rates_of_asking() -> None:
    quality = column(2, 1, 0, None)
    assert communication_rate(column(1, 1, 0, None), ONES)[0] == pytest.approx(2 / 3)
    assert good_question_rate(quality, ONES)[0] == pytest.approx(0.5)
    assert good_only_rate(quality, ONES)[0] == pytest.approx(1 / 3)
    assert math.isnan(communication_rate(column(None, None, None, None), ONES)[0])


def test_ask_f1_punishes_silence_and_spam() -> None:
    points = column(1, 2, 0, 1)
    silent = ask_f1(column(0, 0, 0, 0), column(0, 0, 0, 0), points, column(0, 0, 0, 0), ONES)
    exact = ask_f1(column(1, 2, 0, 1), column(1, 2, 0, 1), points, column(1, 2, 0, 1), ONES)
    spam = ask_f1(column(5, 5, 5, 5), column(1, 2, 0, 1), points, column(1, 2, 0, 1), ONES)
    assert (silent[0], exact[0]) == (0, 1)
    assert spam[0] == pytest.approx(2 * 0.2 / 1.2)
    nothing = ask_f1(column(1, 0, 0, 0), column(0, 0, 0, 0), column(0, 0, 0, 0), column(0, 0, 0, 0), ONES)
    assert math.isnan(nothing[0])


def test_what_a_judge_does_not_tell_is_not_counted() -> None:
    unknown = column(None, None, None, None)
    assert math.isnan(ask_f1(column(1, 1, 0, 0), unknown, column(1, 1, 1, 1), unknown, ONES)[0])
    assert coverage(column(1, None, 0, 1), column(1, 2, 1, 2), ONES)[0] == pytest.approx(0.5)


def test_questions_of_replies_that_ask() -> None:
    assert questions_per_ask(column(2, 4, 0, 9), column(1, 1, 0, 0), ONES)[0] == 3
    assert distinct_share([]) is None
    assert distinct_share(["Which order?", "which  ORDER ?", "Which unit?"]) == pytest.approx(2 / 3)
    put = Response(name="A/1", category="1a", reply="1. Which?", questions=(Question(text="What unit?"),))
    assert questions_of(put) == ("What unit?",)
    foreign = put.model_copy(update={"questions": (), "reply": "1. Which order?\n2. Which unit?"})
    assert len(questions_of(foreign)) == 2
    code = foreign.model_copy(update={"reply": "```python\nx = 1\n```"})
    assert questions_of(code) == ()
