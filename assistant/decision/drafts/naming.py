"""What a request asks for by name, so that it can be called."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable

_HEAD = re.compile(r"^def[ \t]+([^\W\d]\w*)[ \t]*\(", re.MULTILINE)


def entry_point(text: str) -> str | None:
    """The function that a text asks for by its head: the last one at the left edge; None where there is none.

    Args:
        text: of the request.
    """
    found = _HEAD.findall(text)
    return found[-1] if found else None


def name_of(text: str, programs: Iterable[str]) -> str | None:
    """What a text asks for: by its head, else what most programs define that the text calls or names.

    Args:
        text: of the request.
        programs: written for it.
    """
    if (head := entry_point(text)) is not None:
        return head
    defined = Counter(name for program in programs for name in _defined(program))
    places = {name: place for name in defined if (place := _place(text, name)) is not None}
    return min(places, key=lambda name: (-defined[name], places[name]), default=None)


def _defined(program: str) -> set[str]:
    """Functions and classes of a program."""
    try:
        body = ast.parse(program).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {one.name for one in body if isinstance(one, kinds)}


def _place(text: str, name: str) -> int | None:
    """Where a text first names something; a word of its sentences counts only as a call, or in backticks."""
    word = re.escape(name)
    looks = rf"(?<![\w.]){word}(?!\w)" if "_" in name else rf"(?<![\w.]){word}(?=\()|(?<=`){word}(?=`)"
    found = re.search(looks, text)
    return found.start() if found else None
