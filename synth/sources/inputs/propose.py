"""Calls of a function to try: first one per combination of kinds, then many of the combination that works."""

from __future__ import annotations

import ast
import itertools
import random
from collections.abc import Iterator, Sequence

from synth.sources.code.modules import Import
from synth.sources.inputs.kinds import ANYTHING, Parameter
from synth.sources.inputs.values import values_of

MOST_COMBINATIONS = 48
MOST_CALLS = 20
LONGEST_CALL = 160  # characters

Combination = tuple[str, ...]
"""A kind for each parameter that a call gives, in their order."""

DATETIME = Import("datetime", None, "import datetime")


def needed(parameters: Sequence[Parameter]) -> list[Parameter]:
    """The parameters that every call gives."""
    return [one for one in parameters if one.required]


def combinations(parameters: Sequence[Parameter]) -> list[Combination]:
    """Kinds for the parameters that every call gives, the likely ones first."""
    choices = [one.kinds or ANYTHING for one in needed(parameters)]
    ranked = sorted(
        itertools.islice(itertools.product(*(list(enumerate(kinds)) for kinds in choices)), 4_000),
        key=lambda one: sum(place for place, _ in one),
    )
    return [tuple(kind for _, kind in one) for one in ranked[:MOST_COMBINATIONS]]


def probes(name: str, parameters: Sequence[Parameter]) -> list[tuple[Combination, str]]:
    """Two calls for each combination of kinds."""
    found = []
    for combination in combinations(parameters):
        for turn in (0, 1):
            found.append((
                combination,
                _call(name, needed(parameters), [_nth(kind, turn) for kind in combination]),
            ))
    return found


def calls(
    name: str, parameters: Sequence[Parameter], combination: Combination, constants: Sequence[str], seed: str
) -> list[str]:
    """Calls of one combination of kinds, with optional arguments now and then.

    Args:
        name: of the function.
        parameters: all that it has.
        combination: kinds for those that every call gives.
        constants: literals that its code compares with; they often stand for special cases.
        seed: the same seed gives the same calls.
    """
    rng = random.Random(seed)
    found: dict[str, None] = {}
    starts = [rng.randrange(12) for _ in combination]  # so that not all functions see the same values
    fixed = needed(parameters)
    optional = [one for one in parameters if not one.required and one.sure and one.style != "many"]
    for turn in range(4 * MOST_CALLS):
        texts = [_picked(kind, turn, starts[place], constants, rng) for place, kind in enumerate(combination)]
        if turn % 3:
            _relate(fixed, texts, turn)
        given, values = list(fixed), list(texts)
        if optional and turn >= 6 and turn % 2:
            one = rng.choice(optional)
            given.append(one)
            values.append(_picked(rng.choice(one.kinds), rng.randrange(8), 0, constants, rng))
        text = _call(name, given, values)
        if len(text) <= LONGEST_CALL:
            found.setdefault(text)
        if len(found) == MOST_CALLS:
            break
    return list(found)


def imports_of_call(call: str) -> tuple[Import, ...]:
    """What a proposed call uses besides the function."""
    return (DATETIME,) if "datetime." in call else ()


def constants_in(solution: str, name: str) -> list[str]:
    """Short texts and numbers that a function's own code holds, as literals."""
    found: dict[str, None] = {}
    for node in ast.parse(solution).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Constant) and _is_telling(inner.value):
                    found.setdefault(repr(inner.value))
    return list(found)[:12]


def _is_telling(value: object) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= 16 and value.isprintable() and "%" not in value and "{" not in value
    return isinstance(value, int) and not isinstance(value, bool) and 2 <= abs(value) <= 10_000


def _picked(kind: str, turn: int, start: int, constants: Sequence[str], rng: random.Random) -> str:
    """A value: the usual ones in turn, later any, and now and then a constant of the right sort."""
    quoted = kind in {"text", "word", "char", "affix", "separator", "digits", "pattern"}
    fitting = (
        [one for one in constants if one.startswith(("'", '"')) == quoted] if quoted or kind == "int" else []
    )
    if fitting and turn >= 4 and rng.random() < 0.35:
        return rng.choice(fitting)
    values = values_of(kind)
    if turn < 6:
        return _nth(kind, start + turn)
    return rng.choice(values) if values else _nth(kind, turn)


def _relate(parameters: Sequence[Parameter], texts: list[str], turn: int) -> None:
    """Let what is looked for be there: a prefix that the text has, an item of the list, a key."""
    wholes: list[tuple[int, object]] = []
    for place, text in enumerate(texts):
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            continue
        if isinstance(value, str | list | tuple | dict) and len(value) > 1:
            wholes.append((place, value))
    for place, parameter in enumerate(parameters):
        whole = next((value for other, value in wholes if other != place), None)
        part = _part(parameter.name.lower().strip("_"), whole, turn)
        if part is not None and whole is not None:
            texts[place] = part


def _part(name: str, whole: object, turn: int) -> str | None:
    size = 1 + turn % 3
    if isinstance(whole, str):
        middle = len(whole) // 2
        if name in {"prefix", "start", "begin", "beginning"}:
            return repr(whole[:size]) if name == "prefix" else None
        if name in {"suffix", "ending", "ext", "extension"}:
            return repr(whole[-size:])
        if name in {
            "sub",
            "substring",
            "substr",
            "needle",
            "old",
            "search",
            "pattern",
            "target",
            "find",
            "sep",
        }:
            return repr(whole[middle - 1 : middle - 1 + size])
        if name in {"char", "ch", "character", "letter"}:
            return repr(whole[middle])
    elif isinstance(whole, list | tuple):
        if name in {
            "item",
            "target",
            "x",
            "value",
            "val",
            "elem",
            "element",
            "needle",
            "key",
            "search",
            "wanted",
        }:
            return repr(whole[turn % len(whole)])
    elif isinstance(whole, dict) and name in {"key", "k", "name", "field", "attr", "prop", "property"}:
        return repr(list(whole)[turn % len(whole)])
    return None


def _nth(kind: str, turn: int) -> str:
    if kind.startswith("literal:"):
        return kind.removeprefix("literal:")
    values = values_of(kind) or ("None",)
    return values[turn % len(values)]


def _call(name: str, parameters: Sequence[Parameter], values: Sequence[str]) -> str:
    return f"{name}({', '.join(_arguments(parameters, values))})"


def _arguments(parameters: Sequence[Parameter], values: Sequence[str]) -> Iterator[str]:
    for one, value in zip(parameters, values, strict=True):
        if one.style == "many":
            yield f"*{value}" if value.startswith(("[", "(")) else value
        elif one.style == "keyword" or not one.required:
            yield f"{one.name}={value}"
        else:
            yield value
