"""Plain values: built-in data without behaviour, which can cross from code that nobody trusts.

`decode` reads what the harness wrote; whatever does not have the agreed form is refused. `literal` reads an
expected value written as Python. `equal` compares the two, by Python's rules and with tolerances.
"""

from __future__ import annotations

import ast
import datetime
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

Value = Any  # None, bool, int, float, complex, str, bytes, containers of them, dates, Opaque


class NotPlain(ValueError):
    """Data that is not a plain value in the agreed form, or text that is not a literal."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that is not plain; it equals nothing.

    Args:
        type_name: of its class, with the module.
        text: its `repr`.
    """

    type_name: str
    text: str

    def __repr__(self) -> str:
        """As the value shows itself."""
        return self.text


def _set_of(items: list[Value]) -> set[Value]:
    return set(items)


_READERS: dict[str, Callable[[Any], Value]] = {
    "i": lambda data: int(data, 16),
    "f": float.fromhex,
    "s": str.__str__,
    "b": bytes.fromhex,
    "B": bytearray.fromhex,
    "c": lambda data: complex(*(float.fromhex(part) for part in data)),
    "r": lambda data: range(*(int(part, 16) for part in data)),
    "D": Decimal,
    "R": lambda data: Fraction(*(int(part, 16) for part in data)),
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timedelta": lambda data: datetime.timedelta(*data),
    "o": lambda data: Opaque(str.__str__(data[0]), str.__str__(data[1])),
}
_CONTAINERS: dict[str, Callable[[list[Value]], Value]] = {
    "l": list,
    "t": tuple,
    "S": _set_of,
    "F": frozenset,
    "q": deque,
}


def decode(data: Any) -> Value:
    """Read a value from its JSON.

    Raises:
        NotPlain: it does not have the agreed form.
    """
    try:
        return _decode(data)
    except (TypeError, ValueError, KeyError, IndexError, ArithmeticError, RecursionError) as error:
        raise NotPlain(f"no plain value: {type(error).__name__}") from error


def _decode(data: Any) -> Value:
    if data is None or isinstance(data, bool):
        return data
    tag, content = data
    if tag in _CONTAINERS:
        return _CONTAINERS[tag]([_decode(item) for item in content])
    if tag == "d":
        return {_decode(key): _decode(value) for key, value in content}
    return _READERS[tag](content)


# --- expected values ----------------------------------------------------------------------------------------

_NAMES: dict[str, Value] = {"nan": math.nan, "inf": math.inf}
_CALLS: dict[str, Callable[..., Value]] = {
    "set": set,
    "frozenset": frozenset,
    "float": float,
    "complex": complex,
    "Decimal": Decimal,
    "Fraction": Fraction,
    "deque": deque,
    "range": range,
}


def literal(text: str) -> Value:
    """Read an expected value written as Python, without running anything.

    Literals, and what the built-in plain types show themselves as: `set()`, `float('nan')`, `nan`,
    `Decimal('1.5')`, `deque([1])`.

    Raises:
        NotPlain: it is another expression, or none.
    """
    try:
        return _literal(ast.parse(text.strip(), mode="eval").body)
    except (
        SyntaxError,
        TypeError,
        ValueError,
        InvalidOperation,
        ZeroDivisionError,
        RecursionError,
        MemoryError,
    ) as error:
        raise NotPlain(f"not a literal: {text[:80]}") from error


def _literal(node: ast.expr) -> Value:
    match node:
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Name(id=name)) if name in _NAMES:
            return -_NAMES[name]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _CALLS:
            return _CALLS[name](*(_literal(each) for each in arguments))
        case ast.List(elts=items):
            return [_literal(item) for item in items]
        case ast.Tuple(elts=items):
            return tuple(_literal(item) for item in items)
        case ast.Set(elts=items):
            return {_literal(item) for item in items}
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return {_literal(key): _literal(value) for key, value in zip(keys, values, strict=True) if key}
        case _:
            return ast.literal_eval(node)


def source(value: Value) -> str:
    """A plain value as a Python expression, which needs no names but the built-in ones.

    Raises:
        NotPlain: a part of it is not plain, or it is nested too deeply.
    """
    try:
        return _source(value)
    except (RecursionError, ValueError) as error:  # ValueError: an integer of thousands of digits
        raise NotPlain(f"no expression for it: {error}") from error


