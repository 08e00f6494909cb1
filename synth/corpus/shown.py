"""Whether what a piece of code gave is what an example of a request shows."""

from __future__ import annotations

import ast

from models.shown import ShownExample
from synth.sources.matching import same
from synth.sources.recording.records import Outcome


def holds(example: ShownExample, outcome: Outcome) -> bool:
    """Whether an outcome is what is shown: by value, types and the order of keys included, else by its look.

    Args:
        example: of a request.
        outcome: of its call.
    """
    if example.raises is not None or outcome.raises is not None:
        return outcome.raises == example.raises
    if example.printed:
        return outcome.printed.split() == example.want.split()
    if outcome.value is not None and _is_literal(example.want):
        return same(example.want, outcome.value) and _key_orders(example.want) == _key_orders(outcome.value)
    return outcome.shown.split() == example.want.split()


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _key_orders(text: str) -> list[list[str]]:
    """The keys of all dicts of a literal: a request that shows one shows its order."""
    dicts = (node for node in ast.walk(ast.parse(text.strip(), mode="eval")) if isinstance(node, ast.Dict))
    return [[repr(ast.literal_eval(key)) for key in one.keys if key is not None] for one in dicts]
