from __future__ import annotations

import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.sources.code.modules import Import
from synth.sources.docstrings.calls import Shown, arrows_of, calls_of, without_examples
from synth.sources.matching import holds, same
from synth.sources.recording.records import Outcome

ITEMGETTER = Import("operator", "itemgetter", "from operator import itemgetter")


def calls(docstring: str, entry: str = "f", **around: Import) -> list[tuple[str, str]]:
    found = calls_of(inspect.cleandoc(docstring), entry, "pkg", around)
    return [(one.call, one.want or one.raises or "") for one in found]


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        (">>> f(1)\n2\n", [("f(1)", "2")]),
        (">>> list(f('a'))\n['a']\n", [("list(f('a'))", "['a']")]),
        (">>> f([1,\n...    2])\n3\n", [("f([1, 2])", "3")]),
        (">>> x = [1]\n>>> f(x)\n[1]\n", [("f([1])", "[1]")]),
        (">>> x = [1]\n>>> y = f(x)\n>>> y\n[1]\n", [("f([1])", "[1]")]),
        (">>> import pkg\n>>> pkg.f(1)\n2\n", [("f(1)", "2")]),
        (">>> from pkg.sub import f as g\n>>> g(1)\n2\n", [("f(1)", "2")]),
        (">>> _.f(1)\n2\n", [("f(1)", "2")]),
        (">>> def even(x): return x % 2 == 0\n>>> f(even)\n1\n", [("f(lambda x: x % 2 == 0)", "1")]),
        (">>> print(f(1))\nabc\n", [("f(1)", "abc")]),
        (">>> for item in f('ab'):\n...     print(item)\na\nb\n", [("list(f('ab'))", "a\nb")]),
        (
            ">>> f(0)\nTraceback (most recent call last):\n  ...\npkg.ValueError: no\n",
            [("f(0)", "ValueError")],
        ),
        (">>> f(1)  # doctest: +SKIP\n2\n", []),
        (">>> f(1)\n", []),
        (">>> g(1)\n2\n", []),
        (">>> f(unknown)\n2\n", []),
        (">>> x = [1]\n>>> x.append(2)\n>>> f(x)\n3\n", []),
        (">>> f(random.random())\n3\n", []),
        (">>> f(1)\n2\n```\n", [("f(1)", "2")]),
    ],
)
def test_each_example_stands_alone(session: str, expected: list[tuple[str, str]]) -> None:
    assert calls("Text.\n\n" + session) == expected


def test_what_an_example_imports_is_told() -> None:
    session = ">>> from operator import itemgetter\n>>> f(itemgetter(1))\n2\n"
    (shown,) = calls_of(session, "f", "pkg", {})
    assert shown.imports == (ITEMGETTER,)
    (by_module,) = calls_of(">>> f(itemgetter(1))\n2\n", "f", "pkg", {"itemgetter": ITEMGETTER})
    assert by_module.imports == (ITEMGETTER,)


@settings(deadline=None)
@given(st.text())
def test_no_docstring_breaks_the_reader(text: str) -> None:
    calls_of(text, "f", "pkg", {})
    calls_of(f">>> f({text})\n{text}", "f", "pkg", {})
    arrows_of(text, "f")
    without_examples(text, "f")


def test_arrows_are_read_and_taken_out() -> None:
    text = "Double it.\n\nExamples:\n    f(2) -> 4\n    * `f([1]) == [1, 1]`\n    f(x) -> y\n\nThat is all."
    assert arrows_of(text, "f") == [Shown("f(2)", "4"), Shown("f([1])", "[1, 1]")]
    bare = without_examples("Double it.\n\nExample:\n>>> f(1)\n2\n\nf(2) ==> 4\n", "f")
    assert bare == "Double it."
    sentence = "f(x) returns twice the number.\n\nNothing else."
    assert without_examples(sentence, "f") == sentence


@pytest.mark.parametrize(
    ("shown", "outcome", "met"),
    [
        (Shown("f()", "{'a': 1, 'b': 2}"), Outcome(value="{'b': 2, 'a': 1}", shown="{'b': 2, 'a': 1}"), True),
        (Shown("f()", "0.1"), Outcome(value="0.10000000000000003", shown="0.10000000000000003"), True),
        (Shown("f()", "1"), Outcome(value="True", shown="True"), False),
        (Shown("f()", "[1, ..., 9]"), Outcome(value="[1, 5, 9]", shown="[1, 5, 9]"), True),
        (Shown("f()", "abc", "printed"), Outcome(value="'abc'", shown="'abc'", printed="abc"), True),
        (Shown("f()", "abc"), Outcome(value="'abc'", shown="'abc'", printed="abc"), False),
        (Shown("f()", "1\n(2, 3)", "lines"), Outcome(value="[1, (2, 3)]", shown="[1, (2, 3)]"), True),
        (Shown("f()", "1\n2", "lines"), Outcome(value="[1]", shown="[1]"), False),
        (Shown("f()", "", raises="KeyError"), Outcome(raises="KeyError"), True),
        (Shown("f()", "", raises="KeyError"), Outcome(raises="ValueError"), False),
        (Shown("f()", "1"), Outcome(raises="ValueError"), False),
    ],
)
def test_whether_an_example_holds(shown: Shown, outcome: Outcome, met: bool) -> None:
    assert holds(shown, outcome) is met


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(values, values)
def test_two_literals_are_the_same_when_values_and_types_are(one: object, other: object) -> None:
    assert same(repr(one), repr(one))
    if same(repr(one), repr(other)):
        assert one == other
        assert type(one) is type(other)
