"""Whether a reply that asks names a concrete point of its request, by words alone; no judge is needed.

A judge can be pleased with "please give the complete problem"; such a reply names nothing. It says nothing on
whether the point is the one that is open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.schema import Response

# Words of any request: a question that has no others in common with its request is about nothing in it.
_GENERAL = frozenset(
    """
    a about above additional all also am an and another any anything are as at be because been before
    being below but by can case clarification clarify clear code complete completely constraint correct
    could description detail did do does doing don each else every exact exactly example expect expected
    explain explanation first follow following for format from full function further get give given had
    happen has have help here how i if implement implementation in include incomplete information input
    into is issue it its just kind know let like likely look make may mean mention more must name need no
    not of on one only or other output parameter particular please possible problem program provide
    provided purpose python question read reading request require required requirement result return
    returned rule s same say second see several shall should show solution solve some something specific
    specification specify state statement such supply task test text than thank that the their them then
    there these they thing this those to type unclear understand up use used user using value want wanted
    was way we were what when where whether which while who will with would write written you your
    """.split()
)
_WORD = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?")
_NUMBERING = re.compile(r"^\s*\d+[.)]\s", re.MULTILINE)
_NAME = re.compile(r"\bdef\s+(\w+)")
_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)


def names_a_point(response: Response, request: str) -> bool:
    """Whether one of its questions uses a word or a number of this request, other than general words.

    Args:
        response: that asks; its questions count, or all prose of its reply where none were taken from it.
        request: as it was put to the model; the names of its functions do not count.
    """
    names = _stems(" ".join(_NAME.findall(request)))
    own = _stems(_NAME.sub("", request)) - names - _GENERAL_STEMS
    return any(_stems(text) & own for text in _asked(response))


def _asked(response: Response) -> Sequence[str]:
    if response.questions:
        return [question.text for question in response.questions]
    return [_NUMBERING.sub("", _FENCED.sub("", response.reply))]


def _stems(text: str) -> set[str]:
    return {_stem(word.lower()) for word in _WORD.findall(text)}


def _stem(word: str) -> str:
    """Without the endings of plurals and verbs, roughly; the same for question and request."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return _stem(word.removesuffix(ending))
    return word


_GENERAL_STEMS = frozenset(map(_stem, _GENERAL))
