"""Which of the model's questions reach the user: about this request, one of each, at most a few."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.reply import Question

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]+|\d+")

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
    known = _stems(request)
    kept: list[Question] = []
    generic: list[Question] = []
    seen: set[frozenset[str]] = set()
    for question in questions:
        stems = frozenset(_stems(question.text))
        if "?" not in question.text or stems in seen:
            continue
        seen.add(stems)
        if not stems & known:
            generic.append(question)
        elif len(kept) < limit:
            kept.append(question)
    return Selection(tuple(kept), tuple(generic))


def _stems(text: str) -> set[str]:
    """First letters of the words that say something; identifiers are split at underscores and capitals."""
    stems: set[str] = set()
    for word in _WORD.findall(text):
        for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", word):
            lower = part.lower()
            if lower not in _GENERIC and (len(lower) > 2 or lower.isdigit()):
                stems.add(lower[:_STEM])
    return stems
