"""Takes replies apart, strictly: what is not in the form that was ordered is refused, with the reason."""

from __future__ import annotations

import re

from models.backends.base import Completion
from models.reply import CodeBlock, Prose, Question, QuestionList, parse
from synth.gate.reason import Reason
from synth.gate.words import words
from synth.modifications.llm.prompts import QUESTIONS_TAG, REQUEST_TAG

_WRAPPED = re.compile(r"(?P<fence>`{3,})\w*\n(?P<text>.*)\n(?P=fence)", re.DOTALL)


def read_request(reply: Completion, original: str) -> str | Reason:
    """The modified request.

    Args:
        reply: to the first step.
        original: what was to be modified.

    Returns:
        The text, ending in one newline, or why there is none.
    """
    text = _part(reply, REQUEST_TAG)
    if isinstance(text, Reason):
        return text
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped and not original.lstrip().startswith("```"):
        text = wrapped["text"].strip("\n")
    if not text.strip():
        return Reason("empty", "the modified request is empty")
    if words(text) == words(original):
        return Reason("unchanged", "the model gave the request back as it was")
    return f"{text}\n"


def read_questions(reply: Completion) -> tuple[Question, ...] | Reason:
    """The questions of a reply to the second step, at least one, or why there is none."""
    text = _part(reply, QUESTIONS_TAG)
    if isinstance(text, Reason):
        return text
    match parse(text):
        case QuestionList(questions):
            bare = next((one.text for one in questions if "?" not in one.text), None)
            return questions if bare is None else Reason("no question", "an item has no question mark")
        case CodeBlock():
            return Reason("form", "code stands in place of the questions")
        case Prose():
            return Reason("no question", "there is no numbered list of questions")


def _part(reply: Completion, tag: str) -> str | Reason:
    """What stands between the tags, which a reply holds once, at its end."""
    if reply.finish != "stop":
        return Reason("truncated", "the model's reply reached its limit")
    opening, closing = f"<{tag}>", f"</{tag}>"
    counts = reply.text.count(opening), reply.text.count(closing)
    if counts == (0, 0):
        return Reason("form", f"the model's reply has no {opening}")
    if counts == (1, 0):
        return Reason("truncated", f"the model's reply has no {closing}")
    before, _, rest = reply.text.partition(opening)
    text, _, after = rest.partition(closing)
    if counts != (1, 1) or closing in before or after.strip():
        return Reason("form", f"the model's reply does not end with one part in {opening}")
    return text.strip("\n")
