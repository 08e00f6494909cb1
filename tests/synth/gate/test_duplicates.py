"""Near-duplicates between problems."""

from __future__ import annotations

import pytest

from synth.gate.duplicates import Duplicates
from tests.synth.gate.material import DESCRIPTION, a_problem

LONG_CODE = (
    "def {name}(values):\n"
    '    """{doc}"""\n'
    "    seen = {{}}\n"
    "    for place, value in enumerate(values):\n"
    "        seen.setdefault(value, []).append(place)\n"
    "    return {{value: places for value, places in seen.items() if len(places) > {least}}}\n"
)
OTHER = "Tell at which places each value of a list stands, for those that stand there more than once."


def coded(id_: str, name: str, description: str, doc: str = "", least: int = 1):
    return a_problem(
        id=id_, name=name, description=description, solution=LONG_CODE.format(name=name, doc=doc, least=least)
    )


def test_the_second_of_two_with_one_description_is_a_duplicate():
    check = Duplicates(0.8)
    assert check(a_problem(id="a")) is None
    reason = check(a_problem(id="b", name="label", description=DESCRIPTION.replace("jam.", "jam, please.")))
    assert reason is not None
    assert (reason.kind, reason.detail) == ("near-duplicate", "of a")


def test_an_alias_with_another_text_is_a_duplicate_by_its_code():
    check = Duplicates(0.8)
    assert check(coded("a", "spots", OTHER)) is None
    reason = check(coded("b", "positions", DESCRIPTION, doc="Another text."))
    assert reason is not None
    assert reason.detail == "of a"


def test_different_problems_are_none():
    check = Duplicates(0.8)
    assert check(a_problem(id="a")) is None
    assert check(coded("b", "spots", OTHER)) is None


def test_short_definitions_are_alike_by_chance():
    check = Duplicates(0.8)
    for number, text in enumerate((DESCRIPTION, OTHER)):
        code = "def f(text):\n    return text.translate(TABLE)\n"
        assert check(a_problem(id=str(number), name="f", description=text, solution=code)) is None


def test_helpers_that_two_functions_share_make_them_no_duplicates():
    helper = "".join(f"def helper{number}(x):\n    return [x, {number}, x]\n" for number in range(30))
    check = Duplicates(0.8)
    first = a_problem(id="a", solution=helper + "def jar_label(fruit, year):\n    return helper1(year)\n")
    second = a_problem(
        id="b",
        name="other",
        description=OTHER,
        solution=helper + LONG_CODE.format(name="other", doc="", least=1),
    )
    assert check(first) is None
    assert check(second) is None


def test_a_text_without_words_is_like_no_other():
    check = Duplicates(0.8)
    assert check(a_problem(id="a", description="???", solution="x = 1")) is None
    assert check(a_problem(id="b", description="!!!", solution="y = 2")) is None


def test_a_duplicate_is_not_compared_with():
    """Of a chain of small differences, what is far enough from the first one stays."""
    words = "red green blue white black grey pink brown lime teal navy gold plum rose sand".split()
    texts = [" ".join(["dark"] * step + words[step:]) for step in (0, 2, 4)]
    check = Duplicates(0.6)
    found = [
        check(a_problem(id=str(step), description=text, solution="pass")) for step, text in enumerate(texts)
    ]
    assert [reason and reason.detail for reason in found] == [None, "of 0", None]


@pytest.mark.parametrize("threshold", [0.7, 0.95])
def test_the_answer_is_the_same_every_time(threshold):
    problems = [coded(str(n), f"f{n}", f"{OTHER} {'more ' * n}", least=n % 3) for n in range(20)]
    assert len({tuple(map(Duplicates(threshold), problems)) for _ in range(3)}) == 1
