"""Answerers tell what is asked for, and nothing that is the request's already or the solution's."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.benchmarks.humanevalcomm import variants
from eval.protocol.answerer import NO_INFORMATION, Answerer, SilentAnswerer, SpanAnswerer
from eval.protocol.llm_answerer import LlmAnswerer
from eval.rivals.constant import QUESTION
from eval.schema import Variant
from models.backends.scripted import ScriptedBackend
from models.reply import Question
from tests.eval.tasks import TASKS

VARIANTS = variants(TASKS, "neutral", "own")
BY_KEY = {one.key: one for one in VARIANTS}


def _told(key: str, *questions: str, by: Answerer | None = None) -> list[str | None]:
    answerer = by or SpanAnswerer()
    answers = answerer.answer(BY_KEY[key], [Question(text=text) for text in questions])
    assert [answer.question.text for answer in answers] == list(questions)
    return [answer.text for answer in answers]


@pytest.mark.parametrize(
    ("key", "question", "span"),
    [
        ("Own/0|1p|neutral", "Is anything added for the ends of the shelf?", "Add 20 for the two ends."),
        ("Own/0|1a|neutral", "How thick is a few, and as what does a thinner book count?", "thinner than 5"),
        ("Own/0|1c|neutral", "The example gives 32, and the text says otherwise. Which holds?", "-> 55"),
        ("Own/1|1a|neutral", "Which order: alphabetical, or as given?", "in alphabetical order"),
        ("Own/1|1p|neutral", "Are the guests to be sorted in some order?", "alphabetical order"),
        ("Own/2|1p|neutral", "What happens when the metres are negative?", "Negative metres count as 0."),
    ],
)
def test_a_question_about_a_change_gets_its_words(key: str, question: str, span: str) -> None:
    (told,) = _told(key, question)
    assert told is not None
    assert span in told


@pytest.mark.parametrize(
    ("key", "question"),
    [
        ("Own/0|1p|neutral", "Can the list hold strings?"),
        ("Own/2|1p|neutral", "Should the result be rounded to two places?"),
        ("Own/1|1p|neutral", "Which language shall the text be in?"),
        ("Own/0|original|neutral", "Should anything be added for the ends of the shelf?"),
    ],
)
def test_a_question_about_anything_else_gets_nothing(key: str, question: str) -> None:
    assert _told(key, question) == [NO_INFORMATION]


@pytest.mark.parametrize("key", BY_KEY)
def test_the_constant_question_buys_nothing(key: str) -> None:
    assert _told(key, QUESTION.text) == [NO_INFORMATION]


_WORDS = sorted({word for task in TASKS for word in task["prompt"].split()} | {"or", "else", "some", "not"})


@st.composite
def _variants(draw: st.DrawFn) -> Variant:
    """An original of any words, and a text that differs in any way."""
    lines = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=9).map(lambda words: " ".join(words) + ".")
    original = draw(st.lists(lines, min_size=1, max_size=6))
    text = [line for line in original if draw(st.booleans())] + draw(st.lists(lines, max_size=2))
    random.Random(draw(st.integers(0, 9))).shuffle(text)
    return Variant(
        benchmark="own",
        name="Own/9",
        category="1a",
        text="def f(x):\n" + "\n".join(text),
        original="def f(x):\n" + "\n".join(original),
        entry_point="f",
        solution="return secret_of_the_solution",
    )


@given(
    _variants(), st.lists(st.lists(st.sampled_from(_WORDS), min_size=1).map(" ".join), min_size=1, max_size=4)
)
def test_it_tells_neither_what_is_known_nor_too_much(variant: Variant, asked: list[str]) -> None:
    answers = SpanAnswerer(max_words=12).answer(variant, [Question(text=text) for text in asked])
    spans = [
        span
        for one in answers
        if one.text != NO_INFORMATION
        for span in str(one.text).removeprefix('"').removesuffix('"').split('"; "')
    ]
    for span in spans:
        assert span not in " ".join(variant.text.split())
        assert all(word in variant.original for word in span.split() if word != "->")
    assert "secret_of_the_solution" not in str(answers)
    assert all(len(str(one.text).split()) <= 12 or one.text == NO_INFORMATION for one in answers)
    assert sum(len(span.split()) for span in set(spans)) <= len(variant.original.split()) / 2


def test_one_who_knows_nothing_says_so() -> None:
    assert (
        _told("Own/0|1p|neutral", "Which ends?", "Which shelf?", by=SilentAnswerer()) == [NO_INFORMATION] * 2
    )


def test_a_model_answers_by_number_and_its_code_is_not_passed_on() -> None:
    reply = "1. Add 20 for both ends.\n2) It does not say: no further information.\n3: `def f(): pass`"
    backend = ScriptedBackend([reply])
    questions = ("What about the ends?", "Which unit?", "How is it written?", "And this one?")
    told = _told("Own/0|1p|neutral", *questions, by=LlmAnswerer(backend))
    assert told == ["Add 20 for both ends.", NO_INFORMATION, NO_INFORMATION, NO_INFORMATION]
    shown = backend.prompts[0].messages[-1].content
    assert BY_KEY["Own/0|1p|neutral"].original in shown
    assert BY_KEY["Own/0|1p|neutral"].solution not in shown
    assert LlmAnswerer(backend).name == "llm:scripted"


def test_a_models_answer_is_short_and_never_the_whole_description() -> None:
    variant = BY_KEY["Own/0|1p|neutral"]
    long = LlmAnswerer(ScriptedBackend(["1. " + "word " * 100]), max_words=5)
    assert _told(variant.key, "What?", by=long) == ["word word word word word …"]
    whole = LlmAnswerer(ScriptedBackend(["1. " + " ".join(variant.original.split())]), max_words=500)
    assert _told(variant.key, "What?", by=whole) == [NO_INFORMATION]
    alone = LlmAnswerer(ScriptedBackend(["Add 20."]))
    assert _told(variant.key, "What about the ends?", by=alone) == ["Add 20."]
