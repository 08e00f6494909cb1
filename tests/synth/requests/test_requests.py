"""Requests in every shape: well-formed, complete, and the same looks for twins."""

import ast
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from synth.requests.dress import dress
from synth.requests.prose import breaks_off, careless, docstring, wrapped
from synth.requests.rename import rename, rename_in_text
from synth.requests.render import render
from synth.requests.style import Style, draw_style
from synth.requests.sufficiency import fewest_examples, lacks
from synth.schema import Problem
from tests.synth.modifications.made import made
from tests.synth.problems import problem, problems

STYLE = Style(
    name="overdue", shape="stub", examples=2, example_form="doctest", docstring="plain", hints=True,
    quotes='"""', first_line=True, width=79, care="careful", aside="", owner="Desk", voice=7,
)  # fmt: skip


def _flat(text: str) -> str:
    return " ".join(text.replace("#", " ").replace("\\", "").split()).casefold()


def test_a_stub_looks_like_this() -> None:
    one = problem("overdue")
    assert render(dress(one, STYLE), STYLE) == (
        "def overdue(loans: dict[str, int], today: int) -> list[str]:\n"
        '    """Tell which books are overdue. loans maps a title to the day on which it\n'
        "    was lent, a day number. A book is overdue when it was lent more than 28\n"
        "    days before today. Return the titles, those lent earliest first; titles\n"
        "    lent on the same day are sorted alphabetically.\n"
        "\n"
        "    >>> overdue({'Emma': 1, 'Dune': 40}, 45)\n"
        "    ['Emma']\n"
        "    >>> overdue({'Emma': 10}, 20)\n"
        "    []\n"
        '    """\n'
    )


@pytest.mark.parametrize("seed", range(4))
def test_every_request_holds_its_description_name_and_examples(seed: int) -> None:
    for one in problems():
        style = draw_style(one, Random(f"{one.id}{seed}"))
        dressed = dress(one, style)
        text = render(dressed, style)
        shown = dressed.examples[: style.examples]
        description = _flat(dressed.description).rstrip(".")
        assert description in _flat(text)
        assert all(_flat(example.call) in _flat(text) for example in shown)
        assert style.name.casefold() in text.casefold()
        if style.shape in {"stub", "class", "module", "todo"}:
            ast.parse(text)
        if style.shape in {"stub", "module"} or (style.shape == "class" and one.shape != "class"):
            assert all(
                len(line) <= style.width + 24
                for line in text.splitlines()
                if not line.lstrip().startswith((">>>", dressed.name, "[", "{", "(")) and "(" not in line
            )


@pytest.mark.parametrize("seed", range(3))
def test_a_dressed_problem_still_passes_its_tests(seed: int) -> None:
    for one in problems():
        dressed = dress(one, draw_style(one, Random(f"{seed}{one.id}")))
        space: dict[str, object] = {"__name__": "fixture"}
        exec(dressed.solution, space)  # our own code
        for example in dressed.examples:
            assert repr(eval(example.call, space)) == example.result
        for case in dressed.tests:
            if case.raises is None:
                assert repr(eval(case.expression, space)) == case.expected


def test_styles_are_varied_and_a_seed_gives_one_style() -> None:
    one = problem("shelf_label")
    styles = [draw_style(one, Random(seed)) for seed in range(400)]
    assert styles[3] == draw_style(one, Random(3))
    assert {style.shape for style in styles} == {"stub", "chat", "todo", "module", "bug", "class", "script"}
    assert {style.examples for style in styles} == set(range(6))
    assert {style.docstring for style in styles} == {"plain", "google", "sphinx", "numpy"}
    names = Counter(style.name for style in styles)
    assert names["shelf_label"] > 100
    assert names["candidate"]
    assert names["my_shelf_label"]


@pytest.mark.parametrize("name", ["TicketQueue", "total", "connection", "keep", "summary", "crew_order"])
def test_a_problem_in_a_shape_of_its_own_keeps_it(name: str) -> None:
    one = problem(name)
    assert {draw_style(one, Random(seed)).shape for seed in range(20)} == {one.shape}


def test_an_edited_text_is_wrapped_anew() -> None:
    one = dress(problem("overdue"), STYLE)
    text = render(one, STYLE, description=one.description.replace("more than 28 days", "too long"))
    assert "too long before today. Return" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= STYLE.width


def test_only_description_and_examples_may_differ_between_twins() -> None:
    for one in problems():
        style = draw_style(one, Random(one.id))
        dressed = dress(one, style)
        first, second = (
            render(dressed, style, description=text, examples=()) for text in ("Alpha beta.", "Omega iota.")
        )
        assert _flat(first).replace("alpha beta", "omega iota") == _flat(second)


