"""Inconsistent: two examples show the same call, written in two ways, with two results."""

from __future__ import annotations

import ast
from random import Random

from synth.modifications.base import Modified, Pinned, Reading, Refusal, Topic
from synth.modifications.recorded import Recorded, Unreadable, recorded
from synth.modifications.signature import parameters
from synth.modifications.wrong_results import wrong_results
from synth.schema import Change, Example, Flaw, Problem


class ContradictPair:
    """Shows a call once by position and once by keyword; only one of the results is the recorded one."""

    name = "contradict-pair"
    flaw: Flaw = "inconsistent"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Add the same call with another result."""
        records = [
            r for r in recorded(problem) if not isinstance(r.value, Unreadable) and _by_keyword(problem, r)
        ]
        rng.shuffle(records)
        for record in records:
            wrong = wrong_results(record, rng)
            if wrong:
                return _paired(self, problem, record, wrong[0], rng)
        return Refusal("no recorded call can be written in a second way")


def _paired(rule: ContradictPair, problem: Problem, record: Recorded, shown: str, rng: Random) -> Modified:
    right = record.example
    again = Example(call=_by_keyword(problem, record), result=right.result)
    first, second = (right, again) if rng.random() < 0.5 else (again, right)
    wrong = Example(call=second.call, result=shown)
    topic = Topic(
        kind="contradict-pair",
        quote=second.call,
        facts={
            "quote": second.call,
            "call": second.call,
            "shown": shown,
            "other": first.call,
            "expected": right.result,
        },
        readings=(Reading(right.result, problem.solution), Reading(shown)),
        answer=f"{right.result} is right, for both.",
    )
    return Modified(
        description=problem.description,
        signature=problem.signature,
        changes=(Change(kind=rule.name, flaw=rule.flaw, before=right.result, after=shown),),
        topics=(topic,),
        allowed=tuple(r.example for r in recorded(problem) if r.example != right),
        clear=problem.description,
        pinned=(Pinned(unclear=first, clear=first), Pinned(unclear=wrong, clear=second)),
    )


def _by_keyword(problem: Problem, record: Recorded) -> str:
    """The call with its last argument given by keyword; empty when that is not possible."""
    named = parameters(problem.signature)
    last = record.positional - 1
    if (
        record.keywords
        or not 1 <= record.positional <= len(named)
        or "/" in problem.signature
        or "*" in problem.signature
    ):
        return ""
    tree = ast.parse(record.example.call, mode="eval")
    node = next((part for part in ast.walk(tree) if _calls(part, problem.name)), None)
    if not isinstance(node, ast.Call) or len(node.args) != record.positional:
        return ""
    node.keywords = [ast.keyword(arg=named[last], value=node.args.pop())]
    return ast.unparse(tree)


def _calls(node: ast.AST, name: str) -> bool:
    """Whether a node calls the entry point; `list(f(x))` calls it inside."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(name.rsplit(".", 1)[-1])
