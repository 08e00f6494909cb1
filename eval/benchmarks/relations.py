"""The benchmark's tests as a check for the sandbox: how an output and what was returned are compared.

In HumanEvalComm an output is what printing the value shows. A few tests have a condition instead (a
tolerance), and one task has a small program that puts the value into an equation. All are judged away from
the code under test: see models.sandbox.check.
"""

from __future__ import annotations

import ast
import functools
import re

from eval.benchmarks.neutral import STAND_IN
from eval.schema import RelationTest, Variant, View
from models.errors import UserError
from models.sandbox.check import Check

EQUAL = "=="
_INPUT, _CODE = "$input$", "$demo$"
_FROM_CODE = re.compile(rf"^[ \t]*(?:from {re.escape(_CODE)} import .*|import {re.escape(_CODE)}.*)\n?", re.M)


def function_in(code: str, variant: Variant, view: View) -> str:
    """The name under which code answers: the entry point's, or `candidate`, as published texts may have it.

    Where code defines both, one helps the other: in the raw view `candidate` is what was asked for, else it
    is the entry point.
    """
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return variant.entry_point
    defined = {one.name for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    if STAND_IN in defined and (view == "raw" or variant.entry_point not in defined):
        return STAND_IN
    return variant.entry_point


def check_of(variant: Variant, function: str | None = None) -> Check:
    """The tests of a variant, as a check.

    Names that a test takes from the code under test, beside the function, are taken from the reference
    solution instead: code under test has no say in how it is judged.

    Args:
        variant: with its tests.
        function: the name under which the code under test answers; None for the entry point's.

    Raises:
        UserError: there is no test, or one has a form that is not known.
    """
    if not variant.tests:
        raise UserError("it has no tests", where=f"{variant.benchmark} {variant.name}")
    return _check(variant.tests, variant.entry_point, variant.solution, function or variant.entry_point)


@functools.lru_cache(maxsize=1024)
def _check(tests: tuple[RelationTest, ...], entry_point: str, solution: str, function: str) -> Check:
    try:
        text = "\n".join(statement(test, entry_point) for test in tests)
        support = "" if all(test.relation == EQUAL for test in tests) else solution
        return Check(text=text, entry_point=function, support=support)
    except ValueError as error:
        raise UserError(f"its tests cannot be run: {error}", where=entry_point) from error


def statement(test: RelationTest, entry_point: str) -> str:
    """One test as a statement that asserts, where `candidate` alone is the function under test.

    Raises:
        UserError: it has a form that is not known.
    """
    if test.relation == EQUAL:
        call = f"{STAND_IN}({test.input})"
        _parsed(call, test)
        return f"assert str({call}).strip() == {test.output.strip()!r}"
    relation = _FROM_CODE.sub("", test.relation).replace(_INPUT, test.input)
    tree = _parsed(relation, test)
    for node in ast.walk(tree):  # else it could be the reference solution's
        if isinstance(node, ast.Name) and node.id == entry_point:
            node.id = STAND_IN
    if any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
        return _block(tree)
    match tree.body:
        case [*before, ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[last], keywords=[]))]:
            pass
        case [*before, ast.Expr(value=last)]:
            pass
        case _:
            raise _unknown(test)
    return _block(ast.Module([*before, ast.Assert(test=last)], []))


def _block(tree: ast.Module) -> str:
    """As one statement: a check counts the tests by them."""
    if len(tree.body) > 1:
        tree = ast.Module([ast.If(test=ast.Constant(value=True), body=tree.body, orelse=[])], [])
    return ast.unparse(ast.fix_missing_locations(tree))


def _parsed(text: str, test: RelationTest) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise _unknown(test) from error


def _unknown(test: RelationTest) -> UserError:
    shown = test.input if test.relation == EQUAL else test.relation
    return UserError("a test of this form is not known", where=shown[:60])
