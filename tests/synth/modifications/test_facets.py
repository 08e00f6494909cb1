"""Which choices are found in a text, and which are left alone because something else settles them."""

import pytest

from synth.modifications.facets import facets
from synth.modifications.recorded import recorded
from synth.schema import Problem
from tests.synth.modifications.made import made
from tests.synth.problems import problem, problems

SORTS = "def f(a):\n    return sorted(a)\n"
LISTS = {"f([3, 1])": "[1, 3]", "f([])": "[]"}


def _found(one: Problem) -> list[tuple[str, str]]:
    return [(facet.kind, facet.span.text) for facet in facets(one)]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            made(
                "Keep words of more than 4 letters.", "def f(a):\n    return [w for w in a if len(w) > 4]\n"
            ),
            [("number", "4 letters")],
        ),
        (made("Return a in ascending order.", SORTS, calls=LISTS), [("order", "in ascending order")]),
        (
            made(
                "Put a in ascending order by hand.",
                "def f(a):\n    return a\n",
                calls={"f([2, 1, 3])": "[1, 2, 3]"},
            ),
            [("order", "in ascending order")],
        ),
        (
            made("Names, shortest first.", "def f(a):\n    return sorted(a, key=len)\n", calls=LISTS),
            [("order", "shortest first")],
        ),
        (
            made(
                "Join the words by a comma.",
                "def f(a):\n    return ','.join(a)\n",
                calls={"f(['a', 'b'])": "'a,b'"},
            ),
            [("mark", "a comma")],
        ),
        (
            made("Put a in lower case.", "def f(a):\n    return a.lower()\n"),
            [("letter-case", "in lower case")],
        ),
        (
            made("The word is padded on the left.", "def f(a):\n    return a.rjust(9)\n"),
            [("side", "on the left")],
        ),
        (made("The place, counted from 1.", "def f(a):\n    return 1\n"), [("index-base", "counted from 1")]),
        (made("The half, rounded down.", "def f(a):\n    return a // 2\n"), [("rounding", "rounded down")]),
        (made("How long it takes, in hours.", "def f(a):\n    return a / 60\n"), [("unit", "in hours")]),
        (made("Write the day in the form YYYY-MM-DD.", SORTS), [("date-form", "in the form YYYY-MM-DD")]),
        (made("Find the last occurrence of a."), [("contrast", "last occurrence of a")]),
        (made("Check whether a is a perfect square.", name="task"), [("predicate", "is a perfect square")]),
        (made("Convert a to camel case notation.", name="task"), [("target", "to camel case notation")]),
        (
            made(
                "Give back the lines that begin with a hash sign.",
                name="task",
                signature="def task(lines):",
            ),
            [("criterion", "that begin with a hash sign")],
        ),
        (made("Flatten the list recursively."), [("category", "recursively")]),
        (
            made("Gets the place of a, or -1 if it is missing.", "def f(a):\n    return -1\n"),
            [("fallback", "-1")],
        ),
    ],
    ids=lambda value: value.description if isinstance(value, Problem) else "",
)
def test_a_choice_is_found(one: Problem, expected: list[tuple[str, str]]) -> None:
    assert _found(one) == expected


@pytest.mark.parametrize(
    "one",
    [
        made("The length must be a power of two.", "def f(a):\n    return 2\n"),  # a notion, not a choice
        made("All powers of 2 up to a.", "def f(a):\n    return 2\n"),
        made("Numbers like these, starting with 0 and 1.", "def f(a):\n    return 0\n"),
        made("Letters of a zero-based place (A is 0)."),  # an example in words tells
        made("The average of the values in a."),  # no keys to mix them up with
        made("The similarity. a: code of the first word. b: code of the second word."),
        made("Whether all of the parts hold.", name="every_part"),  # its name tells
        made("The maximum of the exponents, the degree.", "def f(a):\n    return max(a)\n"),
        made("Remove trailing blanks or other signs."),
        made("A list of whitespace-trimmed texts."),
        made("Uses a queue to keep them in ascending order.", SORTS, calls=LISTS),  # how, not what
        made("Return a in ascending order.", SORTS, signature="def f(a, reverse=False):", calls=LISTS),
        made("A day has at least 24 hours.", "def f(a):\n    return a * 24\n"),  # a fact of the world
        made("Keep words of more than 4 letters.", SORTS),  # the solution knows no 4
        made(
            "Keep more than 4 words.", "def f(a, n=4):\n    return n\n", signature="def f(a, n=4):"
        ),  # a default
        made("Keep at most 4 words, so four.", "def f(a):\n    return a[:4]\n"),  # said twice
        made(
            "Skip the first 2 words: begin with the third.", "def f(a):\n    return a[2:]\n"
        ),  # told by an ordinal
        made("Keep at most 4 words.", "def f4(a):\n    return a[:4]\n", name="f4"),  # in the name
        made(
            "Return a in ascending order.", SORTS, calls={"f([])": "[]", "f([1])": "[1]"}
        ),  # no order to be seen
        made("Return a in ascending, never in descending, order.", SORTS, calls=LISTS),
        made(
            "Join by a comma.", "def f(a):\n    return a.split(',')\n", calls={"f('a,b')": "['a', 'b']"}
        ),  # input's form
        made("Pad it on the left, not on the right.", "def f(a):\n    return a.rjust(9)\n"),
        made("Find the last occurrence of a.", name="last_place"),  # in the name
        made("Find the first or the last occurrence of a."),
        made("Check whether a is a perfect square.", name="is_square"),  # in the name
        made("How long it takes, in hours."),  # the code converts nothing
        made("Gets the place of a, or -1 if it is missing."),  # the code knows no -1
        made("Note that this takes at least 3 seconds.", "def f(a):\n    return a[3]\n"),  # beside the point
    ],
    ids=lambda one: one.description,
)
def test_what_is_settled_elsewhere_is_no_choice(one: Problem) -> None:
    assert not _found(one)


def test_spans_fit_and_do_not_overlap() -> None:
    for one in problems():
        found = facets(one)
        for facet in found:
            assert one.description[facet.span.start : facet.span.end] == facet.span.text
            assert facet.vague or facet.missing or facet.either or facet.other_words, facet
            assert facet.meant.option not in [other.option for other in facet.others]
        assert not any(a.span.overlaps(b.span) for a in found for b in found if a is not b)


def test_neutral_examples_of_an_order_are_the_same_backwards() -> None:
    one = problem("overdue")
    order = next(facet for facet in facets(one) if facet.kind == "order")
    assert [order.neutral(record) for record in recorded(one)] == [
        "[]" in record.example.result or "," not in record.example.result for record in recorded(one)
    ]


def test_another_reading_of_a_number_has_its_code() -> None:
    number = next(facet for facet in facets(problem("overdue")) if facet.kind == "number")
    assert [
        (other.option, other.code is not None and other.option.split()[0] in other.code)
        for other in number.others
    ] == [
        ("56 days", True),
        ("14 days", True),
    ]
