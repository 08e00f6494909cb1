"""Exact words for a kind of thing that everyday words blur: whitespace and blanks, falsy and empty."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording
from synth.modifications.names import tells
from synth.modifications.recorded import is_trivial
from synth.modifications.text import Span, prose
from synth.schema import Problem

_WHITE = ("all whitespace, tabs and line breaks too", "spaces only")
_KINDS: tuple[tuple[str, tuple[str, ...], tuple[str, str]], ...] = (
    # the exact words; vague ones; the meant reading and another one
    (
        r"fals(?:e?y) (?=values|elements|items)",
        ("empty ", "missing "),
        ("0, False and all that is empty", "only None and ''"),
    ),
    (r"whitespace(?! char)", ("blanks", "empty space"), _WHITE),
    (r"whitespace characters?", ("blanks", "blank characters"), _WHITE),
    (
        r"non-?alphanumeric characters?",
        ("special characters", "odd characters"),
        ("all that are neither letters nor digits", "punctuation only"),
    ),
    (
        r"alphanumeric characters",
        ("ordinary characters", "normal characters"),
        ("letters and digits", "letters only"),
    ),
    (
        r"non-ASCII characters?",
        ("special characters", "foreign characters"),
        ("all that are not ASCII", "only those that cannot be printed"),
    ),
    (r"recursively", ("",), ("on all levels", "on the first level only")),
    (r"(?:only )?(?:a single|one) level deep", ("",), ("one level only", "all levels")),
    (
        r"upper and lower case make no difference",
        ("spelling is taken loosely", "small differences in spelling do not matter"),
        ("upper and lower case are the same", "accents and hyphens are ignored as well"),
    ),
    (
        r"case-insensitive(?:ly)?",
        ("tolerantly", "without being too strict"),
        ("upper and lower case are the same", "blanks at the ends are ignored as well"),
    ),
)


def _told(name: str, words: str) -> bool:
    return (
        tells(name, words)
        or ("evel" in words or "recurs" in words)
        and re.search(r"deep|depth|recurs", name) is not None
    )


def find(problem: Problem) -> Iterator[Facet]:
    """Exact words that stand once and that no name repeats."""
    text = problem.description
    masked = prose(text)
    for pattern, vague, (meant, other) in _KINDS:
        found = list(re.finditer(rf"\b{pattern}(?![\w-])", masked))
        if len(found) != 1 or _told(problem.name, found[0][0]):
            continue
        match = found[0]
        span = Span(match.start(), match.end(), text[match.start() : match.end()])
        yield Facet(
            kind="category",
            span=span,
            what="the exact meaning" if vague[0] else "the extent",
            meant=Reading(meant),
            others=(Reading(other),),
            neutral=is_trivial,
            vague=tuple(Wording(words, f"Meant is: {meant}.") for words in vague),
        )
