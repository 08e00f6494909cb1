"""Points that a text leaves out: stated only where recorded results or the code bear them out."""

from random import Random

import pytest

from synth.modifications.additions import additions
from synth.modifications.base import Modified, Refusal
from synth.modifications.recorded import recorded
from synth.modifications.rules.additions import ADDED_ALTERNATIVE, ADDED_GAP, ADDED_VAGUENESS, Added
from synth.schema import Example, Problem
from tests.synth.modifications.made import made

SPLITS = "def f(a, b):\n    return a.split(b)\n"
DOUBLES = "def f(a):\n    return [x * 2 for x in a]\n"
CHECKS = {"f(2)": "True", "f(3)": "False"}
EMPTY = made("Double all of them.", DOUBLES, calls={"f([1])": "[2]", "f([])": "[]"})
CHECK = made("Check whether it is even.", "def f(a):\n    return a % 2 == 0\n", calls=CHECKS)
MEAN = made("Take the mean of both.", "def f(a, b):\n    return (a + b) / 2\n", signature="def f(a, b):",
            calls={"f(0.1, 0.223456789)": "0.1617283945", "f(1, 3)": "2.0"})  # fmt: skip
CASE = made("Cut a at each b.", SPLITS, signature="def f(a, b):", calls={"f('x-y', '-')": "['x', 'y']"})
HALF = made("Cut it in two.", "def f(a):\n    return a / 2\n", calls={"f(3)": "1.5", "f(-4)": "-2.0"})
EACH = made("Pass on what is truthy.", "def f(a):\n    for x in a:\n        if x:\n            yield x\n",
            calls={"list(f([3, 0, 3, 1]))": "[3, 3, 1]"})  # fmt: skip
TEXT = made("Replace a tilde by a dash.", "def f(a):\n    return a.replace('~', '-')\n",
            calls={"f(' a~b ')": "' a-b '", "f('a\\nb')": "'a\\nb'", "f('é~')": "'é-'"})  # fmt: skip
GUARD = "def f(a):\n    if a < 0:\n        raise ValueError\n    return a * (a + 1) // 2\n"
GUARDED = made("Sum up to it.", GUARD, calls={"f(3)": "6"})
NEW_LIST = "The list passed in stays as it is; the result is a new one."


@pytest.mark.parametrize(
    ("one", "settled"),
    [
        (EMPTY, ["For an empty list, return an empty list.", NEW_LIST]),
        (CHECK, ["If the check fails, return False."]),
        (MEAN, ["The result is not rounded.", "A result without decimals is a float."]),
        (CASE, ["Upper and lower case are told apart."]),
        (HALF, ["A result without decimals is a float.", "Negative numbers are handled like all others."]),
        (
            EACH,
            [
                "The result is a generator.",
                "Repeated elements are kept.",
                "The elements of the result are in the order of the input.",
            ],
        ),
        (
            TEXT,
            [
                "Blanks at the ends of the text are kept.",
                "Line breaks in the text are kept.",
                "Letters with accents or umlauts are kept.",
            ],
        ),
        (GUARDED, ["If `a` is negative, raise ValueError."]),
    ],
    ids=["empty", "check", "rounding", "case", "number", "elements", "text", "guard"],
)
def test_a_point_is_stated_as_the_records_have_it(one: Problem, settled: list[str]) -> None:
    assert [addition.settled[0] for addition in additions(one)] == settled


