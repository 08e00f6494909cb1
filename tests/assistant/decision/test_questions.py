"""A question reaches the user only when it is about the request at hand."""

import pytest

from assistant.decision.questions import select
from models.reply import Question

REQUEST = '''def best_customers(orders: list[Order], count: int) -> list[str]:
    """Return the best customers of the recent orders."""
'''


@pytest.mark.parametrize(
    "text",
    [
        "Could you please provide more details?",
        "What exactly should the function do?",
        "What are the expected input and output formats?",
        "Are there any edge cases to be handled?",
        "Can you give an example of the expected result?",
    ],
)
def test_a_question_that_fits_any_request_is_held_back(text: str) -> None:
    selection = select([Question(text=text)], REQUEST)
    assert selection.kept == ()
    assert [question.text for question in selection.generic] == [text]


@pytest.mark.parametrize(
    "text",
    [
        "How many days back does an order count as recent?",
        "Is the best customer the one with the highest total or the most orders?",
        "What does `count` limit?",
    ],
)
def test_a_question_about_a_word_of_the_request_is_kept(text: str) -> None:
    assert [question.text for question in select([Question(text=text)], REQUEST).kept] == [text]


def test_repetitions_go_and_the_limit_holds_in_the_models_order() -> None:
    questions = [Question(text=f"Does customer {number} count as recent?") for number in (7, 7, 8, 9)]
    kept = select(questions, REQUEST, limit=2).kept
    assert [question.text for question in kept] == [
        "Does customer 7 count as recent?",
        "Does customer 8 count as recent?",
    ]


def test_a_numbered_statement_is_no_question() -> None:
    selection = select([Question(text="Sort the customers by their last order.")], REQUEST)
    assert selection.kept == ()
    assert selection.generic == ()


@pytest.mark.parametrize(
    ("request_", "questions"),
    [
        ("def fact(n):", ["What should happen when n is negative?", "What should happen when n is 0?"]),
        ("def f(a, b):", ["Can a be negative?", "Can b be negative?"]),
        ("def clamp(x, lo, hi):", ["Should clamp include lo?", "Should clamp include hi?"]),
        ("Отсортируй счета по дате", ["По какой дате сортировать счета?"]),
        ("按日期排序发票", ["按哪个日期排序？"]),
    ],
)
def test_short_names_and_other_languages_count(request_: str, questions: list[str]) -> None:
    kept = select([Question(text=text) for text in questions], request_).kept
    assert [question.text for question in kept] == questions
