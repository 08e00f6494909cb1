"""Plain values: what the harness writes is what the judge reads, and nothing else is read."""

from __future__ import annotations

import collections
import datetime
import enum
import json
import math
from collections import deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sandbox import harness
from models.sandbox.plain import Comparison, NotPlain, Opaque, decode, literal, source

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters())
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
)
HASHABLE = SCALARS.filter(lambda value: value == value)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.lists(inner).map(deque)
        | st.sets(HASHABLE)
        | st.frozensets(HASHABLE)
        | st.dictionaries(HASHABLE, inner)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_the_expression_of_a_value_gives_the_value(value: object) -> None:
    got = eval(source(value), {})
    assert repr(got) == repr(value) or Comparison().equal(value, got)
    assert type(got) is type(value)


def test_there_is_no_expression_for_what_is_not_plain() -> None:
    for value in ([Opaque("a.B", "B()")], 10**5000):
        with pytest.raises(NotPlain):
            source(value)


def through(value: object) -> Any:
    return decode(json.loads(json.dumps(harness.encoded(value))))


@given(VALUES)
def test_a_value_arrives_as_it_was_sent(value: object) -> None:
    got = through(value)
    assert repr(got) == repr(value) or Comparison().equal(value, got)
    assert type(got) is type(value)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text() | st.floats(), st.lists, max_leaves=20)
)
def test_whatever_comes_is_read_or_refused(data: object) -> None:
    try:
        decode(json.loads(json.dumps(data)))
    except NotPlain:
        pass


@pytest.mark.parametrize(
    "data",
    [
        ["i", "zz"],
        ["i", 3],
        ["f", "0x1p99999"],
        ["R", ["0x1", "0x0"]],
        ["d", [[["l", []], None]]],
        ["S", [["l", []]]],
        ["r", ["0x0", "0x1", "0x0"]],
        ["timedelta", [10**30, 0, 0]],
        ["o", [1, 2]],
        ["s", 5],
        ["D", "many"],
        ["unknown", 1],
        [],
        {},
        17,
        "text",
    ],
)
def test_a_reply_of_another_form_is_refused(data: object) -> None:
    with pytest.raises(NotPlain):
        decode(data)


def test_a_nest_without_an_end_is_refused() -> None:
    data: Any = None
    for _ in range(100_000):
        data = ["l", [data]]
    with pytest.raises(NotPlain):
        decode(data)
    while data is not None:  # Python's own clean-up goes down too
        data = data[1][0]


class Liar(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__

    def __index__(self) -> int:
        return 99

    def __repr__(self) -> str:
        return "7"


class Colour(enum.IntEnum):
    RED = 3


def test_a_subclass_arrives_as_what_it_is_underneath() -> None:
    assert through(Liar(4)) == 4
    assert type(through(Liar(4))) is int
    assert through(Colour.RED) == 3
    assert through(collections.Counter("aab")) == {"a": 2, "b": 1}
    assert through(collections.namedtuple("P", "x y")(1, 2)) == (1, 2)


def test_an_object_arrives_as_its_text_and_equals_nothing() -> None:
    class Anything:
        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "anything"

    got = through(Anything())
    assert isinstance(got, Opaque)
    assert got.text == "anything"
    assert not Comparison().equal(1, got)
    assert not Comparison().equal(got, got)
    assert not Comparison().equal([1], through([Anything()]))


def test_a_value_that_contains_itself_arrives_as_text() -> None:
    maze: list[object] = []
    maze.append(maze)
    assert through(maze) == Opaque("builtins.list", "[[...]]")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1, (2.5, 'x'), {3: None}]", [1, (2.5, "x"), {3: None}]),
        ("set()", set()),
        ("frozenset({1})", frozenset({1})),
        ("Decimal('1.50')", Decimal("1.50")),
        ("Fraction(1, 3)", Fraction(1, 3)),
        ("-inf", -math.inf),
        ("[float('inf')]", [math.inf]),
        ("deque([1])", deque([1])),
        ("range(0, 3)", range(3)),
        ("1 + 2j", 1 + 2j),
        ("-3", -3),
        ("b'x'", b"x"),
    ],
)
def test_a_literal_is_read(text: str, value: object) -> None:
    assert literal(text) == value


@pytest.mark.parametrize(
    "text",
    ["f(1)", "open('x')", "[x for x in (1,)]", "", "1 +", "(" * 500, "{[]: 1}", "__import__('os')", "{**{}}"],
)
def test_what_is_no_literal_is_refused(text: str) -> None:
    with pytest.raises(NotPlain):
        literal(text)


@given(VALUES)
def test_a_value_equals_itself(value: object) -> None:
    assert Comparison().equal(value, value)
    assert Comparison(tolerance=1e-9, any_order=True, tuple_is_list=True).equal(value, value)


def test_types_differ_as_in_python() -> None:
    equal = Comparison().equal
    assert equal(1, True)
    assert equal(1, 1.0)
    assert equal({1}, frozenset({1}))
    assert not equal([1], (1,))
    assert not equal("1", 1)
    assert not equal(b"a", "a")
    assert not equal(None, 0)
    assert not equal(datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1))  # noqa: DTZ001
    assert Comparison(tuple_is_list=True).equal([1, [2]], (1, (2,)))


def test_tolerance_holds_at_every_depth() -> None:
    close = Comparison(tolerance=1e-6).equal
    assert close({"a": [1.0, (2.0,)]}, {"a": [1.0 + 1e-8, (2.0 - 1e-8,)]})
    assert close({0.1 + 0.2}, {0.3})
    assert close(Decimal("0.3"), 0.1 + 0.2)
    assert close(1 + 1j, 1 + 1.0000001j)
    assert not close(1.0, 1.001)
    assert not close(10**400, 1.0)
    assert not Comparison().equal(0.3, 0.1 + 0.2)


def test_another_order_counts_for_the_outermost_list_only() -> None:
    loose = Comparison(any_order=True).equal
    assert loose([1, [2, 3]], [[2, 3], 1])
    assert not loose([1, [2, 3]], [[3, 2], 1])
    assert not loose([1, 1, 2], [1, 2, 2])
    assert not loose([1, 2], (2, 1))


def test_a_signalling_nan_equals_nothing() -> None:
    assert not Comparison().equal(Decimal("sNaN"), Decimal("1"))
