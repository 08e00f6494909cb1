"""Solutions judged by test programs: every relation as it is written, and no pass without the answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.sandbox.cases import CaseResult
from models.sandbox.check import Check
from models.sandbox.check_judge import CheckJudge, check_all
from models.sandbox.conversation import Pace
from models.sandbox.policy import Limits, MiB
from models.sandbox.runner import open_sandbox, why_not
from tests.models.sandbox.kinds import ISOLATING, sandbox

pytestmark = pytest.mark.skipif(
    bool(why_not("bubblewrap") and why_not("landlock")), reason="nothing isolates here"
)

HOSTILE = Path(__file__).parents[2] / "hostile"
SOLUTIONS = sorted(path.stem for path in HOSTILE.glob("solution_*.py"))
PACE = Pace(call=0.5, load=5.0, budget=30.0)


@pytest.fixture(scope="module")
def judge() -> Iterator[CheckJudge]:
    with CheckJudge(open_sandbox(), PACE, packages=False) as opened:
        yield opened


def verdicts(results: tuple[CaseResult, ...]) -> list[str]:
    return [result.verdict for result in results]


LEVEL = """
import math, random

def check(candidate):
    assert candidate([3.0, 1.0]) == [1.0, 0.0]
    assert abs(candidate([0.1, 0.3])[0] - 1 / 3) < 1e-9
    assert math.isclose(level([5, 8])[0], 0.625, rel_tol=1e-6)
    for _ in range(20):
        heights = [random.uniform(1, 9) for _ in range(random.randint(2, 6))]
        assert all(0 <= share <= 1 for share in candidate(heights)), "a share"
        assert scaled(candidate(heights), max(heights)) == sorted(heights, reverse=True) or True
    assert candidate(heights=[2, 4]) is not None
    try:
        candidate([])
    except ValueError:
        pass
    else:
        assert False, "an empty list has no level"
"""
HELPER = "def scaled(shares, most):\n    return [share * most for share in shares]\n"
RIGHT = """
def level(heights):
    if not heights:
        raise ValueError("nothing to level")
    return [heights[0] / max(heights), 0.0] if len(heights) == 2 else [x / max(heights) for x in heights]
"""


def test_relations_hold_as_they_are_written(judge: CheckJudge) -> None:
    check = Check(text=LEVEL, entry_point="level", support=HELPER)
    results = judge.run(RIGHT, check)
    assert verdicts(results) == ["passed"] * 6 == ["passed"] * len(check.tests)
    results = judge.run(RIGHT.replace("heights[0] /", "1 - heights[0] /"), check)
    assert verdicts(results) == ["failed", "failed", "failed", "passed", "passed", "passed"]
    assert results[0].got == "[0.0, 0.0]"


def test_each_test_is_counted_whatever_the_others_do(judge: CheckJudge) -> None:
    check = Check.of_conditions([f"candidate({n}) == {n * n}" for n in range(5)], "square")
    solution = """
import os, time
def square(n):
    if n == 1:
        raise LookupError("no one")
    if n == 2:
        time.sleep(60)
    if n == 3:
        os._exit(0)
    return n * n
