"""Inputs to tell programs apart: calls with literal arguments that a model proposes, and their variations."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from models.backends.base import Message, Prompt, Sampling, TextBackend

INSTRUCTION = (
    "Read the request for a Python function. Do not write the function. Write ten different calls of it, one "
    "a line and nothing else, with literal arguments: usual values, and values at the edges of what the "
    "request allows."
)

MOST = 20
_NUMBER = re.compile(r"^\s*(?:\d+[.)]|[-*•])\s+")
_LONGEST = 300  # characters of a call

_Way = Callable[[Any], Any]


def proposed(
    text: str, backend: TextBackend, sampling: Sampling, on_text: Callable[[str], None] | None = None
) -> str:
    """The reply of a model that is asked for calls.

    Args:
        text: of the request.
        backend: the model.
        sampling: of its reply.
        on_text: gets the reply as it comes.

    Raises:
        KeyboardInterrupt: Ctrl-C came before it was complete.
        UserError: the backend failed.
    """
    prompt = Prompt((Message("system", INSTRUCTION), Message("user", text.strip("\n"))))
    completion = backend.complete(prompt, sampling, on_text)
    if completion.finish == "interrupted":
        raise KeyboardInterrupt
    return completion.text


def gathered(
    calls: Iterable[str], name: str, vary: Callable[[Iterable[str]], Iterable[str]]
) -> tuple[str, ...]:
    """Those of the calls that are plain ones, with variations of them; at most `MOST`.

    Args:
        calls: in their order.
        name: of the function.
        vary: gives variations of calls.
    """
    seeds = dict.fromkeys(call for call in calls if is_plain_call(call, name))
    return tuple(dict.fromkeys([*seeds, *vary(seeds)]))[:MOST]


def calls_in(text: str, name: str) -> Iterator[str]:
    """The calls at the beginning of a reply's lines."""
    for line in text.splitlines():
        bare = _NUMBER.sub("", line).strip().strip("`").removeprefix(">>>").strip()
        for end in range(len(bare), 0, -1):
            if bare[end - 1] == ")" and is_plain_call(bare[:end], name):
                yield bare[:end]
                break


def is_plain_call(text: str, name: str) -> bool:
    """Whether a text is one call of the function with literals for arguments."""
    if len(text) > _LONGEST or not text.startswith(name):
        return False
    try:
        match ast.parse(text, mode="eval").body:
            case ast.Call(func=ast.Name(id=called), args=arguments, keywords=keywords):
                values = [*arguments, *(keyword.value for keyword in keywords)]
                return called == name and all(_is_literal(value) for value in values)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    return False


def variations(calls: Iterable[str], chance: random.Random) -> Iterator[str]:
    """Each call with each of its arguments varied in one way of its type, in turn over the calls."""
    for call in list(calls) * 2:
        yield from _varied(call, chance.choice)


def all_variations(calls: Iterable[str]) -> Iterator[str]:
    """Each call with each of its arguments varied in every way of its type; each way over all calls."""
    every = list(calls)
    for turn in range(max(map(len, _WAYS.values()))):
        for call in every:
            yield from _varied(call, lambda ways: ways[turn % len(ways)])  # noqa: B023 - called at once


def _varied(call: str, choose: Callable[[list[_Way]], _Way]) -> Iterator[str]:
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    for place, argument in enumerate(tree.args):
        ways = _WAYS.get(type(ast.literal_eval(argument)), [])
        if ways:
            arguments = list(tree.args)
            value = choose(ways)(ast.literal_eval(argument))
            arguments[place] = ast.parse(repr(value), mode="eval").body
            yield ast.unparse(ast.Call(func=tree.func, args=arguments, keywords=tree.keywords))


_WAYS: dict[type, list[_Way]] = {
    bool: [lambda value: not value],
    int: [lambda value: value + 1, lambda value: value - 1, lambda value: -value, lambda value: 0],
    float: [lambda value: value + 0.5, lambda value: -value, lambda value: 0.0],
    str: [lambda value: "", lambda value: value * 2, lambda value: value[::-1], str.swapcase],
    list: [lambda value: [], lambda value: value[::-1], lambda value: value + value[:1]],
    tuple: [lambda value: (), lambda value: value[::-1], lambda value: value + value[:1]],
}


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError):
        return False
    return True
