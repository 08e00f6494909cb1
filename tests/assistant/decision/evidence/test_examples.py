"""Drafts against the examples of the request: what contradicts, how strongly, and in which words."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decision.drafts.writing import Drafting
from assistant.decision.effort import Plan
from assistant.decision.evidence.examples import Examples, contradiction, meets, most_contradicted
from assistant.decision.outcome import Finding
from assistant.decision.request import Request
from models.backends.base import Message, Prompt
from models.backends.scripted import ScriptedBackend
from models.sandbox.observation import Observation
from models.sandbox.runner import open_sandbox
from models.shown import ShownExample

STUB = '''def total(prices):
    """The sum of the prices.

    >>> total([4])
    4
    >>> total([1, 2])
    %s
    """
'''
BOX = """class Box:
    '''Holds a number.

    >>> box = Box()
    >>> box.put(3)
    >>> box.n
    4
    '''
"""
PROMPT = Prompt((Message("user", "total"),))
SUM = "```python\ndef total(prices):\n    return sum(prices)\n"
ONE = "```python\ndef total(prices):\n    return max(prices)\n"
NOTHING = "```python\ndef total(prices):\n    pass\n"
LACKING = "```python\ndef total(prices):\n    return Basket(prices).total()\n"
BROKEN = "```python\nthis is no Python\n"


def _look(text: str, replies: list[str]) -> Finding | None:
    drafting = Drafting(Plan((), len(replies)), open_sandbox)
    return Examples(drafting).look(Request(text, language="python"), PROMPT, ScriptedBackend(replies))


def test_an_example_that_no_draft_meets_contradicts_the_text() -> None:
    found = _look(STUB % 4, [SUM, SUM, SUM])
    assert found is not None
    assert found.value == pytest.approx(3 / 5)
    assert found.reason == "3 of 3 drafts give 3 for total([1, 2]), the request says 4"


def test_examples_that_all_drafts_meet_say_nothing_against_it() -> None:
    found = _look(STUB % 3, [SUM, SUM])
    assert found is not None
    assert (found.value, found.reason) == (0.0, "drafts meet the examples that the request shows")


def test_one_draft_that_meets_an_example_speaks_for_it() -> None:
    split, none = _look(STUB % 3, [SUM, ONE]), _look(STUB % 3, [ONE, ONE])
    assert split is not None
    assert none is not None
    assert 0.0 < split.value < none.value
    assert split.reason == "1 of 2 drafts give 2 for total([1, 2]), the request says 3"


def test_drafts_that_meet_no_example_are_trusted_less() -> None:
    useless, capable = _look(STUB % 4, [NOTHING]), _look(STUB % 4, [SUM])
    assert useless is not None
    assert capable is not None
    assert useless.value < capable.value


@pytest.mark.parametrize(
    ("text", "replies"),
    [
        ("def total(prices):\n    ...\n", [SUM]),  # shows none
        ("Add up the prices.", [SUM]),
        (STUB % 3, [BROKEN, BROKEN]),
        (STUB % 3, [LACKING]),  # it names what only the file around it has
    ],
)
def test_without_examples_or_drafts_that_run_there_is_no_finding(text: str, replies: list[str]) -> None:
    assert _look(text, replies) is None


def test_a_request_that_shows_none_costs_no_draft() -> None:
    backend = ScriptedBackend([SUM])
    request = Request("def total(prices):\n    ...\n", language="python")
    assert Examples(Drafting(Plan((), 1), open_sandbox)).look(request, PROMPT, backend) is None
    assert backend.prompts == []


def test_examples_behind_arrows_and_in_sessions_count_as_well() -> None:
    arrow = _look("Write total(prices), the sum: total([1, 2]) -> 4, total([4]) -> 4", [SUM])
    assert arrow is not None
    assert arrow.value == pytest.approx(3 / 5)
    session = _look(BOX, [f"```python\n{BOX}    def put(self, n):\n        self.n = n\n"])
    assert session is not None
    assert session.reason == "1 of 1 drafts give 3 for box.n, the request says 4"


def test_an_exception_that_is_shown_and_one_that_is_not() -> None:
    text = "def first(items):\n    '''\n    >>> first([7])\n    7\n    >>> first([])\n    %s\n    '''\n"
    draft = "```python\ndef first(items):\n    return items[0]\n"
    raising = "Traceback (most recent call last):\n    IndexError"
    met, not_met = _look(text % raising, [draft]), _look(text % "0", [draft])
    assert met is not None
    assert met.value == 0.0
    assert not_met is not None
    assert not_met.reason == "1 of 1 drafts raise IndexError for first([]), the request says 0"


VALUE = Observation("value", value=(1, 2), shown="(1, 2)")
HELLO = Observation("value", value=None, shown="None", printed="hello\n")


@pytest.mark.parametrize(
    ("example", "seen", "expected"),
    [
        (ShownExample("f()", "(1, 2)"), VALUE, True),
        (ShownExample("f()", "[1, 2.0]"), VALUE, True),  # of another form, not of another value
        (ShownExample("f()", "(2, 1)"), VALUE, False),
        (ShownExample("f()", "hello"), HELLO, True),
        (ShownExample("f()", "hello", printed=True), HELLO, True),
        (ShownExample("f()", "bye"), HELLO, False),
        (ShownExample("f()", "Point(1, 2)"), Observation("value", shown="Point(1,  2)"), True),
        (ShownExample("f()", "Point(1, 2)"), Observation("value", shown="Point(2, 1)"), False),
        (ShownExample("f()", "1"), Observation("timeout"), False),
        (ShownExample("f()", "", "ValueError"), Observation("raised", error=("ValueError",)), True),
        (ShownExample("f()", "", "ValueError"), VALUE, False),
    ],
)
def test_what_is_shown_is_met_by_value_or_by_its_look(
    example: ShownExample, seen: Observation, expected: bool
) -> None:
    assert meets(example, seen) is expected


MET = st.integers(1, 5).flatmap(
    lambda examples: st.lists(
        st.lists(st.booleans(), min_size=examples, max_size=examples), min_size=1, max_size=6
    )
)


@given(MET)
def test_the_value_is_a_share_and_zero_only_where_all_meet_all(met: list[list[bool]]) -> None:
    value = contradiction(met)
    assert 0.0 <= value < 1.0
    assert (value == 0.0) == all(all(one) for one in met)
    assert value == 0.0 or not all(one[most_contradicted(met)] for one in met)


@given(MET)
def test_a_further_example_that_all_fail_never_lowers_the_value(met: list[list[bool]]) -> None:
    assert contradiction([[*one, False] for one in met]) >= contradiction(met)


@given(MET, st.data())
def test_a_further_example_never_lowers_the_value(met: list[list[bool]], data: st.DataObject) -> None:
    more = data.draw(st.lists(st.booleans(), min_size=len(met), max_size=len(met)))
    wider = [[*one, added] for one, added in zip(met, more, strict=True)]
    assert contradiction(wider) >= contradiction(met)


@given(MET, st.integers(0, 99))
def test_the_order_of_drafts_does_not_matter(met: list[list[bool]], seed: int) -> None:
    shuffled = random.Random(seed).sample(met, len(met))
    assert contradiction(shuffled) == contradiction(met)
