"""What of a reply asks, in the forms that models have."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.judges.asking import is_only_code, is_question, read_asking

CODE = "```python\ndef f():\n    return 1\n```"

ASKS = {
    "a question": "Which unit is the width in?",
    "a request": "Please clarify whether the ends count.",
    "a complaint alone": "The description is incomplete. It does not specify the unit.",
    "a list": "1. Which unit is it in?\n2. Do the ends count?",
    "code and then a question": f"{CODE}\nThis returns 1. Should it return the width?",
    "a stub of the task beside a request": f"{CODE}\nPlease provide the missing unit.",
    "a condition inside of what is asked": f"{CODE}\nWhat should it return if there are no books?",
}
DOES_NOT = {
    "code": CODE,
    "code with an explanation": f"Here it is:\n{CODE}\nThis function returns 1.",
    "code with a complaint": f"The description is not clear.\n{CODE}",
    "a request that hangs on an assumption": f"In millimetres.\n{CODE}\nIf that is wrong, please clarify.",
    "an instruction repeated": "Please provide the clarifying questions or the Python code.",
    "a wish for the work itself": "The function is empty. Please provide the implementation.",
    "prose": "A shelf holds books. The function should add their widths.",
    "nothing": "",
    "a question in a comment of code": "```python\n# Which unit?\nx = 1\n```",
}


@pytest.mark.parametrize("reply", ASKS.values(), ids=ASKS)
def test_it_asks(reply: str) -> None:
    assert read_asking(reply).questions


@pytest.mark.parametrize("reply", DOES_NOT.values(), ids=DOES_NOT)
def test_it_does_not_ask(reply: str) -> None:
    assert read_asking(reply).questions == ()


def test_items_of_a_list_are_questions_of_their_own() -> None:
    found = read_asking("I need more information.\n1. Which unit is it in?\n2. Do the ends count?\n\nThanks.")
    assert found.questions == ("Which unit is it in?", "Do the ends count?")


def test_a_complaint_before_a_list_says_something_too() -> None:
    found = read_asking("It is not clear what counts as thin.\n1. Which unit is it in?")
    assert found.questions == ("It is not clear what counts as thin.", "Which unit is it in?")


def test_the_sentence_before_a_request_says_what_it_is_about() -> None:
    (question,) = read_asking("It does not specify the unit. Please clarify the description.").questions
    assert "unit" in question


def test_what_is_said_again_and_again_counts_once() -> None:
    (question,) = read_asking("It is not clear which unit is meant.\n" * 50).questions
    assert question == "It is not clear which unit is meant."


def test_a_list_of_facts_is_no_list_of_questions() -> None:
    found = read_asking("There are two cases:\n1. Thin books.\n2. Thick books.\nWhich of them is meant?")
    assert len(found.questions) == 1


def test_code_is_told_from_prose() -> None:
    assert is_only_code(f"\n{CODE}\n")
    assert is_only_code("```python\nx = 1")  # cut off
    assert not is_only_code(f"Here:\n{CODE}")
    assert not is_only_code(f"{CODE}\n{CODE}\nTwo ways.")
    assert not is_only_code("")
    assert read_asking("def f(x):\n    return x").has_code


def test_the_plain_rule_wants_a_question_mark_and_no_code() -> None:
    assert is_question("Which unit?")
    assert not is_question("Please clarify the unit.")
    assert not is_question(f"{CODE}\nWhich unit?")
    assert not is_question("def f(x):\n    return x  # which?")


@settings(deadline=None)
@given(st.text(alphabet="ab?.`\n 12)*#def:please clarify", max_size=300))
def test_any_text_can_be_read(reply: str) -> None:
    found = read_asking(reply)
    assert all(question == " ".join(question.split()) for question in found.questions)
    assert len(set(found.questions)) == len(found.questions)
    if is_question(reply):
        assert "?" in reply