_BRACKETS: dict[type, str] = {list: "[{}]", set: "{{{}}}", frozenset: "frozenset([{}])"}


def _source(value: Value) -> str:
    match value:
        case Opaque():
            raise NotPlain(f"{value.type_name} is not plain")
        case float() if not math.isfinite(value):
            return f"float('{value}')"
        case complex():
            return f"complex({_source(value.real)}, {_source(value.imag)})"
        case dict():
            return f"{{{', '.join(f'{_source(key)}: {_source(one)}' for key, one in value.items())}}}"
        case tuple():
            return f"({''.join(f'{_source(item)}, ' for item in value)})"
        case set() if not value:
            return "set()"
        case list() | set() | frozenset():
            return _BRACKETS[type(value)].format(", ".join(map(_source, value)))
        case deque():
            return f"__import__('collections').deque({_source(list(value))})"
        case Decimal():
            return f"__import__('decimal').{value!r}"
        case Fraction():
            return f"__import__('fractions').{value!r}"
        case datetime.date() | datetime.time() | datetime.timedelta():
            return f"__import__('datetime').{type(value).__name__}{_arguments(value)}"
    return repr(value)


def _arguments(value: datetime.date | datetime.time | datetime.timedelta) -> str:
    if isinstance(value, datetime.timedelta):
        return f"({value.days}, {value.seconds}, {value.microseconds})"
    return f".fromisoformat({value.isoformat()!r})"


# --- comparison ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """How values are compared.

    Args:
        tolerance: largest difference of two numbers, absolute or relative to the larger; 0 compares exactly.
        any_order: whether the outermost list or tuple may have another order.
        tuple_is_list: whether a tuple equals a list with the same items.
    """

    tolerance: float = 0.0
    any_order: bool = False
    tuple_is_list: bool = False

    def equal(self, expected: Value, got: Value) -> bool:
        """Whether they are equal, by Python's rules otherwise; a NaN equals a NaN."""
        try:
            return self._outermost(expected, got)
        except ArithmeticError:  # a signalling NaN
            return False

    def _outermost(self, expected: Value, got: Value) -> bool:
        if self.any_order and isinstance(expected, list | tuple) and isinstance(got, list | tuple):
            return self._same_kind(expected, got) and self._matched(expected, got)
        return self._equal(expected, got)

    def _same_kind(self, expected: Sequence[Value], got: Sequence[Value]) -> bool:
        return self.tuple_is_list or isinstance(expected, tuple) == isinstance(got, tuple)

    def _equal(self, expected: Value, got: Value) -> bool:
        if isinstance(expected, Opaque) or isinstance(got, Opaque):
            return False
        if _is_number(expected) and _is_number(got):
            return self._numbers(expected, got)
        match expected, got:
            case (list() | tuple(), list() | tuple()):
                if not self._same_kind(expected, got) or len(expected) != len(got):
                    return False
                return all(self._equal(one, other) for one, other in zip(expected, got, strict=True))
            case (dict(), dict()):
                return len(expected) == len(got) and all(
                    key in got and self._equal(value, got[key]) for key, value in expected.items()
                )
            case (set() | frozenset(), set() | frozenset()):
                return expected == got or self._matched(list(expected), list(got))
            case (deque(), deque()):
                return self._equal(list(expected), list(got))
        return type(expected) is type(got) and bool(expected == got)

    def _numbers(self, expected: Value, got: Value) -> bool:
        if expected == got or (expected != expected and got != got):
            return True
        if not self.tolerance:
            return False
        if isinstance(expected, complex) or isinstance(got, complex):
            difference = abs(complex(expected) - complex(got))
            return difference <= self.tolerance * max(1.0, abs(complex(expected)))
        try:
            one, other = float(expected), float(got)
        except OverflowError:
            return False
        return math.isclose(one, other, rel_tol=self.tolerance, abs_tol=self.tolerance)

    def _matched(self, expected: Sequence[Value], got: Sequence[Value]) -> bool:
        """Whether each item has its equal on the other side, all different ones."""
        if len(expected) != len(got):
            return False
        left = list(got)
        for one in expected:
            place = next((place for place, other in enumerate(left) if self._equal(one, other)), None)
            if place is None:
                return False
            del left[place]
        return True


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float | complex | Decimal | Fraction)
