"""Puts rows in front that together fill every field that any row fills.

Loaders of JSON lines take the types of nested fields from a file's first rows, and fail when a list that was
empty there holds something later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from synth.output.balance import Item

Fields = frozenset[str]


def filled(sample: dict[str, Any]) -> Fields:
    """The fields of a sample that hold a value, nested ones with a dot."""
    return frozenset(_paths(sample, ""))


def _paths(value: Any, above: str) -> list[str]:
    if isinstance(value, dict):
        return [path for name, inner in value.items() for path in _paths(inner, f"{above}.{name}")]
    if isinstance(value, list):
        return [path for inner in value for path in _paths(inner, above)]
    return [] if value is None else [above]


def lead(items: Sequence[Item]) -> list[Item]:
    """The items in their order, those first that fill a field which none before them fills."""
    first: list[Item] = []
    others: list[Item] = []
    known: set[str] = set()
    for item in items:
        if item.fields <= known:
            others.append(item)
        else:
            known |= item.fields
            first.append(item)
    return first + others