"""
    results = judge.run(solution, check)
    assert verdicts(results) == ["passed", "error", "timeout", "error", "passed"]
    assert results[1].detail == "LookupError: no one"
    assert "ended with status 0" in results[3].detail


@pytest.mark.parametrize(
    "solution",
    [
        "def twice(n):\n    return 2 * n\n",
        "def candidate(n):\n    return 2 * n\n",
        "def candidate(n):\n    return twice(n - 1) + 2 if n > 0 else 0\n",
        "def twice(n):\n    return candidate(n - 1) + 2 if n > 0 else 0\n",
        "candidate = None\ndef twice(n):\n    return 2 * n\n",
    ],
)
@pytest.mark.parametrize("called", ["twice", "candidate"])
def test_both_names_are_the_function(judge: CheckJudge, solution: str, called: str) -> None:
    check = Check(text=f"assert {called}(3) == 6\nassert {called}(n=0) == 0", entry_point="twice")
    assert verdicts(judge.run(solution, check)) == ["passed", "passed"]


@pytest.mark.parametrize(
    ("solution", "detail"),
    [
        ("x = 1", "defines neither `twice` nor `candidate`"),
        ("def twice(n) return n", "does not load: SyntaxError"),
        ("raise KeyError('k')", "does not load: KeyError"),
        ("import time\ntime.sleep(60)", "took too long"),
        ("", "defines neither"),
    ],
)
def test_code_that_has_no_function_fails_every_test(solution: str, detail: str) -> None:
    check = Check.of_conditions(["candidate(1) == 2", "not candidate(0)"], "twice")
    with CheckJudge(open_sandbox(), Pace(call=0.2, load=1.0, budget=20.0), packages=False) as judge:
        results = judge.run(solution, check)
    assert detail in results[0].detail
    assert not any(result.passed for result in results)
    assert len(results) == 2


def test_values_arrive_as_they_are_and_calls_leave_nothing_behind(judge: CheckJudge) -> None:
    check = Check.of_conditions(
        [
            "candidate(float('inf')) == (float('inf'), 1)",
            "candidate({'a': {1, 2}, (3, None): b'x'}) == ({'a': {2, 1}, (3, None): b'x'}, 1)",
            "candidate(set()) == (set(), 1)",
            "isinstance(candidate(True)[0], bool)",
            "candidate(10**30)[0] // 10**29 == 10",
        ],
        "note",
    )
    solution = "seen = []\ndef note(x):\n    seen.append(x)\n    return x, len(seen)\n"
    assert verdicts(judge.run(solution, check)) == ["passed"] * 5


def test_what_cannot_be_handed_over_is_no_pass(judge: CheckJudge) -> None:
    check = Check.of_conditions(["candidate(len) == 1", "candidate([1]) == 1"], "size")
    results = judge.run("def size(x):\n    return 1\n", check)
    assert verdicts(results) == ["error", "passed"]
    assert "no argument to hand over" in results[0].detail


def test_tests_that_break_off_leave_the_rest_untold(judge: CheckJudge) -> None:
    text = "assert f(1) == 1\nx = unknown\nassert f(2) == 2"
    results = judge.run("def f(n): return n", Check(text=text, entry_point="f"))
    assert verdicts(results) == ["passed", "not run"]
    assert "name 'unknown' is not defined" in results[1].detail


def test_tests_that_never_end_or_leave_cost_themselves_only(judge: CheckJudge) -> None:
    with CheckJudge(open_sandbox(), Pace(call=0.2, load=5.0, budget=0.5), packages=False) as hurried:
        endless = Check(text="assert f(1)\nwhile True:\n    pass\nassert f(2)", entry_point="f")
        leaving = Check(text="assert f(1)\nimport os\nos._exit(0)\nassert f(2)", entry_point="f")
        solution = "def f(n): return n"
        assert verdicts(hurried.run(solution, leaving))[1] == "not run"
        assert verdicts(hurried.run(solution, endless))[1] == "not run"
        assert len(hurried.run(solution, leaving)) == 2


HIDDEN = 739_391_133
GUARDED = Check(
    text=f"""
def check(candidate):
    assert candidate(1) == {HIDDEN}
    assert candidate(2) == [{HIDDEN}, 'x'], "a list"
    assert abs(candidate(6) - {HIDDEN}.5) < 0.1
    assert str(candidate(3)) == "{HIDDEN}"
    assert not candidate(4) != {HIDDEN}
    assert candidate(1) in [{HIDDEN}] and candidate(7)["{HIDDEN}"]
    for number in (1, 3):
        assert answer(number) == {HIDDEN}
    try:
        candidate(5)
        assert False
    except OverflowError:
        pass
