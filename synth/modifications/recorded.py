"""What is known of a problem without running anything: recorded calls, their values, what the code holds."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from synth.schema import Example, Problem

LONGEST_SHOWN = 96
"""A recorded call or result of more characters is not shown as an example."""


class Unreadable:
    """Stands for a value that is no plain literal."""


UNREADABLE = Unreadable()


@dataclass(frozen=True, slots=True)
class Recorded:
    """An example with its values.

    Args:
        example: call and result as text.
        arguments: the call's arguments by position, then those by keyword; `UNREADABLE` if no literal.
        keywords: names of the arguments given by keyword.
        positional: how many arguments are given by position.
        value: the result; `UNREADABLE` when it is no literal.
    """

    example: Example
    arguments: tuple[object, ...]
    keywords: tuple[str, ...]
    positional: int
    value: object


def literal(text: str) -> object:
    """The value of a literal, else `UNREADABLE`."""
    try:
        value: object = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return UNREADABLE
    return value


def recorded(problem: Problem) -> tuple[Recorded, ...]:
    """All recorded calls that could be shown: the problem's own examples, then its tests, each call once."""
    return _recorded(problem.name, problem.examples, tuple(_shown_tests(problem)))


def _shown_tests(problem: Problem) -> Iterator[Example]:
    for case in problem.tests:
        if case.raises is None and "lambda" not in case.expression:
            yield Example(call=case.expression, result=case.expected)


@lru_cache(maxsize=256)
def _recorded(name: str, examples: tuple[Example, ...], tests: tuple[Example, ...]) -> tuple[Recorded, ...]:
    found: dict[str, Recorded] = {}
    for example in (*examples, *tests):
        short = len(example.call) <= LONGEST_SHOWN and len(example.result) <= LONGEST_SHOWN
        if example.call not in found and (short or example in examples) and "\n" not in example.call:
            found[example.call] = _read(name, example)
    return tuple(found.values())


def _read(name: str, example: Example) -> Recorded:
    value = literal(example.result)
    try:
        tree: ast.expr = ast.parse(example.call, mode="eval").body
    except SyntaxError:
        return Recorded(example, (UNREADABLE,), (), 1, value)
    call = next((node for node in ast.walk(tree) if isinstance(node, ast.Call) and _calls(node, name)), None)
    if call is None:
        return Recorded(example, (UNREADABLE,), (), 1, value)
    positional = tuple(_value(argument) for argument in call.args)
    by_name = tuple(_value(keyword.value) for keyword in call.keywords)
    names = tuple(keyword.arg or "**" for keyword in call.keywords)
    return Recorded(example, positional + by_name, names, len(positional), value)


def _calls(node: ast.Call, name: str) -> bool:
    match node.func:
        case ast.Name(id=called):
            return called == name.rsplit(".", 1)[-1] or called == name
        case ast.Attribute(attr=called):
            return called == name.rsplit(".", 1)[-1]
    return False


def _value(node: ast.expr) -> object:
    try:
        value: object = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return UNREADABLE
    return value


def is_trivial(record: Recorded) -> bool:
    """Whether a call says nothing of thresholds, orders or marks: nothing goes in, nothing comes out."""
    if isinstance(record.value, Unreadable) or record.value:
        return False
    given = [argument for argument in record.arguments if not isinstance(argument, Unreadable)]
    filled = [argument for argument in given if isinstance(argument, str | list | tuple | dict | set)]
    return bool(given) and (bool(filled) and not any(filled) or not any(given))


def strings_in(value: object) -> list[str]:
    """All strings in a value, keys included."""
    match value:
        case str():
            return [value]
        case dict():
            return [text for pair in value.items() for part in pair for text in strings_in(part)]
        case list() | tuple() | set() | frozenset():
            return [text for part in value for text in strings_in(part)]
    return []


def numbers_in(value: object) -> list[float]:
    """All numbers in a value, truth values excepted."""
    match value:
        case bool():
            return []
        case int() | float():
            return [value]
        case dict():
            return [number for pair in value.items() for part in pair for number in numbers_in(part)]
        case list() | tuple() | set() | frozenset():
            return [number for part in value for number in numbers_in(part)]
    return []


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a solution's code holds.

    Args:
        constants: reprs of the literals in its bodies, with their counts; docstrings excepted.
        defaults: reprs of the parameters' defaults.
        raises: names of the exceptions it raises.
        returns: reprs of the literals that it returns.
        called: names of the functions and methods it calls.
    """

    constants: Counter[str]
    defaults: frozenset[str]
    raises: frozenset[str]
    returns: frozenset[str]
    called: frozenset[str]


_NOTHING = Evidence(Counter(), frozenset(), frozenset(), frozenset(), frozenset())


@lru_cache(maxsize=256)
def evidence(code: str) -> Evidence:
    """Read a solution's syntax tree; nothing for code that does not parse."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return _NOTHING
    skipped = _docstrings(tree)
    defaults: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
                skipped.update(id(part) for part in ast.walk(default))
                defaults.add(ast.unparse(default))
    constants = Counter(
        repr(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in skipped
    )
    raised: set[str] = set()
    returned: set[str] = set()
    called: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name)) | ast.Name(id=name)):
                raised.add(name)
            case ast.Return(value=ast.expr() as value):
                returned.update(ast.unparse(part) for part in _branches(value))
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                called.add(name)
    return Evidence(constants, frozenset(defaults), frozenset(raised), frozenset(returned), frozenset(called))


def _branches(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from _branches(value.body)
        yield from _branches(value.orelse)
    else:
        yield value


def _docstrings(tree: ast.Module) -> set[int]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found


def with_constant(code: str, old: object, new: object) -> str | None:
    """The code with its one literal `old` replaced by `new`; None unless it stands there exactly once.

    The neighbours of a number (`old` - 1 and `old` + 1) must be absent, since they are often derived from it.
    """
    held = evidence(code)
    if held.constants[repr(old)] != 1 or repr(old) in held.defaults:
        return None
    if isinstance(old, int) and (held.constants[repr(old - 1)] and old > 2 or held.constants[repr(old + 1)]):
        return None
    lines = code.splitlines(keepends=True)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and type(node.value) is type(old) and node.value == old:
            if node.lineno != node.end_lineno or node.end_col_offset is None:
                return None
            line = lines[node.lineno - 1].encode()
            changed = line[: node.col_offset] + repr(new).encode() + line[node.end_col_offset :]
            lines[node.lineno - 1] = changed.decode()
            try:
                ast.parse(made := "".join(lines))
            except SyntaxError:  # a piece of an f-string
                return None
            return made
    return None
