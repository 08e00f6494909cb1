import pytest

from synth.corpus.shown import ShownExample, shown
from synth.sources.recording.records import Outcome


def calls(text: str, name: str = "f") -> list[tuple[str, str]]:
    return [(one.call, one.want) for one in shown(text, name)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('def f(x):\n    """Doubles.\n\n    >>> f(2)\n    4\n    """', [("f(2)", "4")]),
        ("# TODO f\n# >>> f(1)\n# 2\n", [("f(1)", "2")]),
        ("please write it.\nf([1, 2]) -> [2, 4]\nf([]) => []", [("f([1, 2])", "[2, 4]"), ("f([])", "[]")]),
        ("`f(3)` gives `6`, and f(0) is 0.", [("f(3)", "6"), ("f(0)", "0")]),
        ('f("a)") should be "aa", for instance', [('f("a)")', '"aa"')]),
        ("def f(x: int) -> int:", []),
        ("f(x) -> 5 for every x", []),
        ("f(90) is 5 minutes more", [("f(90)", "5")]),
        ("f(3) gives 2/3", []),
        ("def f(x):\n    return 55\n\nf(5) gives 55, f(6) should be 6", [("f(6)", "6")]),
        ("with off(3) -> 4", []),
        ("f(1) -> {'a': [1,\n   2]}", [("f(1)", "{'a': [1,\n   2]}")]),
    ],
)
def test_examples_are_found_in_every_shape(text, found):
    assert calls(text) == found


def test_a_session_carries_what_was_typed_before():
    session = """\
>>> box = Box()
>>> box.put(3)
>>> box.total()
3
>>> box.take(9)
Traceback (most recent call last):
ValueError
"""
    first, second = shown(session, "Box")
    assert first == ShownExample("box.total()", "3", None, ("box = Box()", "box.put(3)"))
    assert second.raises == "ValueError"
    assert "box.total()" in second.before


def test_what_is_printed_is_shown_without_quotes():
    (example,) = shown(">>> print(f(2))\na b\n", "f")
    assert example.call == "f(2)"
    assert example.holds(Outcome(value="'a b'", shown="'a b'", printed="a b"))


@pytest.mark.parametrize(
    ("want", "value", "holds"),
    [
        ("[1, 2]", "[1, 2]", True),
        ('"a"', "'a'", True),
        ("0.3", "0.30000000000000004", True),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}", False),
        ("'ex...ly'", "'exactly'", False),
        ("True", "1", False),
    ],
)
def test_a_result_is_compared_by_value_and_the_order_of_keys(want, value, holds):
    assert ShownExample("f()", want).holds(Outcome(value=value, shown=value)) is holds


def test_an_exception_is_no_value():
    assert not ShownExample("f()", "1").holds(Outcome(raises="ValueError"))
    assert ShownExample("f()", "", "ValueError").holds(Outcome(raises="ValueError"))
