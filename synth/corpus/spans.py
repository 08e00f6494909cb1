"""What a point changes, as whole sentences and whole examples: what a question about it can quote."""

from __future__ import annotations

import re

from synth.corpus.format import CorpusProblem, Edit, Point
from synth.gate.questions import touches
from synth.gate.words import holds, words
from synth.schema import Change

_START = re.compile(r"""(?<=[.!?:])\s+(?=[A-Z"'`(#\[])|\n[\s#]*\n[\s#]*|(?=>>>)|\n\s*(?=[-*] )""")


def change(problem: CorpusProblem, point: Point, unclear: str | None = None) -> Change:
    """The one change that stands for a point: of several, the one that most of its questions mention.

    Args:
        problem: it belongs to.
        point: its changes are widened to the sentence or example that they are in, where that still stands in
            the text afterwards.
        unclear: the text in which other points may have made changes too; by default the point's own.

    Raises:
        NotApplicable: a change does not fit.
    """
    text = problem.clear(point.of)
    final = words(problem.unclear(point) if unclear is None else unclear)
    found = []
    for edit in point.edits:
        spans = _widened(edit, text)
        before, after = spans if holds(final, words(spans[1])) else (edit.before, edit.after)
        found.append(Change(kind=point.key, flaw=point.kind, before=before, after=after))
        text = edit.apply(text)
    standing = [one for one in found if holds(final, words(one.after))] or found
    return max(standing, key=lambda one: sum(touches(question, one) for question in point.questions))


def region(edit: Edit, text: str) -> tuple[int, int]:
    """Where the sentence or example stands that an edit changes, from and to character.

    Args:
        edit: an edit whose `from` stands in the text.
        text: before the edit.
    """
    at = text.index(edit.before)
    core = edit.before.strip()
    first = at + edit.before.find(core)
    last = first + len(core)
    start = max((match.end() for match in _START.finditer(text) if match.end() <= first), default=0)
    end = min((match.start() for match in _START.finditer(text) if match.start() >= last), default=len(text))
    return min(start, at), max(end, at + len(edit.before))


def _widened(edit: Edit, text: str) -> tuple[str, str]:
    start, end = region(edit, text)
    before = text[start:end]
    return before.strip(), edit.apply(before).strip()
