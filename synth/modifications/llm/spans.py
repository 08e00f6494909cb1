"""Where two texts differ: the one span from the first changed word to the last."""

from __future__ import annotations

import re

from synth.schema import Change, Flaw

KIND = "rewritten"
_WORD = re.compile(r"\S+")


def change_between(original: str, modified: str, flaw: Flaw) -> Change:
    """What a modification did; how lines are broken does not count.

    Args:
        original: the clear text.
        modified: the unclear one; its words are others.
        flaw: its type.
    """
    old, new = list(_WORD.finditer(original)), list(_WORD.finditer(modified))
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start][0] == new[start][0]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end][0] == new[-1 - end][0]:
        end += 1
    return Change(
        kind=KIND, flaw=flaw, before=_span(original, old, start, end), after=_span(modified, new, start, end)
    )


def _span(text: str, found: list[re.Match[str]], start: int, end: int) -> str:
    inside = found[start : len(found) - end]
    return text[inside[0].start() : inside[-1].end()] if inside else ""
