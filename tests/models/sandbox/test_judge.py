"""The judge: one verdict per test, whatever the solution does; passing by the right answer only."""

from __future__ import annotations

import pytest

from models.sandbox.cases import Case, Prints, Raises, Returns, Shows
from models.sandbox.judge import Judge
from models.sandbox.observation import Call, Observation
from models.sandbox.plain import Opaque
from models.sandbox.runner import open_sandbox, why_not
from models.sandbox.verdict import verdict

pytestmark = pytest.mark.skipif(
    bool(why_not("bubblewrap") and why_not("landlock")), reason="nothing isolates here"
)

SOLUTION = """
import os, sys, time

seen = []


def ordered(items):
    return sorted(items)


def count(item):
    seen.append(item)
    return len(seen)


def misbehave(how):
    if how == "leave":
        os._exit(0)
    if how == "crash":
        os.kill(os.getpid(), 11)
    if how == "hang":
        time.sleep(60)
    if how == "spin":
        while True:
            pass
    raise LookupError("no " + how)


class Thing:
    def __eq__(self, other):
        return True

    def __repr__(self):
        return "Thing(1)"
"""


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(open_sandbox(), seconds_per_case=0.5, packages=False)


def one(judge: Judge, case: Case, solution: str = SOLUTION) -> tuple[str, str]:
    (result,) = judge.run(solution, [case])
    return result.verdict, result.got


def test_each_kind_of_expectation_can_pass_and_fail(judge: Judge) -> None:
    pairs = [
        (Case(call="ordered([2, 1])", expected=Returns(value="[1, 2]")), "passed"),
        (Case(call="ordered([2, 1])", expected=Returns(value="[2, 1]")), "failed"),
        (Case(call="ordered([2, 1])", expected=Returns(value="[2, 1]", any_order=True)), "passed"),
        (Case(call="ordered([2.0001])", expected=Returns(value="[2]", tolerance=0.01)), "passed"),
        (Case(call="tuple(ordered([1]))", expected=Returns(value="[1]", tuple_is_list=True)), "passed"),
        (Case(call="x = [2, 1]\nx.sort()\nx", expected=Returns(value="[1, 2]")), "passed"),
        (Case(call="x = 1", expected=Returns(value="None")), "passed"),
        (Case(call="ordered([2, 1])", expected=Returns(value="sorted({1, 2})")), "passed"),
        (Case(call="misbehave('luck')", expected=Raises(error="LookupError", contains="luck")), "passed"),
        (Case(call="misbehave('luck')", expected=Raises(error="builtins.Exception")), "passed"),
        (Case(call="misbehave('luck')", expected=Raises(error="ValueError")), "failed"),
        (Case(call="ordered([])", expected=Raises(error="ValueError")), "failed"),
        (Case(call="misbehave('luck')", expected=Returns(value="1")), "error"),
        (Case(call="print('a  ')\nprint('b')", expected=Prints(text="a\nb")), "passed"),
        (Case(call="print('a')", expected=Prints(text="a\nb")), "failed"),
        (Case(call="Thing()", expected=Shows(text="Thing(1)")), "passed"),
        (Case(call="Thing()", expected=Returns(value="1")), "failed"),
        (Case(call="nowhere()", expected=Returns(value="1")), "error"),
        (Case(call="not python", expected=Returns(value="1")), "error"),
    ]
    results = judge.run(SOLUTION, [case for case, _ in pairs])
    assert [result.verdict for result in results] == [wanted for _, wanted in pairs]
    assert results[1].got == "[1, 2]"
    assert results[1].detail == "expected [2, 1], got [1, 2]"


def test_what_one_test_does_to_the_process_does_not_reach_the_next(judge: Judge) -> None:
    cases = [
        Case(call="count(1)", expected=Returns(value="1")),
        Case(call="count(1)", expected=Returns(value="1")),
        *(
            Case(call=f"misbehave('{how}')", expected=Returns(value="1"))
            for how in ("leave", "crash", "hang", "spin")
        ),
        Case(call="count(1)", expected=Returns(value="1")),
    ]
    results = judge.run(SOLUTION, cases)
    assert [result.verdict for result in results] == [
        "passed",
        "passed",
        "error",
        "error",
        "timeout",
        "timeout",
        "passed",
    ]


