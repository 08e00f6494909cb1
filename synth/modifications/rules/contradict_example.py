"""Inconsistent: an example shows a result that the description does not give."""

from __future__ import annotations

import re
from random import Random

from synth.modifications.base import Modified, Pinned, Reading, Refusal, Topic
from synth.modifications.conditions import special_cases
from synth.modifications.recorded import Recorded, Unreadable, is_trivial, recorded
from synth.modifications.text import sentences
from synth.modifications.wrong_results import wrong_results
from synth.schema import Change, Example, Flaw, Problem

_ANY_ORDER = re.compile(r"\b(?:any|no particular|arbitrary|unspecified) order\b", re.IGNORECASE)
_LONGEST_QUOTE = 24


class ContradictExample:
    """Changes one example's result, against the recorded one."""

    name = "contradict-example"
    flaw: Flaw = "inconsistent"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Change the result of one recorded call that can be shown."""
        if _ANY_ORDER.search(problem.description):
            return Refusal("the order of the result is left open")
        records = [record for record in recorded(problem) if not isinstance(record.value, Unreadable)]
        rng.shuffle(records)
        for record in records:
            wrong = wrong_results(record, rng)
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
