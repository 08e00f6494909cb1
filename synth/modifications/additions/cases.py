"""Cases of their own: what comes out for empty input, and when a check fails."""

from __future__ import annotations

import re

from synth.modifications.additions.base import Addition, stated_case
from synth.modifications.recorded import Recorded, evidence, recorded
from synth.modifications.text import uncapitalised
from synth.schema import Problem

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


def empty_input(problem: Problem) -> Addition | None:
    """What comes out when the one container that goes in is empty."""
    if re.search(
        r"\b(?:empty|no \w+s|without|missing|blank|(?:None`*|raise\w*|error) (?:if|when)|n = 0)\b",
        problem.description,
    ):
        return None
    for record in recorded(problem):
        kind = type(record.arguments[0]).__name__ if record.arguments else ""
        value = record.example.result
        if len(record.arguments) != 1 or record.arguments[0] or kind not in _EMPTY or value not in _RESULTS:
            continue
        case, result = f"For {_EMPTY[kind]}", _RESULTS[value]
        other = "raise ValueError" if value == "None" else "return None"
        return stated_case(
            case,
            f"return {result}",
            other,
            _is_filled,
            vague=(
                f"{case}, do something sensible.",
                f"{case}, the caller should get a result that makes sense.",
                f"{_EMPTY[kind].capitalize()} should be handled gracefully.",
                f"{_EMPTY[kind].capitalize()} needs a sensible treatment.",
            ),
            missing=tuple(
                f"{case}, {what}."
                for what in (
                    "return the agreed value",
                    "return our standard value",
                    "our rule for such input applies",
                    "do what our other functions do",
                )
            ),
            asked=uncapitalised(case),
            hints=value == "None",
        )
    return None


def _is_filled(record: Recorded) -> bool:
    """Whether no container that goes in is empty, so that nothing is seen of what empty ones give."""
    return all(
        argument or not isinstance(argument, list | str | dict | tuple) for argument in record.arguments
    )


_ASKS = re.compile(
    r"(?:Checks?|Tests?|Determines?|Tells?|Whether|Returns? (?:`{0,2}True|whether|if)|Says?)\b", re.IGNORECASE
)


def failed_check(problem: Problem) -> Addition | None:
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
    return stated_case(
        case,
        "return False",
        "raise ValueError",
        lambda record: record.value is True,
        vague=tuple(
            f"{case}, {what}."
            for what in (
                "let the caller know",
                "that has to be reported",
                "make sure that it does not go unnoticed",
                "the caller must be told",
            )
        ),
        missing=tuple(
            f"{case}, {what}."
            for what in (
                "do what the other checks do",
                "handle it as in the rest of the module",
                "proceed as agreed",
            )
        ),
        asked=uncapitalised(case),
        hints=True,
    )
