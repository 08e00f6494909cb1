"""What is read from recorded calls and from code, and results that are wrong on purpose."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.modifications.recorded import (
    UNREADABLE,
    Recorded,
    evidence,
    is_trivial,
    literal,
    numbers_in,
    recorded,
    strings_in,
    with_constant,
)
from synth.modifications.types import hint, parameter_hints, result_hint
from synth.modifications.wrong_results import wrong_results
from synth.schema import Case, Example
from tests.synth.modifications.made import made

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-99, 99)
    | st.floats(-9, 9).map(lambda x: round(x, 2))
    | st.text("ab -,1A", max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("xyz", max_size=2), inner, max_size=3)
        | st.tuples(inner, inner)
    ),
    max_leaves=6,
)


def test_calls_are_read_with_positions_and_keywords() -> None:
    one = made("d", calls={"f([1, 2], 3)": "5", "list(f('a', key=None))": "['a']", "f(g())": "1"})
    first, second, third = recorded(one)
    assert (first.arguments, first.keywords, first.positional, first.value) == (([1, 2], 3), (), 2, 5)
    assert (second.arguments, second.keywords, second.value) == (("a", None), ("key",), ["a"])
    assert third.arguments == (UNREADABLE,)


def test_tests_are_recorded_too_but_not_errors_nor_lambdas() -> None:
    tests = (
        Case(expression="f(1)", expected="1"),
        Case(expression="f(-1)", expected="", raises="ValueError"),
        Case(expression="(lambda x: f(x))(2)", expected="2"),
        Case(expression=f"f({'9' * 120})", expected="1"),
    )
    assert [record.example.call for record in recorded(made("d", tests=tests, calls={"f(1)": "1"}))] == [
        "f(1)"
    ]


@pytest.mark.parametrize(
    ("call", "result", "trivial"),
    [("f([])", "[]", True), ("f('', 3)", "''", True), ("f(0)", "0", True), ("f({'a': 1}, {})", "{}", False),
     ("f([], 2)", "1", False), ("f([1])", "[]", False), ("f(x)", "0", False)],
)  # fmt: skip
def test_a_trivial_call_puts_nothing_in_and_gets_nothing_out(call: str, result: str, trivial: bool) -> None:
    (record,) = recorded(made("d", calls={call: result}))
    assert is_trivial(record) is trivial


def test_strings_and_numbers_are_found_at_any_depth() -> None:
    value = {"a": [1, ("b", 2.5)], "c": {True: None}}
    assert strings_in(value) == ["a", "b", "c"]
    assert numbers_in(value) == [1, 2.5]


def test_evidence_of_code() -> None:
    code = (
        'def f(a, n=7):\n    """Doc 9."""\n    if a < 3:\n        raise ValueError("no")\n'
        "    return None if n else [].append(3)\n"
    )
    held = evidence(code)
    assert held.constants == {"3": 2, "'no'": 1, "None": 1}
    assert (held.defaults, held.raises) == (frozenset({"7"}), frozenset({"ValueError"}))
    assert "None" in held.returns
    assert "append" in held.called
    assert not evidence("def (").constants


@pytest.mark.parametrize(
    ("code", "old", "new", "expected"),
    [
        ("def f(a):\n    return a > 9\n", 9, 4, "def f(a):\n    return a > 4\n"),
        ("def f(a):\n    return a > 9 or a < 9\n", 9, 4, None),
        ("def f(a):\n    return a[9:] or a[8]\n", 9, 4, None),
        ("def f(a, b=9):\n    return b\n", 9, 4, None),
        ("def f(a):\n    return 'é' + '-'.join(a)\n", "-", "_", "def f(a):\n    return 'é' + '_'.join(a)\n"),
        ("def f(a):\n    return a > 9\n", True, False, None),
    ],
)
def test_a_constant_is_replaced_only_where_it_stands_alone(
    code: str, old: object, new: object, expected: str | None
) -> None:
    assert with_constant(code, old, new) == expected


@given(VALUES, st.integers())
def test_wrong_results_have_the_type_and_not_the_value(value: object, seed: int) -> None:
    record = Recorded(Example(call="f()", result=repr(value)), (), (), 0, value)
    for wrong in wrong_results(record, Random(seed)):
        assert type(literal(wrong)) is type(value)
        assert literal(wrong) != value


@pytest.mark.parametrize(
    ("value", "some"), [(True, "False"), (4, "5"), ([1, 2], "[2, 1]"), ("ab", "'AB'"), ({"a": 1}, "{'a': 2}")]
)
def test_wrong_results_are_near(value: object, some: str) -> None:
    record = Recorded(Example(call="f()", result=repr(value)), (), (), 0, value)
    assert some in {wrong for seed in range(9) for wrong in wrong_results(record, Random(seed))}


@pytest.mark.parametrize("value", [None, "", [], {}, 1e300, "x" * 70, "a  b"])
def test_some_results_are_left_alone(value: object) -> None:
    record = Recorded(Example(call="f()", result=repr(value)), (), (), 0, value)
    assert wrong_results(record, Random(0)) == ()


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 2], "int"), ([1, 2.5], "float"), ([None, "a"], "str | None"), ([[], [1]], "list[int]"),
     ([[1], ["a"]], "list"), ([{"a": [1]}], "dict[str, list[int]]"), ([(1, "a")], "tuple[int, str]"),
     ([1, "a"], None), ([UNREADABLE], None), ([True], "bool"), ([[1, "a"]], "list")],
)  # fmt: skip
def test_hints_of_values(values: list[object], expected: str | None) -> None:
    assert hint(values) == expected


def test_hints_of_a_function() -> None:
    records = recorded(made("d", calls={"f('a', 1)": "[1]", "f('b', n=2)": "[]"}))
    assert parameter_hints(records, ("a", "n", "z")) == {"a": "str", "n": "int"}
    assert result_hint(records) == "list[int]"
