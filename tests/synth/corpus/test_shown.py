import pytest

from models.shown import ShownExample, shown
from synth.corpus.shown import holds
from synth.sources.recording.records import Outcome


def test_what_is_printed_is_shown_without_quotes():
    (example,) = shown(">>> print(f(2))\na b\n", "f")
    assert example.call == "f(2)"
    assert holds(example, Outcome(value="'a b'", shown="'a b'", printed="a b"))


@pytest.mark.parametrize(
    ("want", "value", "expected"),
    [
        ("[1, 2]", "[1, 2]", True),
        ('"a"', "'a'", True),
        ("0.3", "0.30000000000000004", True),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}", False),
        ("'ex...ly'", "'exactly'", False),
        ("True", "1", False),
    ],
)
def test_a_result_is_compared_by_value_and_the_order_of_keys(want, value, expected):
    assert holds(ShownExample("f()", want), Outcome(value=value, shown=value)) is expected


def test_an_exception_is_no_value():
    assert not holds(ShownExample("f()", "1"), Outcome(raises="ValueError"))
    assert holds(ShownExample("f()", "", "ValueError"), Outcome(raises="ValueError"))
