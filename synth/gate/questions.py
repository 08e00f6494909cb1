"""Questions that are none, or that leave alone what was changed."""

from __future__ import annotations

import re

from synth.gate.reason import Reason
from synth.gate.words import telling
from synth.schema import Change, Problem, Sample

MOST = 5
LONGEST = 80
"""Words of one question, a piece of code counting as one; a contradiction quotes both sides."""

_CODE = re.compile(r"``[^`]+``|`[^`]+`")

_GENERIC = telling(
    "could please provide more details clarify further information additional context explain elaborate "
    "specify example examples request problem task function code input output requirement requirements "
    "complete full"
)


def questions(sample: Sample, source: Problem) -> Reason | None:
    """A sample with a flaw needs one to five questions, and each flaw one that touches it."""
    if sample.change is None:
        return None
    if not sample.questions:
        return Reason("no question", "nothing is asked about the flaw")
    if len(sample.questions) > MOST:
        return Reason("no question", f"there are {len(sample.questions)} of them")
    for question in sample.questions:
        if why := _no_question(question.text):
            return Reason("no question", why)
    asked = [question.text for question in sample.questions]
    if len({" ".join(text.casefold().split()) for text in asked}) < len(asked):
        return Reason("no question", "one is asked twice")
    for change in (sample.change, *sample.further_changes):
        if not any(touches(text, change) for text in asked):
            return Reason("beside the point", f"no question is about `{change.kind}`")
    return None


def touches(question: str, change: Change) -> bool:
    """Whether a question has a telling word in common with what was changed.

    Words that any question may hold ("input", "example") count only where the spans hold no others. Where the
    spans hold no words at all (a sign, a bracket), one of them has to stand in the question as it is.
    """
    about = telling(f"{change.before} {change.after}")
    if about:
        return bool((about - _GENERIC or about) & telling(question))
    return any(span.strip() and span.strip() in question for span in (change.before, change.after))


def _no_question(text: str) -> str | None:
    if "?" not in text:
        return "it has no question mark"
    if "```" in text or "\n" in text.strip():
        return "it is not one line"
    length = len(_CODE.sub("code", text).split())
    if length > LONGEST:
        return f"it has {length} words"
    if not any(letter.isalpha() for letter in text):
        return "it has no words"
    return None
