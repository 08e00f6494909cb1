"""Tests as a program: asserts about a `candidate`, as benchmarks of code have them.

Each statement at the top of the test function that asserts something is a test of its own: an assert, or a
loop or block with asserts in it. The program is taken apart here, so how many tests there are does not depend
on what happens when they run.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from models.errors import UserError

CHECK = "check"
TOLD = "_told_by_the_judge"
"""The function that each test calls when it has ended, with its number and what it raised."""


class Check(BaseModel):
    """A test program for one function."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(
        description="Defines `check(candidate)`, or is a list of statements; both `candidate` and the entry "
        "point are the function under test."
    )
    entry_point: str = Field(pattern=r"^[^\W\d]\w*$", description="The function's name.")
    support: str = Field(
        default="",
        description="Run before it, for names that the tests use beside the function's: the reference "
        "solution with its helpers. Never code under test.",
    )

    @field_validator("text")
    @classmethod
    def _has_tests(cls, value: str) -> str:
        if not taken_apart(value).tests:
            raise ValueError("there is no assert in it")
        return value

    @classmethod
    def of_conditions(cls, conditions: Iterable[str], entry_point: str, support: str = "") -> Self:
        """A check of conditions: `candidate(2) == 4`, `abs(candidate(0.1) - 0.3) < 1e-6`.

        Args:
            conditions: Python expressions, or statements that end in one; each is a test.
            entry_point: the function's name.
            support: see the field.

        Raises:
            UserError: one is not Python, or does not end in an expression.
        """
        text = "\n".join(_asserted(condition) for condition in conditions)
        return cls(text=text, entry_point=entry_point, support=support)

    @property
    def tests(self) -> tuple[str, ...]:
        """Its tests as source, in their order."""
        return taken_apart(self.text).tests


@dataclass(frozen=True, slots=True)
class Parts:
    """A test program, taken apart.

    Args:
        program: it, changed so that each test tells its end by itself.
        tests: source of each.
    """

    program: str
    tests: tuple[str, ...]


@functools.lru_cache(maxsize=1024)
def taken_apart(text: str) -> Parts:
    """Find the tests of a program, and have each tell how it ended.

    Raises:
        ValueError: it is not Python.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"it is not Python: {error}") from error
    tree.body = [one for one in tree.body if not _calls_check(one)]  # it is called from outside
    checks = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == CHECK]
    holder: ast.Module | ast.FunctionDef = checks[-1] if checks else tree
    tests: list[str] = []
    body: list[ast.stmt] = []
    for statement in holder.body:
        if _is_test(statement):
            body += _telling(statement, len(tests))
            tests.append(ast.unparse(statement))
        else:
            body.append(statement)
    holder.body = body
    return Parts(ast.unparse(ast.fix_missing_locations(tree)), tuple(tests))


def _asserted(condition: str) -> str:
    try:
        body = ast.parse(condition.strip()).body
    except SyntaxError:
        body = []
    match body:
        case [*before, ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[last], keywords=[]))]:
            pass  # a program that prints whether it holds
        case [*before, ast.Expr(value=last)]:
            pass
        case _:
            raise UserError("not a condition in Python", where=condition.strip()[:60])
    test = ast.Assert(test=last)
    if not before:
        return ast.unparse(test)
    block = ast.If(test=ast.Constant(value=True), body=[*before, test], orelse=[])
    return ast.unparse(ast.fix_missing_locations(block))


def _calls_check(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name == CHECK
    return False


def _is_test(statement: ast.stmt) -> bool:
    """Whether a statement asserts something; `assert True` is none."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return False
        case ast.Assert(test=ast.Constant()):
            return False
    return any(isinstance(node, ast.Assert) for node in ast.walk(statement))


def _telling(statement: ast.stmt, number: int) -> list[ast.stmt]:
    name = f"{TOLD}_error"
    template = (
        f"try:\n    pass\nexcept BaseException as {name}:\n    {TOLD}({number}, {name})\n"
        f"else:\n    {TOLD}({number}, None)\n"
    )
    wrapped = ast.parse(template).body
    outer = wrapped[0]
    assert isinstance(outer, ast.Try)
    outer.body = [statement]
    return wrapped
