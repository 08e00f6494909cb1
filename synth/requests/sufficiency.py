"""Whether a problem's text can be told to a stranger: nothing it leans on is missing from it."""

from __future__ import annotations

import re

from synth.modifications.recorded import recorded
from synth.modifications.signature import parameters
from synth.modifications.text import mentions, normalise, sentences, words
from synth.requests.unsaid import unsaid
from synth.schema import Problem

_LEANS_ON = re.compile(
    r"\b(?:this method is like|exactly like|similar to|works like|see also|see above|as above|equivalent to"
    r"|version of|variant of"
    r"|clone of|counterpart|opposite of|inverse of|reverse of|wrapper|alias|deprecated"
    r"|convenience function|the same as"
    r"|instead of :|lazily|iterator version|like :|unlike|refer to|documentation|identical to|mimics?"
    r"|as in the paper)\b|^like ",
    re.IGNORECASE,
)
_LEFTOVERS = re.compile(
    r">>>|```|::|:(?:func|meth|class|mod|attr|ref)?:`|\.\. |https?://|\|$|^\s*[-=~]{3,}", re.MULTILINE
)
_SELF_EXPLAINING = frozenset(
    "text string s line lines word words name names value values item items number numbers list lst seq "
    "iterable "
    "array data obj key keys default reverse sep separator delimiter length width height size start stop "
    "end prefix "
    "suffix self cls x y a b n m k i j year month day hour minute second today date width height".split()
)
_PRIVATE_DEFAULT = re.compile(
    r"=\s*(?!None\b|True\b|False\b|int\b|str\b|float\b|bool\b|len\b|list\b|dict\b|set\b)[A-Za-z_]\w*\s*[,)]"
)
_FEWEST_WORDS, _FEWEST_WORDS_ALONE = 6, 9
_WORDS_OF_PARAMETERS_TOO, _WORDS_WITHOUT_EXAMPLES = 10, 20
_WORDS_OF_ONE_WHO_SHOWS_NONE = 30
_RESULT = re.compile(
    r"\b(?:return|yield|give|result|output|check|test|whether|count|number of)", re.IGNORECASE
)
_MOST_WORDS = 180


def lacks(problem: Problem) -> str | None:
    """Why a problem's text is not enough for a stranger; None when it is, as far as can be told from outside.

    Args:
        problem: as a source yields it.
    """
    text = normalise(problem.description)
    count = len(words(text))
    fewest = _FEWEST_WORDS_ALONE if problem.source.startswith("functions:") else _FEWEST_WORDS
    if not fewest <= count <= _MOST_WORDS:
        return "the description is too short or too long"
    if _LEANS_ON.search(text):
        return "the description leans on something else"
    if _LEFTOVERS.search(text):
        return "the description holds leftovers of markup or examples"
    if any(sentence.text.endswith(":") for sentence in sentences(text)):
        return "the description announces something that does not follow"
    if _PRIVATE_DEFAULT.search(problem.signature):
        return "a default is a private value of its module"
    unnamed = [
        param
        for place, param in enumerate(parameters(problem.signature))
        if place > 0 and not _explained(problem, text, param)
    ]
    return f"the parameter {unnamed[0]} is not explained" if unnamed else unsaid(problem, text)


def _explained(problem: Problem, text: str, param: str) -> bool:
    optional = re.search(rf"\b{re.escape(param)}\b[^,)]*=", problem.signature) is not None
    return optional or param in _SELF_EXPLAINING or mentions(text, param) or mentions(text, param.rstrip("s"))


def fewest_examples(problem: Problem) -> int:
    """How many examples a clear text should show at least: none when it says enough by itself."""
    text = normalise(problem.description)
    named = all(mentions(text, param) for param in parameters(problem.signature))
    fewest = _WORDS_OF_PARAMETERS_TOO if named else _WORDS_WITHOUT_EXAMPLES
    if problem.source.startswith("functions:"):
        fewest = _WORDS_OF_ONE_WHO_SHOWS_NONE
    elif not _RESULT.search(text):
        fewest = _WORDS_OF_ONE_WHO_SHOWS_NONE
    enough = len(words(text)) >= fewest
    return 0 if enough else min(2, len(recorded(problem)))