def test_a_text_that_breaks_off_is_followed_by_nothing() -> None:
    one = dress(problem("overdue"), STYLE)
    style = replace(STYLE, aside="No hurry.", shape="chat", voice=1)
    text = render(one, style, description="Sort the titles by", examples=())
    assert text.rstrip().endswith("Sort the titles by")
    assert "No hurry." in text
    assert breaks_off("Sort the titles by ...")
    assert not breaks_off("Sort the titles.")


def test_hints_are_the_given_or_the_inferred_ones() -> None:
    bare = problem("trimmed_mean")
    assert (
        dress(bare, replace(STYLE, name=bare.name)).signature
        == "def trimmed_mean(values: list[int]) -> float | None:"
    )
    foreign = bare.model_copy(update={"signature": "def trimmed_mean(values: t.Sequence[T]) -> t.Any:"})
    assert (
        dress(foreign, replace(STYLE, name=bare.name)).signature
        == "def trimmed_mean(values: list[int]) -> float | None:"
    )
    assert (
        dress(foreign, replace(STYLE, name=bare.name, hints=False)).signature == "def trimmed_mean(values):"
    )


def test_a_function_in_a_class_is_called_through_it() -> None:
    one = dress(problem("overdue"), replace(STYLE, shape="class", name="tardy"))
    assert one.examples[0].call.startswith("Desk.tardy(")
    assert one.solution.startswith("class Desk:\n    @staticmethod\n    def tardy(")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("f(f(1), f=2).f", "g(g(1), f=2).f"),
        ("def f(a, f=1):\n    return f\n", "def g(a, f=1):\n    return g\n"),
        ("'f' + f", "'f' + g"),
        ("def f(", "def f("),
    ],
)
def test_renaming_in_code(code: str, expected: str) -> None:
    assert rename(code, "f", "g") == expected


def test_renaming_in_text_leaves_ordinary_words() -> None:
    assert (
        rename_in_text("turn(grid) turns; `turn` and turn left", "turn", "f")
        == "f(grid) turns; `f` and turn left"
    )
    assert rename_in_text("call my_turn now", "my_turn", "f") == "call f now"


def test_docstrings_are_raw_and_quoted_as_needed() -> None:
    assert docstring(["a \\n b"], STYLE) == '    r"""a \\n b"""'
    assert docstring(['say """hi"""', "b"], STYLE).startswith("    '''say")
    assert docstring(['ends in "quotes"'], STYLE).splitlines()[-1] == '    """'
    for lines in (["a"], ["a", "", "b"], ['"a"'], ["\\"]):
        ast.parse(docstring(lines, STYLE, ""))


def test_lists_keep_their_lines() -> None:
    assert wrapped("- one two three four five six\n- seven", 24) == [
        "- one two three four",
        "  five six",
        "- seven",
    ]


def test_sloppy_text_loses_capitals_but_not_names() -> None:
    sloppy = replace(STYLE, care="sloppy")
    assert careless("Take it. None stays. ABC too.", sloppy) == "take it. None stays. ABC too"
    assert careless("Take it.", replace(STYLE, care="casual")) == "Take it"


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (made("This method is like the other one but it works from right to left."), "leans"),
        (made("Sort it."), "too short"),
        (made("Return the sum of all the numbers:: as shown"), "leftovers"),
        (made("Return the sum of the numbers, as in the table below:"), "announces"),
        (made("Return the sum of a and of some other thing.", signature="def f(a, weird):"), "weird"),
        (
            made("Return the last thing in a, or the default.", signature="def f(a, default=_marker):"),
            "private",
        ),
    ],
)
def test_a_text_that_lacks_something_is_refused(one: Problem, reason: str) -> None:
    assert reason in (lacks(one) or "")


def test_the_fixture_problems_lack_nothing() -> None:
    assert [one.name for one in problems() if lacks(one)] == []
    assert fewest_examples(problem("overdue")) == 0
    assert (
        fewest_examples(
            made("Return the next letter of it.", signature="def f(char):", calls={"f('a')": "'b'"})
        )
        == 1
    )


def test_a_hint_comes_only_from_calls_that_are_the_entry_points_own() -> None:
    code = "def f(a):\n    return lambda b: a + b\n"
    one = made("Return a function that adds a to its argument.", code, calls={"f(1)(2)": "3"})
    for seed in range(20):
        style = replace(draw_style(one, Random(seed)), hints=True)
        assert "->" not in dress(one, style).signature


def test_a_drawn_name_is_one_that_python_takes() -> None:
    one = made("Say whether a is 1, as a number.", "def is_1(a):\n    return a == 1\n", name="is_1",
               signature="def is_1(a):", calls={"is_1(1)": "True"})  # fmt: skip
    assert all(draw_style(one, Random(seed)).name.isidentifier() for seed in range(200))
