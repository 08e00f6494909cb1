"""Leaks, refusals, and texts that are empty, cut off or of the wrong form."""

from __future__ import annotations

import pytest

from models.reply import Answer, Question, render_questions
from synth.gate.leaks import leaks
from synth.gate.refusals import refusals
from synth.gate.truncated import truncated
from synth.schema import Provenance
from tests.synth.gate.material import CHANGE, CODE, QUESTION, a_problem, answered, clear, request, unclear


def asking(text: str):
    return unclear(questions=(Question(text=text),))


@pytest.mark.parametrize(
    "text",
    [
        "Did the original problem say what happens if the year is missing?",
        "In the original version the year had to be given: is that so here?",
        "The year was mentioned in the original; is it still needed?",
        "Compared to the previous version, should a missing year raise an error?",
        "Which sentence about the year was removed from the description?",
        "The modified description says nothing about the year; what should happen?",
        "The text originally stated an error for the year. Is that right?",
        "Was the year different in the unmodified task?",
    ],
)
def test_a_question_that_knows_another_text_is_a_leak(text):
    reason = leaks(asking(text), a_problem())
    assert reason is not None
    assert reason.kind == "leak"


@pytest.mark.parametrize(
    "text",
    [
        "If the year is missing, should the jar keep its original order?",
        "Should the list that was passed in be changed, or the original list left as it is?",
        "What should happen if the year is missing: the previous year?",
        "Does the year replace the first version number of the label?",
        "Should the old label be replaced if the year is missing?",
    ],
)
def test_ordinary_words_are_no_leak(text):
    assert leaks(asking(text), a_problem()) is None


def test_what_the_problem_itself_says_is_no_leak():
    source = a_problem(description="Give the previous version of a jar. " + CHANGE.before)
    assert leaks(asking("Which is the previous version if the year is missing?"), source) is None


def test_a_request_counts_as_a_whole_only_where_a_model_wrote_it():
    text = request("Label a jar, unlike in the original version. " + CHANGE.after)
    assert leaks(unclear(problem=text), a_problem()) is None
    by_model = unclear(problem=text, provenance=Provenance(generator="llm", model="m"))
    assert leaks(by_model, a_problem()) is not None


def test_an_answer_of_the_second_round_can_leak():
    said = (Answer(question=QUESTION, text="As in the original problem, raise ValueError."),)
    assert leaks(answered(answers=said), a_problem()) is not None


def test_a_clear_sample_has_nothing_to_leak():
    assert leaks(clear(problem=request("Unlike the original problem, label a jar.")), a_problem()) is None


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that. What year?",
        "As an AI language model, what should I do if the year is missing?",
        "I cannot assist with this request about the year?",
        "I am unable to modify the text about the year?",
    ],
)
def test_a_refusal_is_found(text):
    reason = refusals(asking(text), a_problem())
    assert reason is not None
    assert reason.kind == "refusal"


@pytest.mark.parametrize(
    "text",
    [
        "I can't tell what happens if the year is missing. Should it raise?",
        "What if the year cannot be generated?",
        "Sorry if I missed it: what happens if the year is missing?",
    ],
)
def test_ordinary_words_are_no_refusal(text):
    assert refusals(asking(text), a_problem()) is None


def test_code_may_say_sorry():
    assert (
        refusals(clear(answer='```python\nSORRY = "I am sorry, but I cannot help"\n```'), a_problem()) is None
    )


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        (unclear(problem=" \n"), "empty"),
        (unclear(answer=" "), "empty"),
        (unclear(answer="What if the year is missing?"), "form"),
        (unclear(answer=f"```python\n{CODE}```"), "form"),
        (clear(answer="1. Which year?"), "form"),
        (clear(answer=f"```python\n{CODE}"), "truncated"),
        (clear(answer="```python\n```"), "empty"),
        (clear(answer="```python\ndef jar_label(fruit,\n```"), "truncated"),
        (clear(answer="```python\nprint(1)\n```"), "empty"),
        (unclear(answer="1. What if the year is"), None),
        (unclear(answer="1. What if the year is missing or"), "truncated"),
        (unclear(answer="1. What if the year …"), "truncated"),
        (unclear(questions=(QUESTION, Question(text="Which year?")), answer="1. Which year?"), "truncated"),
        (unclear(problem='def jar_label(fruit):\n    """Make a label\n'), "truncated"),
        (unclear(problem="Change this:\n```python\nx = 1\n"), "truncated"),
        (answered(answer=render_questions((QUESTION,))), "form"),
    ],
)
def test_what_is_cut_off_or_of_the_wrong_form(sample, kind):
    reason = truncated(sample, a_problem())
    assert (reason and reason.kind) == kind


def test_a_script_may_define_nothing():
    script = clear(answer="```python\nprint(input())\n```")
    assert truncated(script, a_problem(shape="script", signature="")) is None


@pytest.mark.parametrize("sample", [clear(), unclear(), answered()])
def test_good_samples_pass(sample):
    for check in (truncated, leaks, refusals):
        assert check(sample, a_problem()) is None
