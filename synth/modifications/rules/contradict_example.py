"""Inconsistent: an example shows a result that the description does not give."""

from __future__ import annotations

import re
from random import Random

from synth.modifications.base import Modified, Pinned, Reading, Refusal, Topic
from synth.modifications.conditions import special_cases
from synth.modifications.recorded import Recorded, Unreadable, is_trivial, literal, recorded
from synth.modifications.text import sentences
from synth.modifications.wrong_results import wrong_results
from synth.schema import Change, Example, Flaw, Problem

_SEVERAL_FIT = re.compile(
    r"\b(?:any|no particular|arbitrary|unspecified) order\b|\btopological|\brandom|\bapproximat"
    r"|\bestimat|\bheuristic"
    r"|\bspanning tree|\bcolou?ring\b|\bpermutations?\b|\bshuffl|\b(?:a|an|any|one) (?:path"
    r"|solution|way|matching)\b",
    re.IGNORECASE,
)
"""Tasks of which the text allows more than one result, so that another one contradicts nothing."""
_LONGEST_QUOTE = 24


_OF_ORDER = re.compile(
    r"\b(?:sort|order|ascend|descend|revers|rotat|shift|swap|in turn|first|last|index|position|pairs?\b)",
    re.IGNORECASE,
)


def _is_reordered(wrong: str, record: Recorded) -> bool:
    """Whether a result holds the same elements in another order, which may be as right."""
    value = literal(wrong)
    if not isinstance(value, list) or not isinstance(record.value, list):
        return False
    return sorted(map(repr, value)) == sorted(map(repr, record.value))


class ContradictExample:
    """Changes one example's result, against the recorded one."""

    name = "contradict-example"
    flaw: Flaw = "inconsistent"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Change the result of one recorded call that can be shown."""
        if _SEVERAL_FIT.search(problem.description):
            return Refusal("the text allows more than one result")
        records = [record for record in recorded(problem) if not isinstance(record.value, Unreadable)]
        rng.shuffle(records)
        for record in records:
            ordered = _OF_ORDER.search(problem.description) is not None
            wrong = [one for one in wrong_results(record, rng) if ordered or not _is_reordered(one, record)]
            if wrong:
                return _contradicted(self, problem, record, wrong[0])
        return Refusal("no recorded result can be changed plausibly")


def _contradicted(rule: ContradictExample, problem: Problem, record: Recorded, shown: str) -> Modified:
    right = record.example
    wrong = Example(call=right.call, result=shown)
    topic = Topic(
        kind="contradict-example",
        quote=right.call,
        facts={
            "quote": right.call,
            "call": right.call,
            "shown": shown,
            "expected": right.result,
            "sentence": governing(problem, record),
        },
        readings=(
            Reading(f"the description: {right.call} gives {right.result}", problem.solution),
            Reading(f"the example: {right.call} gives {shown}"),
        ),
        answer=f"The description is right: {right.call} gives {right.result}.",
    )
    return Modified(
        description=problem.description,
        signature=problem.signature,
        changes=(Change(kind=rule.name, flaw=rule.flaw, before=right.result, after=shown),),
        topics=(topic,),
        allowed=tuple(r.example for r in recorded(problem) if r.example != right),
        clear=problem.description,
        pinned=(Pinned(unclear=wrong, clear=right),),
    )


def governing(problem: Problem, record: Recorded) -> str:
    """The sentence that decides a call's result, where that is certain: its special case, or the only one."""
    for special in special_cases(problem):
        if special.value and special.value == record.example.result and is_trivial(record):
            return special.sentence.text.rstrip(".")
    found = sentences(problem.description)
    return (
        found[0].text.rstrip(".") if len(found) == 1 and len(found[0].text.split()) <= _LONGEST_QUOTE else ""
    )
