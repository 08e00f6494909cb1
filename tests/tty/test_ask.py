"""`clarify ask` in a real terminal: questions, answers, the diff, and a file written only after a yes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stubs.openai import OpenAIStub
from tests.tty.terminal import Terminal, clarify

pytestmark = pytest.mark.tty

SHOP = 'def ship(order):\n    """Ship the order soon."""\n    ...\n'
ASKS = "1. By which carrier is the order shipped?\n2. How soon should `ship` act?"
CODE = '```python\ndef ship(order):\n    order["carrier"] = "bike"\n```'


@pytest.fixture
def stub() -> Iterator[OpenAIStub]:
    with OpenAIStub([ASKS, CODE], openings=[{"1": 0.8, "```": 0.1}]) as server:
        yield server


@contextmanager
def ask(stub: OpenAIStub, *arguments: str) -> Iterator[Terminal]:
    Path("shop.py").write_text(SHOP, encoding="utf-8")
    with clarify("ask", "shop.py", "--base-url", stub.url, "--model", "m", *arguments) as terminal:
        yield terminal


def test_questions_answers_diff_and_a_yes(stub: OpenAIStub) -> None:
    with ask(stub) as terminal:
        terminal.see(r"Question 1 of 2 \(shop.py:1\)")
        terminal.asked("1/2>")
        terminal.enter("by bike")
        terminal.asked("2/2>")
        terminal.enter(".")
        terminal.see("not answered: How soon should `ship` act")
        terminal.see(r"\+\+\+ b/shop.py")
        terminal.see(r"Write shop.py\? \[y/N\]")
        assert Path("shop.py").read_text(encoding="utf-8") == SHOP
        terminal.enter("y")
        assert terminal.end() == 0
    assert 'order["carrier"] = "bike"' in Path("shop.py").read_text(encoding="utf-8")
    assert "Answer: by bike" in stub.requests[-1].json["messages"][-1]["content"]


def test_no_is_the_default_and_writes_nothing() -> None:
    with OpenAIStub([CODE]) as stub, ask(stub, "--ask", "never") as terminal:
        terminal.see(r"Write shop.py\? \[y/N\]")
        terminal.enter("")
        assert terminal.end() == 0
    assert Path("shop.py").read_text(encoding="utf-8") == SHOP


def test_leaving_the_questions_open_exits_with_3(stub: OpenAIStub) -> None:
    with ask(stub) as terminal:
        terminal.asked("1/2>")
        terminal.type("\x04")
        terminal.see("shop.py:1 ship: ask")
        assert terminal.end() == 3
    assert Path("shop.py").read_text(encoding="utf-8") == SHOP
