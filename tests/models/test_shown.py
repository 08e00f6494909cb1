"""The examples of a request are found in every shape."""

import pytest

from models.shown import ShownExample, shown


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


def test_what_is_no_python_shows_nothing():
    assert shown(">>> ls here there\ntotal 0\n>>> f(1)\n2\n", "f") == (ShownExample("f(1)", "2"),)
