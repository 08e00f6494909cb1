"""The reference judge and the plain rule on replies to our own tasks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.judges.evidence import FEATURES, FOR, difference, features
from eval.judges.reference import ReferenceJudge, load_weights
from eval.judges.rule import RuleJudge
from eval.schema import Category
from models.errors import UserError
from models.reply import Question
from tests.eval.judges.material import VARIANTS, response, variant

GENERAL = "The problem description is incomplete. Please provide the complete problem description."

GOOD: list[tuple[str, Category, str]] = [
    ("Own/0", "1a", "How many is a few: as how many should a thin book count?"),
    ("Own/0", "1p", "Is anything added for the two ends?"),
    ("Own/1", "1a", "Which order should the guests be in: alphabetical, or as given?"),
    ("Own/2", "1p", "What should happen with negative metres?"),
]
FAIR: list[tuple[str, Category, str]] = [
    ("Own/0", "1a", GENERAL),
    ("Own/0", "1p", "Are the books given in millimetres?"),
    ("Own/1", "1a", "Should the greeting end with an exclamation mark?"),
    ("Own/2", "1p", GENERAL),
    ("Own/2", "1p", "Is the track always 400?"),
]


@pytest.mark.parametrize(("name", "category", "reply"), GOOD)
def test_a_question_about_what_was_changed_is_good(name: str, category: Category, reply: str) -> None:
    found = ReferenceJudge().judge(variant(name, category), response(name, category, reply))
    assert (found.asked, found.quality, found.targeted, found.covered) == (1, 2, 1, 1)


@pytest.mark.parametrize(("name", "category", "reply"), FAIR)
def test_one_about_something_else_is_fair(name: str, category: Category, reply: str) -> None:
    found = ReferenceJudge().judge(variant(name, category), response(name, category, reply))
    assert (found.asked, found.quality, found.targeted, found.covered) == (1, 1, 0, 0)


def test_one_good_question_among_others_is_enough() -> None:
    reply = "1. Is the track always 400?\n2. What should happen with negative metres?"
    found = ReferenceJudge().judge(variant("Own/2", "1p"), response("Own/2", "1p", reply))
    assert (found.quality, found.targeted) == (2, 1)


def test_the_questions_as_they_were_put_come_before_the_text() -> None:
    put = (Question(text="What should happen with negative metres?"),)
    asked = response("Own/2", "1p", "1. Is the track always 400?", questions=put)
    assert ReferenceJudge().judge(variant("Own/2", "1p"), asked).quality == 2


def test_code_does_not_ask() -> None:
    found = ReferenceJudge().judge(variant("Own/2", "1p"), response("Own/2", "1p", "```python\nx = 1\n```"))
    assert (found.asked, found.quality, found.targeted, found.covered) == (0, 0, 0, 0)


def test_nothing_can_be_aimed_at_in_an_original() -> None:
    asked = response("Own/2", "original", "What should happen with negative metres?")
    found = ReferenceJudge().judge(variant("Own/2", "original"), asked)
    assert (found.asked, found.quality, found.targeted, found.covered) == (1, 1, 0, 0)


def test_no_more_is_covered_than_was_changed() -> None:
    reply = "1. What should happen with negative metres?\n2. Does a negative number of metres count as 0?"
    found = ReferenceJudge().judge(variant("Own/2", "1p"), response("Own/2", "1p", reply))
    assert (found.targeted, found.covered) == (2, 1)


def test_a_reply_to_another_text_is_refused() -> None:
    with pytest.raises(UserError, match="another text"):
        ReferenceJudge().judge(variant("Own/2", "1p"), response("Own/1", "1p", "Which?"))


def test_the_name_tells_the_kind_and_the_version() -> None:
    assert ReferenceJudge().name == "reference-lexical-1"


@pytest.mark.parametrize("kind", ["lexical", "embedded"])
def test_evidence_for_raises_the_score_and_evidence_against_lowers_it(kind: str) -> None:
    weights = load_weights(kind).by_feature
    assert set(FEATURES) <= set(weights)
    assert all(weights[name] >= 0 for name in FEATURES[:FOR])
    assert all(weights[name] <= 0 for name in FEATURES[FOR:])


@settings(deadline=None)
@given(st.sampled_from(sorted(VARIANTS)), st.text(max_size=200))
def test_evidence_is_a_share(key: tuple[str, Category], question: str) -> None:
    assert all(0 <= value <= 1 for value in features(question, VARIANTS[key]))


def test_the_function_s_name_is_no_evidence() -> None:
    changed = variant("Own/0", "1p")
    assert features("What does shelf_width( do?", changed) == features("What does candidate do?", changed)


def test_a_changed_example_is_a_difference_of_its_own() -> None:
    assert difference(variant("Own/0", "1c")).example
    assert not difference(variant("Own/0", "1a")).example
    assert difference(variant("Own/0", "original")).sides == ()


def test_the_rule_does_not_judge_quality() -> None:
    judge = RuleJudge()
    asked = judge.judge(variant("Own/2", "1p"), response("Own/2", "1p", "Which track?"))
    assert (asked.asked, asked.quality, asked.judge) == (1, None, "rule-1")
    coded = judge.judge(variant("Own/2", "1p"), response("Own/2", "1p", "Please clarify the track."))
    assert (coded.asked, coded.quality) == (0, 0)
