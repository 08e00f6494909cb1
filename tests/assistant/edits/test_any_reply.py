"""Whatever a model writes, a file ends up whole: with the code, or as it was and one line that says why."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.edits.plan import insert_spec, merge_code, plan
from assistant.specs.python_file import specs_of
from models.errors import UserError

FILE = Path("shop.py")
SOURCE = '''\
import os
from typing import overload


@overload
def area(x: int) -> int: ...
def area(x, scale=1):
    """Of a square."""


class Cart:
    rate = 2

    @property
    def total(self) -> int: ...

    @total.setter
    def total(self, value): pass

    # TODO: add clear()

    def add(self, item):
        for old in self.items:
            # TODO: refuse twins
            pass
        self.items.append(item)  # TODO: count


def outer(a):
    def inner(b): raise NotImplementedError
    return inner(a)


# TODO: from the environment
LIMIT = 3
if os.name == "nt":
    def area(x): ...
'''
SPECS = specs_of(FILE, SOURCE)

FRAGMENTS = [
    "import os, re",
    "from typing import *",
    "from . import area",
    "import os.path as os",
    "class Cart:",
    "class Cart(Base): pass",
    "@property",
    "@overload",
    "@total.setter",
    "def area(x, scale=1):",
    "def area(y, *, other):",
    "def total(self):",
    "    def total(self):",
    "    def total(self, value):",
    "    def clear(self): self.items = helper(os)",
    "def inner(b): return LIMIT + area(b)",
    "async def inner(c):",
    "def helper(*a, **k):",
    "def add(self, item):",
    "    return 1",
    "        return self.rate",
    "    '''Doc.'''",
    "    ...",
    "    # TODO: refuse twins",
    "    global LIMIT",
    "    yield await x",
    "LIMIT = int(os.environ['L'])",
    "LIMIT += 1",
    "if item in self.items:",
    "    raise ValueError(item)",
    "continue",
    "nonlocal LIMIT",
    "print(area(2))",
    "if __name__ == '__main__':",
    "    pass",
    "# Assumption: x",
    "'''",
    "x = (",
    ")",
    "lambda: (yield)",
    "type X = int",
    "\\",
    "\x0c",
    "\t",
    "",
]
replies = st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("\n".join)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SPECS), replies | st.text(max_size=30))
def test_inserting_any_reply_keeps_the_file_whole(spec: object, code: str) -> None:
    try:
        after = insert_spec(SOURCE, spec, code)  # type: ignore[arg-type]
        plan(FILE, SOURCE, after)
    except UserError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    compile(after, "after", "exec", dont_inherit=True)
    assert _others(after) >= _others(SOURCE) - {"area", "total", "add", "inner", "outer", "LIMIT", "clear"}


@settings(max_examples=60, deadline=None)
@given(replies | st.text(max_size=30))
def test_merging_any_reply_keeps_the_file_whole(code: str) -> None:
    try:
        after = merge_code(SOURCE, code)
        plan(FILE, SOURCE, after)
    except UserError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    compile(after, "after", "exec", dont_inherit=True)
    assert _others(after) >= _others(SOURCE)


def _others(text: str) -> set[str]:
    """Every name that a file defines or assigns, at any depth."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names
