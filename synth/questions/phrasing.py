"""From a topic to the question that a careful colleague would ask, and to the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from models.reply import Answer, Question
from synth.modifications.base import Reading, Topic
from synth.modifications.text import capitalised, words
from synth.questions.options import offered
from synth.questions.templates import (
    FOLLOW_UPS,
    MEANT,
    MEANT_ACTION,
    MEANT_CONTRADICTED,
    OTHER,
    OTHER_ACTION,
    QUESTIONS,
)
from synth.schema import Change

_QUOTED = frozenset({"quote", "words", "sentence", "first", "second", "term"})
_CODE = frozenset({"call", "shown", "expected", "other", "hint", "shown_hint", "param", "given", "name"})
_LONGEST_QUOTE = 22
_FOLLOW_UP_SHARE = 0.12
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what it is about.

    Args:
        question: as it is put.
        topic: what it is about.
        said: the answer to a question that any reading answers alike; None where the reading decides.
    """

    question: Question
    topic: Topic
    said: str | None = None


def ask(topics: tuple[Topic, ...], rng: Random) -> tuple[Asked, ...]:
    """One question for each topic, now and then with a second one about the same point.

    Args:
        topics: in the order of the changes; they are asked in any order.
        rng: picks wordings, quotation marks, options and order.
    """
    order = list(topics)
    rng.shuffle(order)
    asked: list[Asked] = []
    for topic in order:
        asked.append(Asked(question(topic, rng), topic))
        more = FOLLOW_UPS.get(topic.kind, ())
        if more and rng.random() < _FOLLOW_UP_SHARE:
            template, said = rng.choice(more)
            asked.append(Asked(Question(text=_filled(template, topic, rng)), topic, said))
    return tuple(asked)


def question(topic: Topic, rng: Random) -> Question:
    """One question about a topic: in one line, ending in a question mark, quoting what was changed."""
    usable = [template for template in QUESTIONS[topic.kind] if _fits(template, topic)]
    return Question(text=_filled(rng.choice(usable), topic, rng), options=offered(topic, rng))


def answer(asked: Asked, reading: Reading | None, rng: Random) -> Answer:
    """What the user says to a question.

    Args:
        asked: the question and its topic.
        reading: another one than the meant one; None for the meant one.
        rng: picks the wording.
    """
    if asked.said is not None:
        return Answer(question=asked.question, text=asked.said)
    topic = asked.topic
    option = reading.option if reading else topic.readings[0].option if topic.readings else ""
    template = rng.choice(_answers(topic, option, meant=reading is None)) if option else "{answer}"
    text = template.format(answer=topic.answer, option=option, Option=capitalised(option))
    return Answer(question=asked.question, text=text.replace("..", "."))


def _answers(topic: Topic, option: str, *, meant: bool) -> tuple[str, ...]:
    action = option.startswith(("return ", "raise "))
    if not meant:
        return OTHER_ACTION if action else OTHER
    if topic.kind.startswith("contradict"):
        return MEANT_CONTRADICTED
    return MEANT_ACTION if action else MEANT


def touches(asked: Question, change: Change, topic: Topic) -> bool:
    """Whether a question names what was changed: a fact of its topic, both readings, words of the change."""
    text = _plain(asked.text)
    named = [
        topic.facts[slot] for slot in ("call", "param", "term", "hint", "words") if topic.facts.get(slot)
    ]
    if any(_plain(name) in text for name in (*named, topic.quote)):
        return True
    both = [(topic.facts.get(a), topic.facts.get(b)) for a, b in (("a", "b"), ("a_doing", "b_doing"))]
    if any(a and b and _plain(a) in text and _plain(b) in text for a, b in both):
        return True
    about = set(
        words(f"{change.before} {change.after} {topic.facts.get('what', '')} {topic.facts.get('case', '')}")
    )
    return len(about & set(words(asked.text)) - _EMPTY) >= min(2, len(about - _EMPTY))


_EMPTY = frozenset(
    "the a an is are it of to or and in for what which should be you do does as that this".split()
)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\"'`“”*]", "", text).casefold().split())


def _fits(template: str, topic: Topic) -> bool:
    return all(topic.facts.get(slot) for slot in _SLOT.findall(template))


def _filled(template: str, topic: Topic, rng: Random) -> str:
    marks = rng.choice(('"', '"', "'"))
    filled = _SLOT.sub(lambda match: _shown(match[1], topic.facts[match[1]], marks), template)
    text = filled
    return (
        capitalised(text)
        if text[0].isalpha() and not template.startswith(("{name", "{param", "{call"))
        else text
    )


def _shown(slot: str, value: str, marks: str) -> str:
    if slot in _CODE:
        return f"``{value}``" if "`" in value else f"`{value}`"
    if slot not in _QUOTED:
        return value
    return quoted(value, marks)


def quoted(value: str, marks: str = '"') -> str:
    """A quotation in marks that do not stand in it, cut to a length that can be read."""
    parts = value.split()
    value = " ".join(parts)
    if len(parts) > _LONGEST_QUOTE:
        value = " ".join(parts[:_LONGEST_QUOTE]) + " …"
    value = value.strip().rstrip(",;")
    for mark in (marks, '"', "'"):
        if mark not in value:
            return f"{mark}{value}{mark}"
    return f"“{value}”"
