"""Questions are many, careful and about what was changed; answers fit them."""

from random import Random

import pytest

from models.reply import Question
from synth.modifications.base import Modified, Reading, Topic
from synth.modifications.rules import RULES
from synth.questions.options import offered
from synth.questions.phrasing import Asked, answer, ask, question, quoted, touches
from synth.questions.templates import FOLLOW_UPS, QUESTIONS
from synth.schema import Change
from tests.synth.problems import problems

FOUND = tuple(
    (modified.changes[0], modified.topics[0])
    for one in problems()
    for rule in RULES
    for seed in range(3)
    if isinstance(modified := rule.modify(one, Random(f"{one.id}{seed}")), Modified)
)


def test_there_are_at_least_two_hundred_templates_all_different() -> None:
    everything = [template for templates in QUESTIONS.values() for template in templates]
    assert len(everything) >= 200
    assert all(len(set(templates)) == len(templates) >= 12 for templates in QUESTIONS.values())
    assert all(template.endswith("?") for template in everything)
    assert set(FOLLOW_UPS) <= set(QUESTIONS)


def test_every_kind_of_topic_is_asked_about() -> None:
    assert {topic.kind for _, topic in FOUND} >= set(QUESTIONS) - {
        "vague-target",
        "vague-condition",
        "missing-condition",
    }


@pytest.mark.parametrize("seed", range(3))
def test_each_question_touches_the_change(seed: int) -> None:
    for place, (change, topic) in enumerate(FOUND):
        asked = question(topic, Random(seed * 10_000 + place))
        assert touches(asked, change, topic), (asked.text, change)
        assert asked.text.endswith("?")
        assert "\n" not in asked.text
        assert asked.text[0].isupper() or not asked.text[0].isalpha()
        assert "{" not in asked.text.replace("{'", "").replace("{}", "").replace("{F", "") or "{" in str(
            topic.facts
        )


def test_both_sides_of_a_contradiction_are_shown() -> None:
    for place, (_, topic) in enumerate(FOUND):
        if topic.kind in {"contradict-example", "contradict-pair"}:
            text = question(topic, Random(place)).text
            assert topic.facts["shown"] in text
            assert topic.facts["expected"] in text


def test_a_question_about_something_else_does_not_touch() -> None:
    change = Change(kind="vague-term", flaw="ambiguous", before="3 letters", after="a few letters")
    topic = Topic(
        kind="vague-number", quote="more than a few letters", facts={"what": "the number of letters"}
    )
    assert not touches(Question(text="Could you give me the complete problem?"), change, topic)
    assert touches(Question(text="How many letters are a few?"), change, topic)


def test_options_are_the_readings_in_any_order_or_none() -> None:
    topic = Topic(
        kind="alternatives", quote="q", readings=(Reading("in lower case"), Reading("in upper case"))
    )
    seen = {offered(topic, Random(seed)) for seed in range(40)}
    assert seen == {(), ("In lower case", "In upper case"), ("In upper case", "In lower case")}
    closed = Topic(kind="alternatives", quote="q", readings=topic.readings, offer=False)
    assert {offered(closed, Random(seed)) for seed in range(20)} == {()}


def test_answers_give_the_meant_or_another_reading() -> None:
    topic = Topic(
        kind="alternatives",
        quote="q",
        readings=(Reading("return None"), Reading("raise ValueError")),
        answer="A.",
    )
    asked = Asked(Question(text="Which?"), topic)
    meant = {answer(asked, None, Random(seed)).text for seed in range(30)}
    assert meant == {"A.", "Return None.", "Please return None.", "It should return None."}
    assert all(
        "ValueError" in (answer(asked, topic.readings[1], Random(seed)).text or "") for seed in range(9)
    )


def test_a_follow_up_has_its_own_answer() -> None:
    topic = Topic(
        kind="truncated",
        quote="the words by",
        facts={"quote": "the words by", "word": "by"},
        answer="It goes on: length.",
    )
    several = next(found for seed in range(60) if len(found := ask((topic,), Random(seed))) == 2)
    assert "length" in (answer(several[0], None, Random(0)).text or "")
    assert "length" not in (answer(several[1], None, Random(0)).text or "")


@pytest.mark.parametrize(
    ("value", "marks", "expected"),
    [
        ("a b", '"', '"a b"'),
        ('a "b"', '"', "'a \"b\"'"),
        ("a 'b' \"c\"", "'", "“a 'b' \"c\"”"),
        ("a,", "'", "'a'"),
    ],
)
def test_quotations_are_marked_by_what_does_not_stand_in_them(value: str, marks: str, expected: str) -> None:
    assert quoted(value, marks) == expected


def test_a_long_quotation_is_cut() -> None:
    assert quoted(" ".join("abc" for _ in range(60))).endswith(' …"')
