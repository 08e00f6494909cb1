"""The name of what is asked for: by its head, else by what drafts define and the text calls."""

from __future__ import annotations

import pytest

from assistant.decision.drafts.naming import name_of

TOTAL = "def total(prices):\n    return sum(prices)\n"


@pytest.mark.parametrize(
    ("text", "programs", "name"),
    [
        ("def late(days):\n    ...\n", [TOTAL], "late"),
        ("def helper(x): ...\n\ndef late(days): ...\n", [], "late"),
        ("Write total(prices), the sum of the prices.", [TOTAL], "total"),
        ("Write `total`, the sum of the prices.", [TOTAL], "total"),
        ("The total of all prices.", [TOTAL], None),
        ("A function late_fee for books.", ["def late_fee(days): ...\n", TOTAL], "late_fee"),
        ("box = Box(); box.total() -> 3", ["class Box: ...\n", TOTAL], "Box"),
        ("f(1), then g(2)", ["def g(x): ...\n", "def f(x): ...\ndef g(x): ...\n"], "g"),
        ("f(1), then g(2)", ["def g(x): ...\ndef f(x): ...\n"], "f"),
        ("Write total(prices).", ["no Python at all", ""], None),
    ],
)
def test_a_request_is_called_by_its_name(text: str, programs: list[str], name: str | None) -> None:
    assert name_of(text, programs) == name
