"""Results that a call does not have but that somebody could have written down: off by one, another order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from synth.modifications.recorded import Recorded

_DIGITS = re.compile(r"\d+")
_LONGEST = 60
_LAYOUT = ('"""', "'''", "\\")
"""What decides how a docstring around it is quoted: a changed result must not change that."""


def wrong_results(record: Recorded, rng: Random) -> tuple[str, ...]:
    """Reprs of the same type as a recorded value, equal to it in no reading of `==`; best ones first.

    Args:
        record: a call whose value is a literal.
        rng: decides where an element is changed.
    """
    value = record.value
    if len(record.example.result) > _LONGEST or "  " in f"{record.example.call} {record.example.result}":
        return ()  # a question is one line in which runs of blanks are lost
    found = []
    for wrong in _wrong(value, rng):
        shown = repr(wrong)
        same_layout = all((mark in shown) == (mark in record.example.result) for mark in _LAYOUT)
        if type(wrong) is type(value) and wrong != value and shown != record.example.result and same_layout:
            found.append(shown)
    return tuple(dict.fromkeys(found))


def _wrong(value: object, rng: Random) -> Iterator[object]:
    match value:
        case bool():
            yield not value
        case int():
            yield from _numbers(value, rng)
        case float():
            yield from _floats(value, rng)
        case str():
            yield from _strings(value, rng)
        case list():
            yield from _sequences(value, rng)
        case tuple():
            yield from (tuple(wrong) for wrong in _sequences(list(value), rng) if len(wrong) == len(value))
        case dict():
            yield from _dicts(value, rng)
        case set() if len(value) > 1:
            yield set(list(sorted(value, key=repr))[:-1])


def _numbers(value: int, rng: Random) -> Iterator[int]:
    steps = [1, -1] if abs(value) < 30 else [1, -1, 10, -10]
    rng.shuffle(steps)
    yield from (value + step for step in steps if (value + step >= 0) == (value >= 0))


def _floats(value: float, rng: Random) -> Iterator[float]:
    decimals = len(repr(value).partition(".")[2])
    if "e" in repr(value) or "inf" in repr(value) or decimals > 4 or value != value:
        return
    choices = [value + 1, value - 1, value * 2, value / 2]
    rng.shuffle(choices)
    yield from (round(choice, decimals) for choice in choices if (choice >= 0) == (value >= 0))


def _strings(value: str, rng: Random) -> Iterator[str]:
    if not 2 <= len(value) <= _LONGEST:
        return
    numbers = list(_DIGITS.finditer(value))
    if numbers:
        at = rng.choice(numbers)
        more = str(int(at[0]) + 1).zfill(len(at[0]))
        yield value[: at.start()] + more + value[at.end() :]
    ways = []
    if value.upper() != value and value.lower() == value:
        ways.append(value.upper() if len(value) < 12 else value[:1].upper() + value[1:])
    if value.lower() != value:
        ways.append(value.lower())
    for mark, other in (("-", "_"), ("_", "-"), (" ", "-"), (", ", ","), (",", ", "), (".", "")):
        if mark in value.strip():
            ways.append(value.replace(mark, other))
            break
    ways.append(value[:-1])
    rng.shuffle(ways)
    yield from ways


def _sequences(value: list[object], rng: Random) -> Iterator[list[object]]:
    ways: list[list[object]] = []
    if len(value) > 1:
        ways.append(value[::-1])
        ways.append(value[:-1])
        ways.append(value[1:])
    if value:
        at = rng.randrange(len(value))
        changed = next(
            (w for w in _wrong(value[at], rng) if type(w) is type(value[at]) and w != value[at]), None
        )
        if changed is not None:
            ways.append([*value[:at], changed, *value[at + 1 :]])
            if isinstance(value[at], int) and not isinstance(value[at], bool) and len(value) > 1:
                ways.append([item + 1 if type(item) is int else item for item in value])
    if len(value) == 1 and not isinstance(value[0], list | dict):
        ways.append([])
    rng.shuffle(ways)
    yield from ways


def _dicts(value: dict[object, object], rng: Random) -> Iterator[dict[object, object]]:
    if not value:
        return
    key = rng.choice(list(value))
    for wrong in _wrong(value[key], rng):
        yield {**value, key: wrong}
    if len(value) > 1:
        yield {k: v for k, v in value.items() if k != key}
