"""Which of the model's questions reach the user: about this request, one of each, at most a few."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.reply import Question

_WORD = re.compile(r"\w+")
_PART = re.compile(r"\d+|[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]")  # scripts that do not part their words
# A short name, as code shows it: a parameter, an attribute, a quoted word.
_NAME = re.compile(r"[`'\"(,.\[=]\s*([^\W\d_]{1,2})\s*[`'\"),:.\[\]=]")

# Words that fit any request: a question made of these alone names nothing of the one at hand.
_GENERIC = frozenset(
    """
    a about all also an and any anything are as ask assume be been being both by can case cases clarify
    clarification class code complete correct could data define defined description detail details do does
    each edge either else exact exactly example examples expect expected explain following for format from
    function functions further give given handle handled has have how if implement implementation in
    information input inputs instead intended into is it its kind like may me mean meant method might more
    must need needed no not of on one only or other output outputs parameter parameters please possible
    problem program provide python question range request require required requirement requirements result
    return returned returns shall should show solution some something specific specification specify specs
    such task tell than that the their them then there these they thing this those to type types under use
    used user using value values want way what when where whether which while will with would write you your
    """.split()
)
_MARK = re.compile(r"[?\uff1f\u061f]")
_LITTLE = frozenset("a am an as at be by do go he i if in is it me my no of on or so to up us we".split())
_STEM = 4  # words sharing this many first letters count as the same word: sort, sorted, sorting


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked, and what was held back.

    Args:
        kept: in the model's order.
        generic: questions that name nothing of the request.
    """

    kept: tuple[Question, ...]
    generic: tuple[Question, ...]


def select(questions: Sequence[Question], request: str, limit: int = 5) -> Selection:
    """Drop what asks nothing, repetitions, and questions that would fit any request; keep at most `limit`.

    Args:
        questions: as the model wrote them.
        request: the request with its context, which a question must touch.
        limit: most questions to keep.
    """
    known = _stems(request) | {name.lower() for name in _NAME.findall(request)}
    kept: list[Question] = []
    generic: list[Question] = []
    seen: set[frozenset[str]] = set()
    for question in questions:
        words = frozenset(word.lower() for word in _WORD.findall(question.text))
        if not _MARK.search(question.text) or words in seen:
            continue
        seen.add(words)
        if not (_stems(question.text) | words & _short(known)) & known:
            generic.append(question)
        elif len(kept) < limit:
            kept.append(question)
    return Selection(tuple(kept), tuple(generic))


def _stems(text: str) -> set[str]:
    """First letters of the words that say something; identifiers are split at underscores and capitals."""
    stems: set[str] = set()
    for word in _PART.findall(_CAMEL.sub(" ", text)):
        lower = word.lower()
        if _UNSPACED.search(lower):
            stems.update(lower[start : start + 2] for start in range(len(lower) - 1))
        elif lower not in _GENERIC and lower not in _LITTLE:
            stems.add(lower[:_STEM])
    return stems


def _short(known: set[str]) -> set[str]:
    """Names so short that they are words of English too; they count where the request has them as names."""
    return known & _LITTLE