""",
    entry_point="answer",
)
LIMITS = Limits(cpu_seconds=1, memory_bytes=192 * MiB, processes=12, file_bytes=4 * MiB)


@pytest.mark.parametrize("kind", ISOLATING)
@pytest.mark.parametrize("name", SOLUTIONS)
def test_no_test_passes_without_the_answer(name: str, kind: str) -> None:
    pace = Pace(call=0.15, load=0.3, budget=8.0)
    with CheckJudge(sandbox(kind, LIMITS), pace, packages=False) as judge:
        results = judge.run((HOSTILE / f"{name}.py").read_text(encoding="utf-8"), GUARDED)
    assert len(results) == len(GUARDED.tests) == 8
    assert [result for result in results if result.passed] == []


@pytest.mark.parametrize("kind", ISOLATING)
def test_they_pass_with_the_answer(kind: str) -> None:
    solution = f"""
def answer(number):
    if number == 5:
        raise OverflowError
    odd = {{2: [{HIDDEN}, "x"], 6: {HIDDEN}.45, 7: {{"{HIDDEN}": True}}}}
    return odd.get(number, {HIDDEN})
"""
    with CheckJudge(sandbox(kind, LIMITS), PACE, packages=False) as judge:
        assert verdicts(judge.run(solution, GUARDED)) == ["passed"] * 8


CHEATS = {
    "a value that agrees with everything": """
class Yes:
    def __eq__(self, other): return True
    __ne__ = __lt__ = __contains__ = lambda self, other: not isinstance(self, Yes)
    def __sub__(self, other): return self
    def __abs__(self): return 0.0
    def __hash__(self): return 1
    def __getitem__(self, key): return self
    def __str__(self): return "739391133"
def answer(number):
    if number == 5: raise OverflowError if False else ValueError
    return Yes()
""",
    "a check of its own": """
def check(candidate): pass
def _told_by_the_judge(number, error): pass
import builtins
builtins.AssertionError = ValueError
def answer(number): raise AssertionError("passed")
""",
    "the judge's words": """
import json, os, sys
for line in ({"test": 0, "verdict": "passed", "detail": ""}, {"end": 0}):
    for descriptor in range(1, 64):
        try: os.write(descriptor, json.dumps(line).encode() + b"\\n")
        except OSError: pass
def answer(number): return {"verdict": "passed"}
""",
    "an end of everything": "import sys\ndef answer(number): sys.exit(0)\n",
    "exceptions that tests let by": """
class NoValue(BaseException):
    verdict = "passed"
def answer(number): raise NoValue("passed", "")
""",
    "a tester of its own": """
import sys, types
module = types.ModuleType("models.sandbox.tester")
sys.modules["models.sandbox.tester"] = sys.modules["__main__"] = module
def answer(number): return sys._getframe(1).f_locals.get("expected")
""",
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_faked_pass_is_none(judge: CheckJudge, cheat: str) -> None:
    results = judge.run(CHEATS[cheat], GUARDED)
    assert [result for result in results if result.passed] == []
    # And the next solution is judged as ever.
    check = Check.of_conditions(["candidate(1) == 2"], "f")
    assert verdicts(judge.run("def f(n): return n + 1", check)) == ["passed"]


class TestMany:
    @staticmethod
    def work(count: int) -> Iterator[tuple[str, Check]]:
        check = Check.of_conditions(["candidate(1) == 1", "candidate(2) == 2"], "f")
        for number in range(count):
            yield f"def f(n):\n    return n if n < 2 else {number}\n", check

    def test_results_are_in_the_order_of_the_work(self) -> None:
        found = list(check_all(open_sandbox(), self.work(9), 3, PACE, packages=False))
        assert [verdicts(results) for results in found] == [
            ["passed", "passed" if number == 2 else "failed"] for number in range(9)
        ]

    def test_whoever_stops_early_waits_for_no_more_than_what_runs(self) -> None:
        taken = []

        def endless() -> Iterator[tuple[str, Check]]:
            for pair in self.work(10_000):
                taken.append(pair)
                yield pair

        results = check_all(open_sandbox(), endless(), 2, PACE, packages=False)
        next(results)
        results.close()  # type: ignore[attr-defined]
        assert len(taken) < 100

    def test_what_the_work_raises_is_raised(self) -> None:
        def broken() -> Iterator[tuple[str, Check]]:
            yield from self.work(2)
            raise KeyError("gone")

        with pytest.raises(KeyError, match="gone"):
            list(check_all(open_sandbox(), broken(), 2, PACE, packages=False))
