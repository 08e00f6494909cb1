"""Test programs taken apart: what counts as a test, whatever happens when it runs."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.errors import UserError
from models.sandbox.check import TOLD, Check, taken_apart

PROGRAM = '''
LIMIT = 3

def check(candidate):
    """Of a shelf."""
    import math
    first = candidate(1)
    assert first == 2
    assert candidate(2) == 3, "two"
    assert True
    for number in range(LIMIT):
        assert candidate(number) > number
    try:
        candidate(None)
        assert False
    except TypeError:
        pass

    def never(x):
        assert x

check(shelve)
'''


def test_asserts_and_blocks_with_asserts_are_the_tests() -> None:
    tests = Check(text=PROGRAM, entry_point="shelve").tests
    assert [test.splitlines()[0] for test in tests] == [
        "assert first == 2",
        "assert candidate(2) == 3, 'two'",
        "for number in range(LIMIT):",
        "try:",
    ]


def test_a_program_without_a_check_is_a_list_of_tests() -> None:
    text = "import math\nassert shelve(1) == 2\nassert math.isclose(shelve(0.5), 1.5)\n"
    assert len(Check(text=text, entry_point="shelve").tests) == 2


@given(st.lists(st.sampled_from(["assert f(1)", "x = 1", "assert True", "for i in []:\n    assert i"])))
def test_each_test_tells_its_own_number_once(statements: list[str]) -> None:
    parts = taken_apart("\n".join(statements))
    calls = [
        node.args[0].value
        for node in ast.walk(ast.parse(parts.program))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == TOLD
        if isinstance(node.args[0], ast.Constant)
    ]
    assert sorted(calls) == sorted([*range(len(parts.tests)), *range(len(parts.tests))])
    assert len(parts.tests) == sum(one.startswith(("assert f", "for")) for one in statements)


def test_conditions_may_need_statements_first_and_may_be_printed() -> None:
    check = Check.of_conditions(
        ["candidate(1) == 2", "root = candidate(2)\nprint(abs(root * root - 2) < 1e-4)"], "root_of"
    )
    assert len(check.tests) == 2
    assert "assert abs(root * root - 2) < 0.0001" in check.tests[1]


@pytest.mark.parametrize("condition", ["candidate(1) == (1 2)", "x = 1", "", "def f(): pass"])
def test_what_is_no_condition_is_told(condition: str) -> None:
    with pytest.raises(UserError, match="not a condition"):
        Check.of_conditions([condition], "f")


@pytest.mark.parametrize("text", ["def check(candidate):\n    pass", "assert True", "assert f(1) ==", ""])
def test_a_program_that_tests_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="no assert in it|not Python"):
        Check(text=text, entry_point="f")


def test_an_entry_point_is_a_name() -> None:
    with pytest.raises(ValidationError):
        Check(text="assert f(1)", entry_point="f(1) or g")
