"""Whether a recorded value is what a text shows: by value where literals allow it, else by how it looks."""

from __future__ import annotations

import ast
import doctest
import math
import re
from typing import Any

from synth.sources.docstrings.calls import Shown
from synth.sources.recording.records import Outcome

_FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.DONT_ACCEPT_TRUE_FOR_1
_CHECKER = doctest.OutputChecker()
_TOLERANCE = 1e-9


def holds(shown: Shown, outcome: Outcome) -> bool:
    """Whether an example shows what its call did."""
    if shown.raises is not None:
        return outcome.raises == shown.raises
    if outcome.raises is not None:
        return False
    if shown.how == "printed":
        return _looks(shown.want, outcome.printed)
    if shown.how == "lines":
        return outcome.value is not None and _lines(shown.want, outcome.value)
    if outcome.value is not None and same(shown.want, outcome.value):
        return True
    return _looks(shown.want, outcome.shown)


def same(want: str, got: str) -> bool:
    """Whether two texts are literals of the same value; types count, the last digits of numbers do not."""
    try:
        return _equal(ast.literal_eval(want.strip()), ast.literal_eval(got))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return False


def _equal(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=0.0)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return bool(one == other)


def _looks(want: str, got: str) -> bool:
    return _CHECKER.check_output(f"{want.strip()}\n", f"{got.strip()}\n", _FLAGS)


def _lines(want: str, value: str) -> bool:
    try:
        items = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return False
    lines = [re.sub(r"\s+", " ", line.strip()) for line in want.strip().splitlines()]
    return isinstance(items, list) and lines == [re.sub(r"\s+", " ", str(item)) for item in items]
