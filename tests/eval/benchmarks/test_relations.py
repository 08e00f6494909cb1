from __future__ import annotations

from collections.abc import Iterator

import pytest

from eval.benchmarks.relations import check_of, function_in, statement
from eval.schema import RelationTest, Variant, View
from models.errors import UserError
from models.sandbox.check_judge import CheckJudge
from models.sandbox.runner import open_sandbox

HALF = "def half(n):\n    return n / 2\n"


def variant(*tests: RelationTest, entry_point: str = "half", solution: str = HALF) -> Variant:
    return Variant(
        benchmark="own",
        name="Own/9",
        category="1a",
        text="Halve n.",
        original="Halve n.",
        entry_point=entry_point,
        solution=solution,
        tests=tests,
    )


@pytest.fixture(scope="module")
def judge() -> Iterator[CheckJudge]:
    with CheckJudge(open_sandbox(), packages=False) as judge:
        yield judge


def passed(judge: CheckJudge, code: str, given: Variant, view: View = "raw") -> list[bool]:
    results = judge.run(code, check_of(given, function_in(code, given, view)))
    return [result.passed for result in results]


def test_an_output_is_what_printing_shows(judge: CheckJudge) -> None:
    echo = [
        RelationTest(input="'a b'", output="a b"),
        RelationTest(input="''", output=""),
        RelationTest(input="[1, 'x']", output="[1, 'x'] "),
        RelationTest(input="1", output="1.0"),
        RelationTest(input="None", output="None"),
    ]
    code = "def echo(x):\n    print('not the answer')\n    return x"
    assert passed(judge, code, variant(*echo, entry_point="echo")) == [True, True, True, False, True]


def test_what_is_printed_is_not_what_is_returned(judge: CheckJudge) -> None:
    shown = RelationTest(input="4", output="2.0")
    assert passed(judge, "def half(n):\n    print(n / 2)", variant(shown)) == [False]
    assert passed(judge, "def half(n):\n    print(n / 2)\n    raise SystemExit", variant(shown)) == [False]


def test_nothing_expected_is_not_met_by_a_crash(judge: CheckJudge) -> None:
    empty = RelationTest(input="0", output="")
    assert passed(judge, "def half(n):\n    return 1 / n", variant(empty)) == [False]


def test_a_tolerance(judge: CheckJudge) -> None:
    close = RelationTest(input="0.3", output="1e-6", relation="abs(candidate(0.3) - 0.15) < 1e-6")
    assert passed(judge, "def half(n):\n    return n / 2 + 1e-9", variant(close)) == [True]
    assert passed(judge, "def half(n):\n    return n / 2 + 1e-3", variant(close)) == [False]


ROOT = "def line(ab, x):\n    return ab[0] * x + ab[1]\n\ndef root(ab):\n    return -ab[1] / ab[0]\n"
PROGRAM = "from $demo$ import line\nimport math\nx = root($input$)\nprint(math.fabs(line($input$, x)) < 1e-4)"


def test_a_program_takes_its_helpers_from_the_reference(judge: CheckJudge) -> None:
    given = variant(
        RelationTest(input="[2, 4]", output="0.0", relation=PROGRAM), entry_point="root", solution=ROOT
    )
    assert passed(judge, "def candidate(ab):\n    return -ab[1] / ab[0]", given) == [True]
    # Neither its own idea of the equation nor the reference's root helps a wrong one.
    cheat = "def line(ab, x):\n    return 0\n\ndef candidate(ab):\n    return 5"
    assert passed(judge, cheat, given) == [False]
    assert passed(judge, "def other(ab):\n    return 1", given) == [False]


def test_statements_that_assert_are_one_test_each(judge: CheckJudge) -> None:
    loop = "import random\nfor n in range(5):\n    assert candidate(n) == n / 2"
    given = variant(RelationTest(input="", output="", relation=loop))
    assert passed(judge, HALF, given) == [True]
    assert passed(judge, "def half(n):\n    return n // 2", given) == [False]


HELPED = "def half(n):\n    return n\n\ndef candidate(n):\n    return half(n) / 2\n"


@pytest.mark.parametrize(
    ("code", "view", "name"),
    [
        (HALF, "raw", "half"),
        ("def candidate(n): ...", "raw", "candidate"),
        ("def candidate(n): ...", "neutral", "candidate"),
        (HELPED, "raw", "candidate"),
        (HELPED, "neutral", "half"),
        ("not Python", "raw", "half"),
        ("x = '\x00", "raw", "half"),
        ("class C:\n    def candidate(self): ...", "raw", "half"),
    ],
)
def test_the_name_under_which_code_answers(code: str, view: View, name: str) -> None:
    assert function_in(code, variant(), view) == name


def test_code_with_both_names_answers_under_the_one_that_was_asked_for(judge: CheckJudge) -> None:
    given = variant(RelationTest(input="4", output="2.0"))
    assert passed(judge, HELPED, given, "raw") == [True]
    assert passed(judge, HELPED, given, "neutral") == [False]


@pytest.mark.parametrize(
    "test",
    [
        RelationTest(input="(", output="1"),
        RelationTest(input="1", output="1", relation="between 1 and 2"),
        RelationTest(input="1", output="1", relation="x = 1"),
    ],
)
def test_an_unknown_form_is_named(test: RelationTest) -> None:
    with pytest.raises(UserError, match="a test of this form is not known"):
        statement(test, "half")


def test_no_tests_are_no_success() -> None:
    with pytest.raises(UserError, match="it has no tests"):
        check_of(variant())
