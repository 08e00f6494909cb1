"""Modifications that are not there, that lead elsewhere, and questions that miss them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.reply import Question
from synth.gate.questions import LONGEST, MOST, questions, touches
from synth.gate.unchanged import unchanged, unrelated
from synth.gate.words import holds, telling, words
from synth.schema import Change, Provenance
from tests.synth.gate.material import (
    CHANGE,
    DESCRIPTION,
    QUESTION,
    a_problem,
    answered,
    clear,
    request,
    unclear,
)


def changed(before: str, after: str) -> Change:
    return Change(kind="test", flaw="ambiguous", before=before, after=after)


def test_the_change_may_be_wrapped_and_indented():
    assert unchanged(unclear(), a_problem()) is None
    comment = "# " + "\n# ".join(CHANGE.after.split(" "))
    assert unchanged(unclear(problem=comment), a_problem()) is None


@pytest.mark.parametrize(
    "sample",
    [
        unclear(problem=request(DESCRIPTION)),
        unclear(change=changed("raise ValueError", "raise  ValueError")),
        unclear(change=changed("then the year", ""), problem=request(DESCRIPTION)),
        unclear(change=changed("'PLUM'", "[]")),
        unclear(further_changes=(changed("capitals", "nice letters"),)),
    ],
)
def test_a_change_that_is_not_there(sample):
    reason = unchanged(sample, a_problem())
    assert reason is not None
    assert reason.kind == "unchanged"


def test_the_text_of_the_problem_itself_is_no_modification():
    source = a_problem()
    text = f"{source.signature} {source.description}"
    reason = unchanged(unclear(problem=text, change=changed("plums", "the year")), source)
    assert reason is not None
    assert "own text" in reason.detail


def test_a_change_of_signs_alone_is_seen():
    assert (
        unchanged(unclear(change=changed("'A-B'", "[]"), problem=request("It gives [].")), a_problem())
        is None
    )


def test_clear_samples_have_no_change_to_look_for():
    for check in (unchanged, unrelated, questions):
        assert check(clear(), a_problem()) is None


def test_another_problem_is_unrelated():
    text = (
        "Write a program that simulates traffic lights at a crossing with four roads and counts waiting cars."
    )
    reason = unrelated(unclear(problem=text), a_problem())
    assert reason is not None
    assert reason.kind == "unrelated"
    by_people = unclear(problem=text, provenance=Provenance(generator="corpus"))
    assert unrelated(by_people, a_problem()) is None


def test_a_shortened_or_lengthened_text_is_related():
    assert unrelated(unclear(problem="Make the label for a jar of jam."), a_problem()) is None
    told = (
        f"Hello! We run a small shop with a pantry in the cellar. {DESCRIPTION} Thanks in advance, friends."
    )
    assert unrelated(unclear(problem=told), a_problem()) is None


@pytest.mark.parametrize(
    "asked",
    [
        (),
        (Question(text="Tell me what happens if the year is missing."),),
        (Question(text="???"),),
        (Question(text="What if the year is missing?\nAnd then?"),),
        (Question(text="What if the year is missing " + "very " * LONGEST + "long?"),),
        (QUESTION, Question(text="what should happen if the  year is missing?")),
        tuple(Question(text=f"What if the year is missing, case {number}?") for number in range(MOST + 1)),
    ],
)
def test_what_is_no_question(asked):
    reason = questions(unclear(questions=asked, answer="1. x"), a_problem())
    assert reason is not None
    assert reason.kind == "no question"


def test_quoted_code_counts_as_one_word():
    long = f"Is `jar_label({', '.join(map(str, range(200)))})` right if the year is missing?"
    assert questions(unclear(questions=(Question(text=long),)), a_problem()) is None


def test_each_flaw_needs_a_question_that_touches_it():
    second = changed("put in capitals", "put in a fitting form")
    both = {"further_changes": (second,), "problem": request(f"{CHANGE.after} {second.after}")}
    reason = questions(unclear(**both), a_problem())
    assert reason is not None
    assert reason.kind == "beside the point"
    asked = (QUESTION, Question(text="Which form is fitting?"))
    assert questions(unclear(**both, questions=asked), a_problem()) is None


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("What should happen if the year is missing?", True),
        ('"do what is usual in the pantry": what is that?', True),
        ("Could you please provide more details and examples?", False),
        ("Should the dash be long?", False),
        ("What is the input?", False),
    ],
)
def test_touching_the_change(text, there):
    assert touches(text, CHANGE) is there


def test_where_the_change_is_about_input_a_question_about_input_touches_it():
    assert touches("What is the input?", changed("the input", "the example"))


def test_where_a_change_has_no_words_its_signs_count():
    assert touches("Is it `[]` or `{}`?", changed("[]", "{}"))
    assert not touches("Is it a list?", changed("[]", "{}"))


def test_the_second_round_is_held_to_the_same():
    assert questions(answered(), a_problem()) is None
    asked = (Question(text="Which colour?"),)
    assert questions(answered(questions=asked), a_problem()) is not None


@given(st.lists(st.text(max_size=6), max_size=12), st.integers(0, 11), st.integers(0, 11))
def test_a_text_holds_each_of_its_parts(parts, start, end):
    text = words(" ".join(parts))
    assert holds(text, text[start:end])
    assert holds(text, [])
    assert not holds(text, [*text, "more"])


@given(st.text(), st.text())
def test_telling_words_are_words_of_the_text(one, other):
    assert telling(one) <= set(words(one))
    assert telling(f"{one} {other}") == telling(one) | telling(other)
