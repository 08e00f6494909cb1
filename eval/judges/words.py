"""Words that say something: what two texts are compared by."""

from __future__ import annotations

import re

_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENDINGS = ("ingly", "edly", "ing", "ies", "ed", "es", "ly", "s")
_STEM = 6
_SHORTEST = 3

# Words without a meaning of their own.
_LITTLE = frozenset(
    """
    a about all also always am an and any are as at be been being both but by can could did do does doing
    done each either else for from further had has have having here how however i if in into is it its just
    let may me might must my no not of on or our out shall should so such than that the their them then
    there these they this those to too under up was way we well were what when where whether which while who
    why will with within without would you your
    """.split()
)

# Words in which people ask about any request.
_OF_ASKING = frozenset(
    """
    ask asking asks assume assumption clarification clarify clarifying clear unclear ambiguous incomplete
    code complete describe described description detail details explain explicitly information instead
    intended know mean meaning means meant mention mentioned mentions need needed needs please possible
    problem program provide provided provides python question questions request require required requirement
    requirements requires result return returned returns specific specification specified specifies specify
    statement states sure task tell understand use used user using want give given gives function functions
    example examples
    """.split()
)

# Words that most requests have: what two texts share of these tells little, unless it was changed.
_OF_ANY_TASK = frozenset(
    """
    above actual additional another anything based below cannot case cases completely condition conditions
    consider considered constraint constraints contain contains correct data define defined definition
    determine different etc exact exactly expect expected false few follow following follows format generate
    guaranteed handle handled help implement implementation include included includes input inputs kind like
    logic make method missing more most one only order other otherwise output outputs parameter parameters
    particular purpose range represent represents same see show shown shows solution solve some something
    take takes therefore thing true type types value values write
    """.split()
)


def stems(text: str, name: str = "") -> frozenset[str]:
    """The words of a text that say something, without their endings.

    Args:
        text: any.
        name: of the function: where it is called or named as code it says nothing of what it does.
    """
    return changed_stems(text, name) - _STEMS_OF_ANY_TASK


def changed_stems(text: str, name: str = "") -> frozenset[str]:
    """The same with words such as `order` or `certain`, which tell much where they are what was changed."""
    return frozenset(all_stems(text, name)) - _STEMS_OF_ASKING


def all_stems(text: str, name: str = "") -> list[str]:
    """Every word and number of a text without its ending, in order, single letters left out."""
    if name:
        shape = r"(?![^\W_])" if "_" in name or _CAMEL.search(name) else r"(?=[ \t]*\(|`)"
        text = re.sub(rf"(?<!\w)(?:{re.escape(name)}{shape}|candidate(?!\w))", " ", text)
    words = (word.lower() for word in _WORD.findall(_CAMEL.sub(" ", text)))
    return [_stem(word) for word in words if len(word) > 1 or word.isdigit()]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word.removesuffix(ending)[:_STEM]
    return word[:_STEM]


_STEMS_OF_ASKING = frozenset(map(_stem, _LITTLE | _OF_ASKING))
_STEMS_OF_ANY_TASK = frozenset(map(_stem, _OF_ANY_TASK))
