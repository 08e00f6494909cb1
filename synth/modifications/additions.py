"""Points that a description need not mention and a requester may: a settled and several open sentences.

What the solution does at such a point is known from its recorded results or from its code, never guessed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from synth.modifications.recorded import Recorded, evidence, is_trivial, recorded
from synth.modifications.signature import parameters
from synth.modifications.text import uncapitalised
from synth.schema import Problem

_WHICH = (
    "whichever the callers expect",
    "as discussed",
    "depending on what the other functions do",
    "as the situation requires",
    "whatever the rest of the program uses",
)


@dataclass(frozen=True, slots=True)
class Addition:
    """A point that can be settled or left open by one more sentence.

    Args:
        settled: sentences that state what the solution does, some of them with the other reading ruled out.
        either: sentences that name two readings.
        missing: sentences that point at what is not given.
        meant: the solution's reading, and another one, as answers.
        other: the other reading.
        case: when it matters, for a question: `for an empty list`; empty when always.
        neutral: whether a recorded call does not show the point.
        hints: whether type hints must go, since they show it.
    """

    settled: tuple[str, ...]
    either: tuple[str, ...]
    missing: tuple[str, ...]
    meant: str
    other: str
    case: str
    neutral: Callable[[Recorded], bool]
    hints: bool = False


def additions(problem: Problem) -> Iterator[Addition]:
    """The points that a problem's text leaves out and its records settle."""
    for find in (_empty_input, _failed_check, _rounding, _in_place, _letter_case):
        found = find(problem)
        if found is not None:
            yield found


_EMPTY = {
    "list": "an empty list",
    "str": "an empty string",
    "dict": "an empty dict",
    "tuple": "an empty tuple",
}
_RESULTS = {
    "[]": "an empty list",
    "''": "an empty string",
    "{}": "an empty dict",
    "0": "0",
    "None": "None",
    "0.0": "0.0",
}


def _is_other_call(call: str, record: Recorded) -> bool:
    return record.example.call != call


def _empty_input(problem: Problem) -> Addition | None:
    """What comes out when the one container that goes in is empty."""
    if re.search(r"\b(?:empty|no \w+s|without|missing|blank)\b", problem.description):
        return None
    for record in recorded(problem):
        kind = type(record.arguments[0]).__name__ if record.arguments else ""
        value = record.example.result
        if len(record.arguments) != 1 or record.arguments[0] or kind not in _EMPTY or value not in _RESULTS:
            continue
        case, result = f"For {_EMPTY[kind]}", _RESULTS[value]
        other = "raise ValueError" if value == "None" else "return None"
        return Addition(
            settled=_stated(case, f"return {result}", other),
            either=_joined(case, f"return {result}", other),
            missing=tuple(
                f"{case}, {what}."
                for what in (
                    "return the agreed value",
                    "return our standard value",
                    "our rule for such input applies",
                )
            ),
            meant=f"return {result}",
            other=other,
            case=uncapitalised(case),
            neutral=partial(_is_other_call, record.example.call),
            hints=value == "None",
        )
    return None


_ASKS = re.compile(
    r"(?:Checks?|Tests?|Determines?|Tells?|Whether|Returns? (?:`{0,2}True|whether|if)|Says?)\b", re.IGNORECASE
)


def _failed_check(problem: Problem) -> Addition | None:
    """What a yes-or-no function does when the answer is no."""
    records = recorded(problem)
    values = [record.value for record in records]
    yes_or_no = bool(values) and all(isinstance(value, bool) for value in values) and False in values
    is_check = _ASKS.match(problem.description) and problem.signature.lstrip().startswith("def ")
    if (
        not is_check
        or not yes_or_no
        or evidence(problem.solution).raises
        or re.search(r"\b(?:False|raise)", problem.description)
    ):
        return None
    case = "If the check fails"
    return Addition(
        settled=_stated(case, "return False", "raise ValueError"),
        either=_joined(case, "return False", "raise ValueError"),
        missing=tuple(
            f"{case}, {what}."
            for what in (
                "do what the other checks do",
                "handle it as in the rest of the module",
                "proceed as agreed",
            )
        ),
        meant="return False",
        other="raise ValueError",
        case=uncapitalised(case),
        neutral=lambda record: record.value is True,
        hints=True,
    )


def _stated(case: str, meant: str, other: str) -> tuple[str, ...]:
    return (
        f"{case}, {meant}.",
        f"{case}, {meant}, do not {other}.",
        f"{case}, never {other}: {meant}.",
        f"{case}, {meant} as in the other functions.",
        f"{case}, {meant}, as the callers expect.",
        f"{case}, {meant}, whatever the rest of the program uses.",
    )


