"""Cases from assert statements: the expected side is split off, and stays with the judge."""

from __future__ import annotations

import pytest

from models.errors import UserError
from models.sandbox.cases import Case, Raises, Returns


@pytest.mark.parametrize(
    ("statement", "call", "value", "tolerance"),
    [
        ("assert f(1) == [2, 3]", "f(1)", "[2, 3]", 0.0),
        ("assert [2, 3] == f(1)", "f(1)", "[2, 3]", 0.0),
        ("assert f(1) is None", "f(1)", "None", 0.0),
        ("assert f(1) == sorted([3, 1]), 'message'", "f(1)", "sorted([3, 1])", 0.0),
        ("assert abs(f(1) - 2.5) < 1e-06", "f(1)", "2.5", 1e-6),
        ("assert math.isclose(f(1), 2.5, rel_tol=0.001)", "f(1)", "2.5", 1e-3),
        ("assert math.isclose(f(1), 2.5)", "f(1)", "2.5", 1e-9),
        ("assert f(1)", "bool(f(1))", "True", 0.0),
        ("assert not f(1)", "bool(f(1))", "False", 0.0),
    ],
)
def test_an_assert_is_split(statement: str, call: str, value: str, tolerance: float) -> None:
    case = Case.from_assert(statement)
    assert case == Case(call=call, expected=Returns(value=value, tolerance=tolerance))


@pytest.mark.parametrize(
    "statement",
    ["assert f(1) in (1, 2)", "assert f(1) == 1 == f(2)", "assert x", "f(1)", "assert", "assert f(1) > 3"],
)
def test_an_assert_that_the_solution_would_decide_is_refused(statement: str) -> None:
    with pytest.raises(UserError):
        Case.from_assert(statement)


def test_cases_survive_json() -> None:
    case = Case(call="f()", expected=Raises(error="ValueError", contains="empty"))
    assert Case.model_validate_json(case.model_dump_json()) == case