@pytest.mark.parametrize(
    "one",
    [
        EMPTY.model_copy(
            update={"description": "Double all of them in a new list; nothing for an empty one."}
        ),
        CHECK.model_copy(update={"description": "Return True if it is even, False otherwise."}),
        CHECK.model_copy(update={"solution": "def f(a):\n    raise ValueError\n"}),
        MEAN.model_copy(update={"description": "The mean, rounded to nothing."}),
        CASE.model_copy(update={"solution": SPLITS.replace("a.split", "a.lower().split")}),
        made("Sort them.", "def f(a):\n    a.sort()\n    return a\n", calls={"f([2, 1])": "[1, 2]"}),
        HALF.model_copy(update={"description": "Half of a number that is not negative, as a float."}),
        EACH.model_copy(update={"description": "A list without duplicates in its order."}),
        TEXT.model_copy(update={"description": "Replace each character, blanks, lines and accents too."}),
        GUARDED.model_copy(update={"description": "The sum. Raises an error for negative ones."}),
        GUARDED.model_copy(
            update={"solution": "def f(a):\n    a += 1\n    if a < 0:\n        raise ValueError\n"}
        ),
        made(
            "The power of a matrix.",
            "def f(a):\n    return a\n",
            calls={"f([[2], [1]])": "[[2], [1]]"},
        ),
        made("Put it in marks.", "def f(a):\n    return repr(a)\n", calls={"f(' a ')": "\"' a '\""}),
        made("Pass it on in its order.", "def f(a):\n    return a\n", calls={"f([2, 1])": "[2, 1]"}),
    ],
    ids=lambda one: one.description,
)
def test_what_the_text_says_or_nothing_bears_out_is_no_such_point(one: Problem) -> None:
    assert not list(additions(one))


def test_examples_that_show_the_point_are_not_neutral() -> None:
    (check,) = additions(CHECK)
    assert [check.neutral(record) for record in recorded(CHECK)] == [True, False]
    mean = additions(MEAN)[0]
    assert [mean.neutral(record) for record in recorded(MEAN)] == [False, True]


@pytest.mark.parametrize("rule", [ADDED_ALTERNATIVE, ADDED_VAGUENESS, ADDED_GAP], ids=lambda rule: rule.name)
@pytest.mark.parametrize("one", [EMPTY, CHECK, MEAN, CASE], ids=["empty", "check", "rounding", "case"])
def test_the_unclear_text_opens_it_and_the_clear_one_settles_it(rule: Added, one: Problem) -> None:
    if not any(rule.sentences(addition) for addition in additions(one)):
        assert isinstance(rule.modify(one, Random(0)), Refusal)
        return
    for seed in range(20):
        modified = rule.modify(one, Random(seed))
        assert isinstance(modified, Modified)
        assert modified.description == f"{one.description} {modified.changes[0].after}"
        assert modified.clear.startswith(one.description)
        settled = {sentence for addition in additions(one) for sentence in addition.settled}
        meant = {addition.meant for addition in additions(one)}
        stated = modified.clear.removeprefix(one.description).strip()
        assert stated in settled or any(words in stated for words in meant)


def test_an_example_with_the_empty_value_and_another_argument_shows_the_point() -> None:
    one = made("Put it in marks.", "def f(a, b='-'):\n    return a and b + a\n", signature="def f(a, b='-'):",
               calls={"f('')": "''", "f('', b='+')": "''", "f('x')": "'-x'"})  # fmt: skip
    empty = additions(one)[0]
    assert [record.example.call for record in recorded(one) if empty.neutral(record)] == ["f('x')"]


def test_a_guard_is_shown_by_the_calls_that_meet_it() -> None:
    one = GUARDED.model_copy(
        update={"solution": "def f(a):\n    if a < 1:\n        return 0\n    return a\n"}
    )
    one = one.model_copy(update={"examples": (*one.examples, Example(call="f(0)", result="0"))})
    (guard,) = (found for found in additions(one) if found.case)
    assert (guard.case, guard.meant, guard.other) == ("if `a` is less than 1", "return 0", "raise ValueError")
    assert [guard.neutral(record) for record in recorded(one)] == [True, False]


@pytest.mark.parametrize(
    "one",
    [
        made("Cut the line to a width.", "def f(a):\n    return a[:3]\n", calls={"f('abcdé')": "'abc'"}),
        made("Pass on what is no wrapper.", "def f(a):\n    return a\n", calls={"f(-3)": "-3", "f(4)": "4"}),
    ],
    ids=["letters cut off", "passed through"],
)
def test_what_only_seems_to_be_borne_out_is_no_point(one: Problem) -> None:
    assert not additions(one)
