"""Points that a text leaves out: stated only where recorded results or the code bear them out."""

from random import Random

import pytest

from synth.modifications.additions import additions
from synth.modifications.base import Modified
from synth.modifications.recorded import recorded
from synth.modifications.rules.additions import AddedAlternative, AddedGap
from synth.schema import Problem
from tests.synth.modifications.made import made

SPLITS = "def f(a, b):\n    return a.split(b)\n"
DOUBLES = "def f(a):\n    return [x * 2 for x in a]\n"
CHECKS = {"f(2)": "True", "f(3)": "False"}
EMPTY = made("Double all of them.", DOUBLES, calls={"f([1])": "[2]", "f([])": "[]"})
CHECK = made("Check whether it is even.", "def f(a):\n    return a % 2 == 0\n", calls=CHECKS)
MEAN = made("Take the mean of both.", "def f(a, b):\n    return (a + b) / 2\n", signature="def f(a, b):",
            calls={"f(0.1, 0.223456789)": "0.1617283945", "f(1, 3)": "2.0"})  # fmt: skip
CASE = made("Cut a at each b.", SPLITS, signature="def f(a, b):", calls={"f('x-y', '-')": "['x', 'y']"})
NEW_LIST = "The list passed in stays as it is; the result is a new one."


@pytest.mark.parametrize(
    ("one", "settled"),
    [
        (EMPTY, ["For an empty list, return an empty list.", NEW_LIST]),
        (CHECK, ["If the check fails, return False."]),
        (MEAN, ["The result is not rounded."]),
        (CASE, ["Upper and lower case are told apart."]),
    ],
    ids=["empty", "check", "rounding", "case"],
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
        made("Pass it on.", "def f(a):\n    return a\n", calls={"f([2, 1])": "[2, 1]"}),
    ],
    ids=lambda one: one.description,
)
def test_what_the_text_says_or_nothing_bears_out_is_no_such_point(one: Problem) -> None:
    assert not list(additions(one))


def test_examples_that_show_the_point_are_not_neutral() -> None:
    (check,) = additions(CHECK)
    assert [check.neutral(record) for record in recorded(CHECK)] == [True, False]
    (mean,) = additions(MEAN)
    assert [mean.neutral(record) for record in recorded(MEAN)] == [False, True]


@pytest.mark.parametrize("rule", [AddedAlternative(), AddedGap()], ids=lambda rule: rule.name)
@pytest.mark.parametrize("one", [EMPTY, CHECK, MEAN, CASE], ids=["empty", "check", "rounding", "case"])
def test_the_unclear_text_opens_it_and_the_clear_one_settles_it(
    rule: AddedAlternative | AddedGap, one: Problem
) -> None:
    for seed in range(20):
        modified = rule.modify(one, Random(seed))
        assert isinstance(modified, Modified)
        assert modified.description == f"{one.description} {modified.changes[0].after}"
        assert modified.clear.startswith(one.description)
        settled = {sentence for addition in additions(one) for sentence in addition.settled}
        meant = {addition.meant for addition in additions(one)}
        stated = modified.clear.removeprefix(one.description).strip()
        assert stated in settled or any(words in stated for words in meant)
