"""Two flaws of two types in one text, each with a question of its own."""

from __future__ import annotations

from random import Random

from synth.modifications.base import Modified, Modifier, Refusal
from synth.schema import Problem


def combine(first: Modifier, second: Modifier, problem: Problem, rng: Random) -> Modified | Refusal:
    """Apply two rules one after the other.

    Args:
        first: its change must survive the second one.
        second: of another type.
        problem: with a normalised description.
        rng: for both.

    Returns:
        Both changes with both topics, the examples that give neither away and, as the clear text, the
        problem's own; or why they do not go together.
    """
    one = first.modify(problem, rng)
    if isinstance(one, Refusal):
        return one
    two = second.modify(
        problem.model_copy(update={"description": one.description, "signature": one.signature}), rng
    )
    if isinstance(two, Refusal):
        return two
    after, text = one.changes[0].after, f"{two.description}\n{two.signature}"
    shown = {pinned.unclear.result for pinned in one.pinned}
    if after and after not in text and after not in shown:
        return Refusal("the second change touched the first")
    if two.changes[0].before and two.changes[0].before in after:
        return Refusal("the second change is about the first")
    stays = [
        change.before for change in (one.changes[0], two.changes[0]) if change.kind == "contradict-sentence"
    ]
    if any(sentence not in two.description for sentence in stays):
        return Refusal("one change took away what the other contradicts")
    if not _compatible(one, two):
        return Refusal("an example that one change shows gives the other away")
    return Modified(
        description=two.description,
        signature=two.signature,
        changes=(*one.changes, *two.changes),
        topics=(*one.topics, *two.topics),
        allowed=tuple(example for example in one.allowed if example in two.allowed),
        clear=problem.description,
        pinned=(*one.pinned, *two.pinned),
        types="hidden" if "hidden" in {one.types, two.types} else "free",
    )


def _compatible(one: Modified, two: Modified) -> bool:
    """Examples pinned by one are allowed by the other, as they are when nothing is wrong with them."""
    for this, other in ((one, two), (two, one)):
        calls = {example.call for example in other.allowed} | {pinned.clear.call for pinned in other.pinned}
        if any(pinned.clear.call not in calls for pinned in this.pinned):
            return False
        if this.pinned and other.pinned:
            return False
    signatures = one.signature != two.signature and one.types == "hidden"
    return not signatures
