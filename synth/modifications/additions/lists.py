"""What becomes of a list: whether it is changed, what of equal elements, in which order they come."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence

from synth.modifications.additions.base import Addition, calls_directly, joined, point
from synth.modifications.recorded import Recorded, recorded
from synth.modifications.signature import parameters
from synth.schema import Problem

_ABOUT_THE_LIST = re.compile(
    r"\b(?:in[- ]place|iterable\w*|iterator\w*|generator\w*|new|copy|creat\w+"
    r"|not (?:be )?changed|unchanged|modif\w+|yield\w*|slice)\b",
    re.IGNORECASE,
)


def in_place(problem: Problem) -> Addition | None:
    """Whether the list that goes in is the one that comes out: the code never touches it."""
    params = parameters(problem.signature)
    lists = [
        r
        for r in recorded(problem)
        if r.arguments and isinstance(r.arguments[0], list) and isinstance(r.value, list)
    ]
    told = _ABOUT_THE_LIST.search(problem.description) or "*" in problem.signature
    direct = all(calls_directly(record, problem) for record in recorded(problem))
    only_lists = direct and bool(lists) and len(lists) == len(recorded(problem))
    only_lists = only_lists and all(map(_could_be_one, lists))
    if told or not only_lists or not params or _touches(problem.solution, params[0]):
        return None
    stem = "The list passed in"
    return Addition(
        settled=(
            f"{stem} stays as it is; the result is a new one.",
            f"{stem} is not changed in place, it stays as it is.",
            f"{stem} is left as it is, whichever way the callers use it.",
        ),
        either=joined(stem, "is changed in place", "stays as it is"),
        vague=(f"Be careful with {stem.lower()}.", f"{stem} needs some care."),
        missing=(
            f"{stem} is dealt with as in our other functions.",
            f"Treat {stem.lower()} as agreed.",
        ),
        meant="left as it is",
        other="changed in place",
        neutral=lambda record: True,
        subject="the list passed in",
    )


def _could_be_one(record: Recorded) -> bool:
    """Whether the result could be the given list after a change: as many elements."""
    given, value = record.arguments[0], record.value
    if not isinstance(given, list) or not isinstance(value, list):
        return False
    return len(given) == len(value)


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


def _list_to_list(problem: Problem) -> list[tuple[list[object], list[object]]]:
    """The list given and the one returned, of calls whose result holds elements of what was given."""
    pairs = []
    for record in recorded(problem):
        given = [argument for argument in record.arguments if isinstance(argument, list)]
        if len(given) != 1 or not isinstance(record.value, list):
            return []
        if any(isinstance(element, list | tuple | dict) for element in given[0]):
            return []  # rows of a table, not elements
        if not all(any(one is element or one == element for element in given[0]) for one in record.value):
            return []
        pairs.append((given[0], record.value))
    return pairs


_OF_EQUAL_ONES = re.compile(
    r"remov|delet|minim|maxim|duplicat|unique|distinct|repeat|\bonce\b|\bset\b|equal|same"
    r"|different|again|more than one"
    r"|occur|count|all\b"
    r"|first|last|mode|common|sort|order|shuffl|revers|rotat|consecutive|permut|insert|split"
    r"|group|swap|shift|pad",
    re.IGNORECASE,
)


def repeated(problem: Problem) -> Addition | None:
    """Whether an element that stands in a list twice comes out twice: seen in results that hold it twice."""
    pairs = _list_to_list(problem)
    twice = [(a, b) for a, b in pairs if _has_repeated(a)]
    kept = any(_has_repeated(b) for _, b in twice)
    if not kept or _OF_EQUAL_ONES.search(f"{problem.description} {problem.name}"):
        return None
    return point("repeated elements", "are", "kept", "returned only once", _nothing_repeated)


def _has_repeated(values: Sequence[object]) -> bool:
    return bool(values) and max(Counter(map(repr, values)).values()) > 1


def _nothing_repeated(record: Recorded) -> bool:
    return not any(_has_repeated(argument) for argument in record.arguments if isinstance(argument, list))


_OF_ORDER = re.compile(
    r"order|sort|rank|revers|shuffl|rotat|permut|first|last|next|consecutive|index|position"
    r"|slice|insert|swap|shift"
    r"|smallest|largest|ascend|descend|left|right|begin|\bend|head|tail|front|back|chunk|group"
    r"|split|pad|every|nth",
    re.IGNORECASE,
)


def kept_order(problem: Problem) -> Addition | None:
    """Whether the elements that are kept stay in their order: seen in results that are not sorted."""
    pairs = _list_to_list(problem)
    if not pairs or _OF_ORDER.search(f"{problem.description} {problem.name}"):
        return None
    follows = all(_is_part(b, a) for a, b in pairs)
    if not follows or not any(_is_unsorted(b) for _, b in pairs):
        return None
    return point(
        "the elements of the result",
        "are",
        "in the order of the input",
        "sorted",
        lambda record: not isinstance(record.value, list) or not _is_unsorted(record.value),
        vague=(
            "The result should be neatly ordered.",
            "The elements of the result should be in a sensible order.",
            "The order of the result should be a natural one.",
        ),
    )


def _is_part(short: list[object], long: list[object]) -> bool:
    rest = iter(map(repr, long))
    return all(one in rest for one in map(repr, short))


def _is_unsorted(values: list[object]) -> bool:
    try:
        return values != sorted(values)  # type: ignore[type-var]
    except TypeError:
        return False
