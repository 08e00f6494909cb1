"""The calls that a text shows: in sessions, or with an arrow or an equals sign; and the text without them."""

from __future__ import annotations

import ast
import functools
import re

from synth.sources.docstrings.sessions import LONGEST_CALL, LONGEST_RESULT, MOST_CALLS, Shown, calls_of

__all__ = ["Shown", "arrows_of", "calls_of", "without_arrows", "without_examples"]

_LINES = re.MULTILINE | re.IGNORECASE


def arrows_of(docstring: str, entry: str) -> list[Shown]:
    """Calls that a text shows with their value behind an arrow or an equals sign: `f(2) -> 4`, `f(2) == 4`.

    Args:
        docstring: any text.
        entry: name of the function.
    """
    found = [_shown(match) for match in _arrow(entry).finditer(docstring)]
    return [one for one in found if one is not None][:MOST_CALLS]


def without_arrows(text: str, entry: str) -> str:
    """A text without the lines that `arrows_of` reads."""
    return _arrow(entry).sub(lambda match: match[0] if _shown(match) is None else "", text)


def _shown(match: re.Match[str]) -> Shown | None:
    """What a line shows; None when it is a sentence, or shows no literal."""
    call, want = match["call"].strip(), match["want"].strip().rstrip(".,;")
    try:
        tree = ast.parse(call, mode="eval").body
        ast.literal_eval(want)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return None
    if not isinstance(tree, ast.Call) or len(call) > LONGEST_CALL or len(want) > LONGEST_RESULT:
        return None
    return Shown(call, want)


def without_examples(text: str, entry: str) -> str:
    """A text as its author wrote it, without sessions, calls with arrows, and the headings above them."""
    lines = without_arrows(text, entry).splitlines()
    kept: list[str] = []
    place = 0
    while place < len(lines):
        if lines[place].lstrip().startswith(">>>"):
            while place < len(lines) and lines[place].strip():
                place += 1
            continue
        kept.append(lines[place].rstrip())
        place += 1
    bare = "\n".join(kept)
    bare = re.sub(r"^[ \t]*(?:for )?(?:examples?|e\.g\.)(?: usage)?[ \t]*:?[ \t]*$", "", bare, flags=_LINES)
    return re.sub(r"\n{3,}", "\n\n", bare).strip()


@functools.cache
def _arrow(entry: str) -> re.Pattern[str]:
    call = rf"(?P<call>{re.escape(entry)}\(.*?\))"
    return re.compile(
        rf"^[ \t]*(?:[-*] |>>> )?`*{call}`*\s*(?:==+>?|=>|->|➞|→|returns?|#)\s*`*(?P<want>.+?)`*[ \t]*$",
        _LINES,
    )