def test_tests_go_on_after_one_that_takes_the_whole_process_with_it(judge: Judge) -> None:
    solution = "import os\ndef f(n):\n    if n == 1: os.kill(os.getppid(), 9)\n    return n"
    cases = [Case(call=f"f({n})", expected=Returns(value=str(n))) for n in (0, 1, 2)]
    assert [result.verdict for result in judge.run(solution, cases)] == ["passed", "error", "passed"]


@pytest.mark.parametrize(
    ("solution", "detail"),
    [
        ("def f(", "the solution does not load: SyntaxError"),
        ("raise ValueError('x')", "the solution does not load: ValueError: x"),
        ("import sys; sys.exit(0)", "the solution does not load: SystemExit: 0"),
        ("import os; os._exit(0)", "it ended with status 0 instead of answering"),
        ("while True: print('x' * 1000)", "it met the limit of output"),
    ],
)
def test_a_solution_that_does_not_load_passes_nothing(judge: Judge, solution: str, detail: str) -> None:
    cases = [Case(call="1", expected=Returns(value="1"))] * 2
    results = judge.run(solution, cases)
    assert results[0].verdict == "error"
    assert results[0].detail.startswith(detail)
    assert results[1].verdict in {"error", "not run"}


def test_a_solution_is_compiled_as_a_file_of_its_own_would_be(judge: Judge) -> None:
    # The harness postpones its own annotations; a solution that names an unknown type must fail all the same.
    (result,) = judge.run(
        "def double(x: Number) -> Number:\n    return 2 * x\n",
        [Case(call="double(2)", expected=Returns(value="4"))],
    )
    assert result.verdict == "error"
    assert "Number" in result.detail


def test_a_program_is_judged_by_what_it_prints(judge: Judge) -> None:
    solution = "n = int(input())\nprint(n * 2)\nif n > 5:\n    exit()\nprint('small')"
    cases = [
        Case(stdin="3\n", expected=Prints(text="6\nsmall\n")),
        Case(stdin="21\n", expected=Prints(text="42")),
        Case(stdin="21\n", expected=Prints(text="43")),
        Case(stdin="x", expected=Prints(text="43")),
    ]
    assert [result.verdict for result in judge.run(solution, cases)] == [
        "passed",
        "passed",
        "failed",
        "error",
    ]


def test_an_expected_value_that_needs_the_solution_is_an_error_not_a_pass(judge: Judge) -> None:
    case = Case(call="ordered([1])", expected=Returns(value="ordered([1])"))
    assert one(judge, case)[0] == "error"


def test_observations_come_without_a_verdict(judge: Judge) -> None:
    first, second, third = judge.observe(
        SOLUTION,
        [Call("{1: ordered((3, 2))}"), Call("print('x') or Thing()", show=True), Call("misbehave('luck')")],
    )
    assert first.value == {1: [2, 3]}
    assert second.printed == "x\n"
    assert second.shown == "Thing(1)"
    assert isinstance(second.value, Opaque)
    assert third.error[:2] == ("builtins.LookupError", "builtins.Exception")
    assert third.message == "no luck"


def test_the_budget_ends_the_tests() -> None:
    judge = Judge(open_sandbox(), seconds_per_case=5, budget_seconds=0.6, packages=False)
    cases = [Case(call="__import__('time').sleep(60)", expected=Returns(value="1"))] * 3
    assert [result.verdict for result in judge.run("", cases)] == ["timeout", "not run", "not run"]


def test_a_verdict_is_formed_from_what_was_seen_alone() -> None:
    case = Case(call="f()", expected=Returns(value="1"))
    assert verdict(case, 1, Observation("value", value=1)).passed
    assert not verdict(case, 1, Observation("value", value=Opaque("x", "1"))).passed
    assert not verdict(case, 1, Observation("crashed", value=1)).passed
    assert not verdict(case, 1, Observation("raised", value=1, error=("builtins.ValueError",))).passed
    assert not verdict(case, 1, Observation("not run", value=1)).passed


def test_many_cases_and_large_values_pass_through(judge: Judge) -> None:
    cases = [
        Case(call=f"ordered(list(range({n}))[::-1])[-1]", expected=Returns(value=str(n - 1)))
        for n in range(1, 60)
    ]
    cases.append(Case(call="'x' * 3_000_000", expected=Returns(value="'x' * 3_000_000")))
    assert all(result.passed for result in judge.run(SOLUTION, cases))
