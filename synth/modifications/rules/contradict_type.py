"""Inconsistent: a type hint against what the text and the examples say."""

from __future__ import annotations

import re
from random import Random

from synth.modifications.base import Modified, Pinned, Reading, Refusal, Topic
from synth.modifications.recorded import Recorded, Unreadable, is_trivial, recorded
from synth.modifications.rules.contradict_example import governing
from synth.modifications.signature import annotated, annotation, hints_of, parameters
from synth.modifications.types import hint
from synth.schema import Change, Flaw, Problem

_INSTEAD = {
    "list": ("int", "str", "str", "bool"),
    "dict": ("int", "str", "list"),
    "tuple": ("int", "str", "list[int]"),
    "set": ("int", "bool"),
    "str": ("list[str]", "int", "int", "bool"),
    "int": ("bool", "str", "list[int]"),
    "float": ("str", "list[float]", "bool"),
    "bool": ("str", "list[bool]"),
}
_INSTEAD_OF_PARAM = {
    "list": ("str", "int", "dict"),
    "dict": ("list", "str"),
    "str": ("list", "int", "bool"),
    "int": ("str", "list[int]"),
    "float": ("str", "list[float]"),
    "bool": ("str",),
}
_SPOKEN = {
    "list": "a list", "dict": "a dict", "tuple": "a tuple", "set": "a set", "str": "a string",
    "int": "a whole number", "float": "a number with decimals", "bool": "True or False",
}  # fmt: skip


class ContradictType:
    """Changes the hint of the result, or of a parameter, where an example that is shown has another type."""

    name = "contradict-type"
    flaw: Flaw = "inconsistent"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Change one hint of a signature that has one."""
        records = [r for r in recorded(problem) if not isinstance(r.value, Unreadable) and not is_trivial(r)]
        records = [
            r for r in records if r.value is not None and "  " not in f"{r.example.call} {r.example.result}"
        ]
        if not records or annotation(problem.signature) is None:
            return Refusal("there is no hint to change, or no result of known type")
        record = rng.choice(records)
        params = [p for p in parameters(problem.signature) if annotation(problem.signature, p)]
        if params and rng.random() < 0.35:
            made = _parameter(self, problem, record, rng.choice(params), rng)
            if made is not None:
                return made
        return _result(self, problem, record, rng)


def spoken(name: str) -> str:
    """A type as one says it: `a list`."""
    return _SPOKEN.get(name.partition("[")[0].strip(), name)


def _bare(name: str) -> str:
    return re.sub(r"\s*\|\s*None|\[.*", "", name)


def _result(rule: ContradictType, problem: Problem, record: Recorded, rng: Random) -> Modified | Refusal:
    kind = _bare(hint([record.value]) or "")
    stated = annotation(problem.signature) or ""
    if kind not in _INSTEAD or _bare(stated) not in {kind, "float"}:
        return Refusal("the result's type is none that one could mistake")
    wrong = rng.choice([other for other in _INSTEAD[kind] if _bare(other) != kind])
    hints, _ = hints_of(problem.signature)
    topic = Topic(
        kind="contradict-type",
        quote=wrong,
        facts={
            "quote": wrong,
            "hint": wrong,
            "shown_hint": f"-> {wrong}",
            "call": record.example.call,
            "shown": record.example.result,
            "a": spoken(kind),
            "b": spoken(wrong),
            "sentence": governing(problem, record),
        },
        readings=(
            Reading(f"{spoken(kind)}, as in the example", problem.solution),
            Reading(f"{spoken(wrong)}, as in the type hint"),
        ),
        answer=f"The result is {spoken(kind)}; the type hint is wrong.",
    )
    return Modified(
        description=problem.description,
        signature=annotated(problem.signature, hints, wrong),
        changes=(Change(kind=rule.name, flaw=rule.flaw, before=f"-> {stated}", after=f"-> {wrong}"),),
        topics=(topic,),
        allowed=tuple(r.example for r in recorded(problem) if r.example != record.example),
        clear=problem.description,
        pinned=(Pinned(unclear=record.example, clear=record.example),),
    )


def _parameter(
    rule: ContradictType, problem: Problem, record: Recorded, param: str, rng: Random
) -> Modified | None:
    place = parameters(problem.signature).index(param)
    if place >= record.positional:
        return None
    given = record.arguments[place]
    kind = _bare(hint([given]) or "") if not isinstance(given, Unreadable) else ""
    hints, result = hints_of(problem.signature)
    if kind not in _INSTEAD_OF_PARAM or _bare(hints[param]) not in {kind, "float"} or not given:
        return None
    wrong = rng.choice(_INSTEAD_OF_PARAM[kind])
    topic = Topic(
        kind="contradict-parameter-type",
        quote=f"{param}: {wrong}",
        facts={
            "quote": f"{param}: {wrong}",
            "param": param,
            "hint": wrong,
            "call": record.example.call,
            "a": spoken(kind),
            "b": spoken(wrong),
            "given": repr(given),
        },
        readings=(
            Reading(f"{spoken(kind)}, as in the example", problem.solution),
            Reading(f"{spoken(wrong)}, as in the type hint"),
        ),
        answer=f"{param} is {spoken(kind)}; the type hint is wrong.",
    )
    return Modified(
        description=problem.description,
        signature=annotated(problem.signature, {**hints, param: wrong}, result),
        changes=(
            Change(
                kind=rule.name, flaw=rule.flaw, before=f"{param}: {hints[param]}", after=f"{param}: {wrong}"
            ),
        ),
        topics=(topic,),
        allowed=tuple(r.example for r in recorded(problem) if r.example != record.example),
        clear=problem.description,
        pinned=(Pinned(unclear=record.example, clear=record.example),),
    )
