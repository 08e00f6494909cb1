"""The form of a result: rounded or not, a float or an int, an iterator or a list; and negative numbers."""

from __future__ import annotations

import ast
import re

from synth.modifications.additions.base import Addition, calls_directly, joined, point
from synth.modifications.recorded import Recorded, evidence, numbers_in, recorded
from synth.schema import Problem


def rounding(problem: Problem) -> Addition | None:
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
            "The result is not rounded, whatever the rest of the program uses.",
        ),
        either=joined("The result is", "rounded", "not rounded"),
        vague=(),
        missing=(
            "The result is rounded as agreed, if at all.",
            "For the rounding of the result our rule applies.",
        ),
        meant="not rounded",
        other="rounded",
        neutral=lambda record: isinstance(record.value, float) and record.value.is_integer(),
        subject="the result",
    )


_OF_NUMBERS = re.compile(
    r"float|\bint|decimal|whole|real|type|round|ratio|fraction|number of|division|divid", re.I
)


def whole_floats(problem: Problem) -> Addition | None:
    """Whether a whole number comes out as a float: seen in the results."""
    values = [record.value for record in recorded(problem)]
    if not all(calls_directly(record, problem) for record in recorded(problem)):
        return None
    whole = any(isinstance(value, float) and value.is_integer() for value in values)
    if not whole or not all(isinstance(value, float) for value in values):
        return None
    if _OF_NUMBERS.search(problem.description):
        return None
    return point(
        "a result without decimals",
        "is",
        "a float",
        "an int",
        lambda record: isinstance(record.value, float) and not record.value.is_integer(),
        vague=(),
        hints=True,
    )


_OF_FORM = re.compile(
    r"\b(?:list|iterat|generat|yield|sequence|tuple|lazy|lazily|stream|series|output|function"
    r"|return(?:s|ed)? an?\b)",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"^(?:list|tuple|sorted|set|sum|dict)\(")


def iterator(problem: Problem) -> Addition | None:
    """Whether the results come one by one: the code yields them, and the calls gather them in a list."""
    records = recorded(problem)
    if not records or not all(_WRAPPED.match(record.example.call) for record in records):
        return None
    if _OF_FORM.search(problem.description) or not _yields(problem):
        return None
    return point(
        "the result",
        "is",
        "a generator",
        "a list",
        lambda record: True,
        vague=(),
        missing=(
            "The result comes in the form in which our other functions give theirs.",
            "The form of the result, all at once or one by one, is the agreed one.",
        ),
        hints=True,
    )


def _yields(problem: Problem) -> bool:
    try:
        tree = ast.parse(problem.solution)
    except SyntaxError:
        return False
    name = problem.name.rsplit(".", 1)[-1]
    return any(
        isinstance(node, ast.FunctionDef)
        and node.name == name
        and any(isinstance(part, ast.Yield | ast.YieldFrom) for part in ast.walk(node))
        for node in ast.walk(tree)
    )


_OF_SIGN = re.compile(
    r"negativ|positiv|non-neg|natural|unsigned|sign\b|absolute|year|month|length|size|count"
    r"|index|number of|step|depth"
    r"|\bnth\b|times|width|prime|factor|seconds|days|hours|bytes|port|level|probabilit|degree"
    r"|dates?\b|\bbetween\b|range",
    re.IGNORECASE,
)


def negative_numbers(problem: Problem) -> Addition | None:
    """Whether negative numbers are taken like others: seen in results of calls that pass some."""
    records = [record for record in recorded(problem) if _has_negative(record)]
    if not records or _OF_SIGN.search(f"{problem.description} {problem.signature}"):
        return None
    if all(record.arguments[0] == record.value for record in recorded(problem) if record.arguments):
        return None  # whatever it is, it passes through
    if any(not numbers_in(record.value) for record in records) or evidence(problem.solution).raises:
        return None
    return point(
        "negative numbers",
        "are",
        "handled like all others",
        "rejected with ValueError",
        lambda record: not _has_negative(record),
        vague=(),
    )


def _has_negative(record: Recorded) -> bool:
    """Whether a number that is passed by itself is negative."""
    numbers = [argument for argument in record.arguments if isinstance(argument, int | float)]
    return any(number < 0 for number in numbers) and len(numbers) == len(record.arguments)
