"""Texts as words, for checks that compare them: no case, no punctuation, numbers apart from letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
_EMPTY = frozenset(
    "a about all also an and any are as at be been both but by can could did do does each for from get "
    "given gives had has have here how i if in into is it its just like may me mean meant more my need "
    "no not of on one or other our out please say says shall should so some something than that the "
    "their them then there these they this those to up use used want was we were what when where which "
    "who why will with would write you your".split()
)


def words(text: str) -> list[str]:
    """Runs of letters and numbers in their order; `under_score` is two words, `3.5` one."""
    return [word.casefold() for word in _WORD.findall(text)]


def telling(text: str) -> set[str]:
    """The words that say what a text is about; numbers are among them."""
    return {word for word in words(text) if word not in _EMPTY}


def holds(text: Sequence[str], span: Sequence[str]) -> bool:
    """Whether the words of a span stand one after another in a text; an empty span stands everywhere."""
    if not span:
        return True
    last = len(text) - len(span)
    return any(
        text[at] == span[0] and list(text[at : at + len(span)]) == list(span) for at in range(last + 1)
    )
