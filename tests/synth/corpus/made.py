"""A small sound problem to break in tests: as a dict, as it stands in a file."""

import copy
from typing import Any

from synth.corpus.format import CorpusProblem

TEXT = '''\
def tidy(words: list[str], most: int) -> list[str]:
    """Keep the words of at most `most` letters, in alphabetical order.

    Words of equal spelling are kept as often as they occur. Blank ones go.

    >>> tidy(["pear", "fig", "plum"], 4)
    ['fig', 'pear', 'plum']
    >>> tidy(["banana"], 4)
    []
    """
'''
SOLUTION = """\
def tidy(words, most):
    kept = [word for word in words if word.strip() and len(word) <= most]
    return sorted(kept)
"""
TESTS = """\
>>> tidy([], 3)
[]
>>> tidy(["b", "a", "b"], 1)
['a', 'b', 'b']
>>> tidy(3, 1)
Traceback (most recent call last):
TypeError
"""
AMBIGUOUS = {
    "kind": "ambiguous",
    "questions": [
        '"Short words" are those of how many letters?',
        "How long may a word be to count as short, `most` letters or fewer than that?",
    ],
    "answer": "A word may have up to `most` letters.",
    "differs_on": "tidy(['fig', 'pear'], 4)",
    "edits": [
        {
            "from": "Keep the words of at most `most` letters,",
            "to": "Keep the words that are short for `most`,",
        },
        {"from": "    >>> tidy([\"pear\", \"fig\", \"plum\"], 4)\n    ['fig', 'pear', 'plum']\n", "to": ""},
    ],
    "readings": [
        {"option": "up to `most` letters", "meant": True},
        {"option": "fewer than `most` letters", "patch": [{"from": "<= most", "to": "< most"}]},
    ],
}
INCOMPLETE = {
    "kind": "incomplete",
    "questions": [
        "What happens to blank words?",
        "Are blank words kept? The sentence stops: what about them?",
    ],
    "answer": "Blank words are left out.",
    "differs_on": "tidy([' '], 4)",
    "edits": [{"from": "Blank ones go.", "to": "Blank ones"}],
    "readings": [
        {"option": "they are kept", "patch": [{"from": "word.strip() and ", "to": ""}]},
        {"option": "they are left out", "meant": True},
    ],
}
INCONSISTENT = {
    "kind": "inconsistent",
    "questions": [
        "The words come \"in alphabetical order\", but the example puts 'plum' first. Which holds?",
        "Should 'plum' stand before 'fig', against the alphabet?",
    ],
    "answer": "Alphabetical order holds.",
    "edits": [{"from": "['fig', 'pear', 'plum']", "to": "['plum', 'pear', 'fig']"}],
    "readings": [
        {"option": "from A to Z", "meant": True},
        {"option": "from Z to A"},
    ],
}


def row(**changes: Any) -> dict[str, Any]:
    """The problem as a file has it, some fields changed."""
    sound = {
        "id": "tidy",
        "shape": "stub",
        "name": "tidy",
        "text": TEXT,
        "solution": SOLUTION,
        "tests": TESTS,
        "points": [AMBIGUOUS, INCOMPLETE, INCONSISTENT],
    }
    return copy.deepcopy({**sound, **changes})


def made(**changes: Any) -> CorpusProblem:
    """The problem, some fields changed."""
    return CorpusProblem.model_validate(row(**changes))


def point(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A point, some fields changed."""
    return copy.deepcopy({**base, **changes})
