"""Leaks: questions or requests that speak of what the text was before it was modified.

Only what a generator wrote is looked at. "The original order" is a way to speak about a list, so `original`
counts before a word for the text alone, or where nothing follows that it could belong to.
"""

from __future__ import annotations

import re

from synth.gate.reason import Reason
from synth.schema import Problem, Sample

_TEXT = (
    r"(?:problem|task|request|question|description|statement|specification|spec|requirements?|prompt|text|"
    r"wording|docstring|instructions?|definition|exercise|assignment|version|formulation|phrasing|example)s?"
)
_BEFORE = r"(?:original|previous|prior|earlier|former|initial|unmodified|unchanged|unaltered|old|first)"
_AFTER = r"(?:modified|altered|changed|rewritten|reworded|edited|revised|new|updated|current)"
_LEAK = re.compile(
    rf"\b(?:original|unmodified|unaltered)\s+(?:coding\s+|programming\s+)?{_TEXT}\b"
    rf"|\b(?:the|in|from|than|an?)\s+{_BEFORE}\s+version\b(?!\s+(?:number|string|of))"
    rf"|\b(?:modified|altered|rewritten|reworded)\s+(?:coding\s+|programming\s+)?{_TEXT}\b"
    rf"|\b(?:compared|in contrast|as opposed)\s+(?:to|with)\s+the\s+{_BEFORE}\b"
    rf"|\b{_AFTER}\s+and\s+{_BEFORE}\s+(?:versions?|problems?)\b"
    r"|\b(?:in|from|than)\s+the\s+original(?=\s*[,.;:?!)]|\s*$)"
    r"|\boriginally\s+(?:said|stated|asked|specified|given|described|required|mentioned|written|read)\b"
    r"|\bused\s+to\s+(?:say|state|read|specify)\b"
    r"|\b(?:was|were|has been|have been|got)\s+(?:\w+ly\s+)?"
    rf"(?:removed|omitted|dropped|deleted|replaced|modified|altered)\s+(?:from|in)\s+the\s+{_TEXT}\b"
    r"|\bbefore\s+(?:the|this|it was)\s+(?:modification|modified|change was made|rewording|rewritten)\b",
    re.IGNORECASE,
)  # fmt: skip


def leaks(sample: Sample, source: Problem) -> Reason | None:
    """A question, an option, or a rewritten request mentions another version of the text.

    Args:
        sample: the whole request is looked at when a model wrote it, else the changed spans.
        source: what its own text says is no leak.
    """
    for text in _written(sample):
        found = _LEAK.search(text)
        if found and found[0].casefold() not in source.description.casefold():
            return Reason("leak", f"it says “{' '.join(found[0].split())}”")
    return None


def _written(sample: Sample) -> list[str]:
    texts = [part for question in sample.questions for part in (question.text, *question.options)]
    texts += [answer.text or "" for answer in sample.answers]
    if sample.change is not None and sample.provenance.generator == "llm":
        texts.append(sample.problem)
    elif sample.change is not None:
        texts += [change.after for change in (sample.change, *sample.further_changes)]
    return texts
