"""The types of recorded values, as type hints have them."""

from __future__ import annotations

from collections.abc import Iterable

from synth.modifications.recorded import Recorded, Unreadable


def hint(values: Iterable[object]) -> str | None:
    """A hint that fits all values: `list[int]`, `str | None`; None where they have no one type.

    Args:
        values: literals; an unreadable one makes the type unknown.
    """
    found: set[str] = set()
    for value in values:
        if isinstance(value, Unreadable):
            return None
        found.add(_hint(value))
    optional = "None" in found
    found.discard("None")
    if found == {"int", "float"}:
        found = {"float"}
    found = _widest(found)
    if len(found) != 1:
        return None
    return f"{found.pop()} | None" if optional else found.pop()


def _widest(found: set[str]) -> set[str]:
    """Empty containers take the type of filled ones; elements of several types leave the bare container."""
    bare = {name.partition("[")[0] for name in found}
    filled = {name for name in found if "[" in name}
    if len(bare) != 1 or len(found) == 1:
        return found
    return filled if len(filled) == 1 else bare


def _hint(value: object) -> str:
    match value:
        case None:
            return "None"
        case bool():
            return "bool"
        case int() | float() | str() | bytes():
            return type(value).__name__
        case list() | set():
            inner = hint(value) if value else None
            return f"{type(value).__name__}[{inner}]" if inner else type(value).__name__
        case tuple():
            inners = [hint([part]) for part in value]
            return f"tuple[{', '.join(map(str, inners))}]" if inners and all(inners) else "tuple"
        case dict():
            key, inner = hint(value.keys()), hint(value.values())
            return f"dict[{key}, {inner}]" if key and inner else "dict"
    return type(value).__name__


def result_hint(records: Iterable[Recorded]) -> str | None:
    """The hint of the results."""
    return hint(record.value for record in records)


def parameter_hints(records: tuple[Recorded, ...], params: tuple[str, ...]) -> dict[str, str]:
    """The hint of each parameter that recorded calls give one type to."""
    found = {}
    for place, param in enumerate(params):
        values = []
        for record in records:
            if place < record.positional:
                values.append(record.arguments[place])
            elif param in record.keywords:
                values.append(record.arguments[record.positional + record.keywords.index(param)])
        known = hint(values) if values else None
        if known:
            found[param] = known
    return found
