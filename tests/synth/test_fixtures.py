"""The fixture problems are what they say: their solutions pass their examples and tests."""

import builtins

import pytest

from synth.schema import Problem
from tests.synth.problems import problems

_IDS = [problem.id for problem in problems()]


def _run(problem: Problem, expression: str) -> str:
    space: dict[str, object] = {"__name__": "fixture"}
    exec(problem.solution, space)  # our own code
    return repr(eval(expression, space))


@pytest.mark.parametrize("problem", problems(), ids=_IDS)
def test_a_solution_passes_its_examples_and_tests(problem: Problem) -> None:
    assert problem.examples
    assert problem.tests
    for example in problem.examples:
        assert _run(problem, example.call) == example.result
    for case in problem.tests:
        if case.raises is None:
            assert _run(problem, case.expression) == case.expected
            continue
        with pytest.raises(getattr(builtins, case.raises)):
            _run(problem, case.expression)


def test_the_problems_are_many_and_varied() -> None:
    assert len(problems()) >= 40
    assert len({problem.group for problem in problems()}) >= 40
    assert {problem.shape for problem in problems()} >= {
        "stub",
        "chat",
        "class",
        "bug",
        "change",
        "todo",
        "script",
    }
