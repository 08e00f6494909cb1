"""Whether a question is about something that was changed: words that they share, rare ones counting more.

A measure of the answerer's alone. Whether a question is good is for judges to say, which do not use this.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from eval.protocol.changes import Change, units
from eval.schema import Variant

_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_ENDINGS = ("ingly", "edly", "ing", "ies", "ied", "est", "ers", "ed", "es", "er", "ly", "s")
_STEM = 6

_AROUND = 0.5  # a word of the sentence beside one of the change itself
_CONTRADICTED = 0.35  # a word of the description that a changed example contradicts
_ENOUGH = 1.0  # a changed word that stands in one sentence only, or two such words around it

# Words that can be in any question about any request.
_SAYS_NOTHING = frozenset(
    """
    a about all also an and any anything are as ask assume at be been being between both but by can clarify
    code complete could description detail details do does done each either else exactly for from function
    further general give given has have how i if implement in information instead intended into is it its
    kind like may me mean meant might more must my need needed no not of on one only or other ought our out
    please problem program provide question request require required requirement said same say says shall
    should so some something specific specify task tell than that the their them then there these they thing
    this those to under use used using want wanted was way we were what when where whether which while who
    why will with would you your
    """.split()
)
_OF_EXAMPLES = {"exampl": 1.0, "expect": 0.5, "output": 0.5, "result": 0.5}


class Relevance:
    """Compares questions with the changes of one variant.

    Args:
        variant: the modified text.
        changes: of it.
    """

    def __init__(self, variant: Variant, changes: Sequence[Change]) -> None:
        self._changes = changes
        cut = units(variant.original, variant.entry_point)
        self._in_units = Counter(stem for unit in cut for stem in stems(_WORD.findall(unit.text)))

    def targets(self, question: str) -> list[Change]:
        """The changes that a question is about, the closest first."""
        asked = stems(_WORD.findall(question))
        scored = [(self._score(asked, change), -number) for number, change in enumerate(self._changes)]
        return [self._changes[-place] for score, place in sorted(scored, reverse=True) if score >= _ENOUGH]

    def _score(self, asked: set[str], change: Change) -> float:
        own = stems(change.words)
        around = stems(change.around) - own
        score = sum(self._weight(stem) for stem in asked & own)
        share = _CONTRADICTED if change.example else _AROUND
        score += share * sum(self._weight(stem) for stem in asked & around)
        if change.example:
            score += sum(weight for stem, weight in _OF_EXAMPLES.items() if stem in asked)
        return score

    def _weight(self, stem: str) -> float:
        return 1.0 / max(1, self._in_units[stem])


def stems(words: Iterable[str]) -> set[str]:
    """The words that say something, without their endings."""
    parts = (part.lower() for word in words for part in _WORD.findall(word))
    return {_stem(part) for part in parts if part not in _SAYS_NOTHING}


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word.removesuffix("e")[:_STEM] if len(word) > 3 else word
