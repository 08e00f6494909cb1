"""Modifications that did not happen, and those that left the problem behind."""

from __future__ import annotations

from synth.gate.reason import Reason
from synth.gate.words import holds, telling, words
from synth.schema import Change, Problem, Sample

LEAST_SHARED = 0.3
"""Share of the telling words of a modified request that its problem has to know, or the other way round.

Of requests made by rule, 0.1% lie below; of requests held against another problem, 90%.
"""

_SHORTEST = 3  # words from which on a dropped span can be told from words that stand there anyway


def unchanged(sample: Sample, source: Problem) -> Reason | None:
    """An unclear sample whose request does not hold its changes.

    A changed span has to stand in the request as it is now. A dropped one must be gone. Spans are compared as
    words, so that a request may wrap and indent them as it likes.
    """
    if sample.change is None:
        return None
    request = words(sample.problem)
    for change in (sample.change, *sample.further_changes):
        if why := _not_there(change, request, sample.problem):
            return Reason("unchanged", why)
    if request == words(f"{source.signature} {source.description}"):
        return Reason("unchanged", "the request is the problem's own text")
    return None


def _not_there(change: Change, request: list[str], text: str) -> str | None:
    before, after = words(change.before), words(change.after)
    if before == after and change.before.split() == change.after.split():
        return "the span is the same before and after"
    if not change.after.strip():
        gone = len(before) < _SHORTEST or not holds(request, before)
        return None if gone else "what was to be dropped still stands there"
    if change.after not in text and not (after and holds(request, after)):
        return "what was to be put there does not stand there"
    return None


def unrelated(sample: Sample, source: Problem) -> Reason | None:
    """A modified request that has next to nothing in common with its problem.

    Either most of what it says comes from the problem (it was cut), or it says most of what the problem says
    (it was told more broadly); where neither holds, a model has made up a problem of its own. The corpus has
    further wordings by people, which need not share words.
    """
    if sample.change is None or sample.provenance.generator == "corpus":
        return None
    told = telling(f"{source.description} {source.signature} {source.prelude}")
    examples = telling(" ".join(f"{one.call} {one.result}" for one in (*source.examples, *sample.examples)))
    says = telling(sample.problem) - telling(sample.name)
    shared = says & (told | examples)
    if not says or not told:
        return None
    share = max(len(shared) / len(says), len(says & told) / len(told))
    if share < LEAST_SHARED:
        return Reason("unrelated", f"{share:.0%} of its words are the problem's")
    return None
