"""Inputs to tell programs apart: calls that a request shows, that the model proposes, and variations."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from assistant.decision.request import DecisionSettings, Request
from models.backends.base import Message, Prompt, TextBackend
from synth.corpus.shown import shown

INSTRUCTION = (
    "Read the request for a Python function. Do not write the function. Write ten different calls of it, one "
    "a line and nothing else, with literal arguments: usual values, and values at the edges of what the "
    "request allows."
)

MOST = 20
_HEAD = re.compile(r"^def[ \t]+([^\W\d]\w*)[ \t]*\(", re.MULTILINE)
_NUMBER = re.compile(r"^\s*(?:\d+[.)]|[-*•])\s+")
_LONGEST = 300  # characters of a call


def entry_point(request: Request) -> str | None:
    """The function that is asked for: the last one at the left edge; None where there is none."""
    found = _HEAD.findall(request.text)
    return found[-1] if found else None


def inputs(request: Request, name: str, backend: TextBackend, settings: DecisionSettings) -> tuple[str, ...]:
    """Calls of a function, at most `MOST`, in the order of their source: shown, proposed, varied.

    Args:
        request: that asks for it.
        name: of the function.
        backend: the model that proposes.
        settings: their decoding, and the seed of variation.
    """
    prompt = Prompt((Message("system", INSTRUCTION), Message("user", request.text.strip("\n"))))
    proposal = backend.complete(prompt, settings.sampling).text
    seeds = dict.fromkeys([*(one.call for one in shown(request.text, name)), *calls_in(proposal, name)])
    seeds = dict.fromkeys(call for call in seeds if is_plain_call(call, name))
    varied = variations(seeds, random.Random(settings.sampling.seed))
    return tuple(dict.fromkeys([*seeds, *varied]))[:MOST]


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
        tree = ast.parse(call, mode="eval").body
        assert isinstance(tree, ast.Call)
        for place, argument in enumerate(tree.args):
            ways = _WAYS.get(type(ast.literal_eval(argument)), [])
            if ways:
                arguments = list(tree.args)
                value = chance.choice(ways)(ast.literal_eval(argument))
                arguments[place] = ast.parse(repr(value), mode="eval").body
                yield ast.unparse(ast.Call(func=tree.func, args=arguments, keywords=tree.keywords))


_WAYS: dict[type, list[Callable[[Any], Any]]] = {
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