def _joined(case: str, meant: str, other: str) -> tuple[str, ...]:
    return tuple(
        f"{case}, {one} or {two}, {which}."
        for which in _WHICH
        for one, two in ((meant, other), (other, meant))
    )


def _rounding(problem: Problem) -> Addition | None:
    """Whether a number with many decimals is rounded: seen in the results."""
    values = [record.value for record in recorded(problem) if isinstance(record.value, float)]
    if (
        re.search(r"\bround|decimal|digit|precision", problem.description)
        or "round" in evidence(problem.solution).called
    ):
        return None
    if not any(len(repr(value).partition(".")[2]) >= 6 for value in values):
        return None
    return Addition(
        settled=(
            "The result is not rounded.",
            "The result is not rounded but left as it is.",
            "The result is left as it is, whatever the rest of the program uses.",
        ),
        either=tuple(f"The result is rounded or left as it is, {which}." for which in _WHICH),
        missing=(
            "The result is rounded as agreed, if at all.",
            "For the rounding of the result our rule applies.",
        ),
        meant="not rounded",
        other="rounded",
        case="",
        neutral=lambda record: isinstance(record.value, float) and record.value.is_integer(),
    )


_ABOUT_THE_LIST = re.compile(
    r"\b(?:in[- ]place|new|copy|creat\w+|not (?:be )?changed|unchanged|modif\w+|yield\w*|slice)\b",
    re.IGNORECASE,
)


def _could_be_one(record: Recorded) -> bool:
    """Whether the result could be the given list after a change: as many elements."""
    given, value = record.arguments[0], record.value
    if not isinstance(given, list) or not isinstance(value, list):
        return False
    return len(given) == len(value)


def _in_place(problem: Problem) -> Addition | None:
    """Whether the list that goes in is the one that comes out: the code never touches it."""
    params = parameters(problem.signature)
    lists = [
        r
        for r in recorded(problem)
        if r.arguments and isinstance(r.arguments[0], list) and isinstance(r.value, list)
    ]
    told = _ABOUT_THE_LIST.search(problem.description) or "*" in problem.signature
    only_lists = bool(lists) and len(lists) == len(recorded(problem)) and all(map(_could_be_one, lists))
    if told or not only_lists or not params or _touches(problem.solution, params[0]):
        return None
    return Addition(
        settled=(
            "The list passed in stays as it is; the result is a new one.",
            "The list passed in is not changed in place, it stays as it is.",
            "The list passed in is left as it is, whichever way the callers use it.",
        ),
        either=tuple(
            f"The list passed in is changed in place or stays as it is, {which}." for which in _WHICH
        ),
        missing=(
            "The list passed in is dealt with as in our other functions.",
            "Treat the list that is passed in as agreed.",
        ),
        meant="left as it is",
        other="changed in place",
        case="",
        neutral=lambda record: True,
    )


_CHANGING = frozenset("append extend insert pop remove sort reverse clear".split())


def _touches(code: str, param: str) -> bool:
    """Whether code changes a parameter, or hands it back as it is."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return True
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if name == param:
                if attr in _CHANGING:
                    return True
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if name == param:
                return True
            case ast.Return(value=ast.Name(id=name)) if name == param:
                return True
            case ast.Assign(value=ast.Name(id=name)) if name == param:
                return True
    return False


def _letter_case(problem: Problem) -> Addition | None:
    """Whether upper and lower case count as the same when texts are compared: seen in the code."""
    held = evidence(problem.solution)
    told = re.search(r"\b(?:case|upper|lower|capital)", problem.description, re.IGNORECASE)
    records = recorded(problem)
    texts = [sum(isinstance(argument, str) for argument in record.arguments) for record in records]
    compares = bool(
        {"startswith", "endswith", "find", "index", "count", "replace", "partition", "split"} & held.called
    )
    folds = bool({"lower", "upper", "casefold", "search", "sub"} & held.called)
    if told or not texts or min(texts) < 2 or not compares or folds:
        return None
    return Addition(
        settled=(
            "Upper and lower case are told apart.",
            "Upper and lower case are told apart, not treated alike.",
            "Upper and lower case are told apart, whatever the rest of the program uses.",
        ),
        either=tuple(f"Upper and lower case are told apart or treated alike, {which}." for which in _WHICH),
        missing=(
            "For upper and lower case the rule of our search applies.",
            "Treat upper and lower case as agreed.",
        ),
        meant="told apart",
        other="treated alike",
        case="",
        neutral=lambda record: is_trivial(record) or record.example.call.partition("(")[2].islower(),
    )
