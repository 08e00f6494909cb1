"""`clarify chat` as people see it: the real program in a real terminal, over a stub server or the model."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stubs.http import Stall
from tests.stubs.openai import OpenAIStub
from tests.tty.terminal import PROMPT, Terminal, clarify, pexpect

pytestmark = pytest.mark.tty

SHOP = "import math\n\n\ndef total(items):\n    return 0\n\n\ndef keep():\n    return 1\n"
ASKS = "1. Sort the items by which field?\n   - due date\n   - amount\n2. Which items are late?\n"
CODES = "```python\ndef total(items):\n    # Assumption: unpaid ones are late\n    return sum(items)\n```"
REQUEST = "Sort the items and total the late ones."


@contextmanager
def chat(*arguments: str, columns: int = 100, **environment: str) -> Iterator[Terminal]:
    with clarify("chat", *arguments, columns=columns, **environment) as terminal:
        yield terminal


def at(stub: OpenAIStub) -> tuple[str, ...]:
    return ("--base-url", stub.url, "--model", "stub")


def test_ask_answer_code_diff_apply_undo() -> None:
    shop = Path("shop.py")
    shop.write_text(SHOP, encoding="utf-8")
    with OpenAIStub([ASKS, CODES], openings=[{"1": 0.8, "```": 0.1}]) as stub, chat(*at(stub)) as terminal:
        terminal.prompt()
        terminal.enter("/add shop.py")
        terminal.see("added: shop.py")
        terminal.prompt()
        terminal.enter(REQUEST)
        terminal.see("p_ask 0.89")
        terminal.see("not calibrated")
        shown = terminal.asked("1/2>")
        assert "Question 1 of 2" in shown
        assert "due date" in shown
        terminal.enter("2")
        terminal.see("→ amount")
        terminal.asked("2/2>")
        terminal.enter("?")
        terminal.see("p_ask 0.89, threshold 0.50")
        terminal.asked("2/2>")
        terminal.enter(".")
        terminal.see("assumption: not answered: Which items are late")
        terminal.see("assumption: unpaid ones are late")
        terminal.prompt()
        terminal.enter("/diff")
        terminal.see(r"\+++ b/shop.py")
        terminal.prompt()
        assert shop.read_text(encoding="utf-8") == SHOP
        terminal.enter("/apply")
        terminal.see(r"change shop.py\? \[y/N\]")
        terminal.prompt()
        terminal.enter("yes")
        terminal.see(r"wrote shop.py \(\+2 -1\)")
        terminal.prompt()
        written = shop.read_text(encoding="utf-8")
        assert "return sum(items)" in written
        assert "def keep():" in written
        terminal.enter("/undo")
        terminal.see("restored shop.py")
        terminal.prompt()
        assert shop.read_text(encoding="utf-8") == SHOP
        terminal.leave()
        last = stub.requests[-1].json["messages"]
    assert "Answer: amount" in last[-1]["content"]
    assert "def keep():" in last[1]["content"]


def test_a_kill_loses_nothing_and_resume_goes_on_with_the_question() -> None:
    with OpenAIStub([ASKS]) as stub, chat(*at(stub), "--ask", "always") as terminal:
        terminal.prompt()
        terminal.enter(REQUEST)
        terminal.asked("1/2>")
        terminal.enter("amount")
        terminal.asked("2/2>")
        terminal.child.kill(signal.SIGKILL)
        terminal.child.wait()
    with OpenAIStub([CODES]) as stub, chat("--resume", "--base-url", stub.url, "--model", "stub") as terminal:
        terminal.see("session .*: 1 turn")
        shown = terminal.see("Question 2 of 2")
        assert "amount" in shown
        terminal.asked("2/2>")
        terminal.enter("unpaid ones")
        terminal.see("assumption: unpaid ones are late")
        terminal.prompt()
        terminal.enter("/ask")
        terminal.see("ask: always")
        terminal.prompt()
        terminal.leave()
        assert "Answer: unpaid ones" in stub.requests[-1].json["messages"][-1]["content"]


def test_ctrl_c_stops_a_reply_and_keeps_it() -> None:
    cut = Stall("```python\nfirst = 1\nsecond = 2\nthird")
    with OpenAIStub([cut, CODES]) as stub, chat(*at(stub), "--ask", "never") as terminal:
        terminal.prompt()
        terminal.enter(REQUEST)
        terminal.see("second")
        assert stub.stalled.wait(10)
        terminal.type("keys typed meanwhile are not shown")
        terminal.child.sendintr()
        assert "meanwhile" not in terminal.see("stopped; what came is kept")
        terminal.prompt()
        terminal.type("\x03")  # what was typed meanwhile is a line to clear now
        terminal.enter("/diff a.py")
        terminal.see("the last request has no whole code")
        terminal.prompt()
        terminal.enter("/code")
        terminal.see("assumption: unpaid ones")
        terminal.prompt()
        terminal.leave()
        assert len(stub.requests) == 2
    saved = next(Path(os.environ["CLARIFY_HOME"], "state", "sessions").glob("*.jsonl")).read_text(
        encoding="utf-8"
    )
    assert '"reason":"stopped"' in saved
    assert "second = 2" in saved


def test_ctrl_c_at_the_prompt_clears_and_a_paste_waits_for_enter() -> None:
    with OpenAIStub([CODES]) as stub, chat(*at(stub), "--ask", "never") as terminal:
        terminal.prompt()
        terminal.type("half a th")
        terminal.see("half a th")
        terminal.child.sendintr()
        terminal.type("\x1b[200~one\r\ntwo\r\n\x1b[201~three")
        terminal.see("three")
        terminal.enter("")
        terminal.see("assumption")
        terminal.prompt()
        terminal.leave()
        assert stub.requests[-1].json["messages"][-1]["content"] == "one\ntwo\nthree"


def test_escape_leaves_the_rest_to_the_model() -> None:
    with OpenAIStub([ASKS, CODES]) as stub, chat(*at(stub), "--ask", "always") as terminal:
        terminal.prompt()
        terminal.enter(REQUEST)
        terminal.asked("1/2>")
        terminal.type("\x1b")
        terminal.see("left to the model: 2 of 2 questions")
        terminal.see("assumption: not answered: Sort the items")
        terminal.prompt()
        terminal.leave()


def test_ctrl_c_at_a_question_goes_back_to_the_prompt_and_writes_nothing() -> None:
    with OpenAIStub([ASKS, CODES]) as stub, chat(*at(stub), "--ask", "always") as terminal:
        terminal.prompt()
        terminal.enter(REQUEST)
        terminal.asked("1/2>")
        terminal.enter("1")
        terminal.asked("2/2>")
        terminal.child.sendintr()
        terminal.see("the questions stay open")
        terminal.see("waiting for you")
        assert len(stub.requests) == 1
        terminal.enter("/answer")
        assert "Which items are late" in terminal.asked("2/2>")
        terminal.child.sendintr()
        terminal.see("the questions stay open")
        terminal.see("waiting for you")
        terminal.enter("/code")
        terminal.see("assumption: not answered: Which items are late")
        terminal.prompt()
        terminal.leave()
        assert "Answer: due date" in stub.requests[-1].json["messages"][-1]["content"]


def test_a_narrow_terminal_without_colour() -> None:
    with OpenAIStub([CODES]) as stub, chat(*at(stub), "--ask", "never", columns=40, NO_COLOR="1") as terminal:
        terminal.prompt()
        terminal.enter(REQUEST)
        shown = terminal.prompt()
        assert "return sum(items)" in shown
        assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7]|38|48)(?:;\d+)*m", shown)
        terminal.leave()


def test_a_dumb_terminal_gets_plain_lines() -> None:
    with OpenAIStub([ASKS, CODES]) as stub, chat(*at(stub), "--ask", "always", TERM="dumb") as terminal:
        terminal.see("> ")
        terminal.enter(REQUEST)
        terminal.see("1/2> ")
        terminal.enter("1")
        terminal.see("2/2> ")
        terminal.enter("/skip")
        shown = terminal.see("assumption: unpaid")
        assert "return sum(items)\r\n" in shown
        assert "\x1b" not in shown
        terminal.see("\n> ")
        terminal.enter(
            "/exit"
        )  # a key alone could come before the prompt takes keys, which nothing shows here
        terminal.see(pexpect.EOF)


@pytest.mark.model
def test_the_real_model_asks_and_writes_what_apply_keeps_and_undo_takes_back(model_path: Path) -> None:
    with chat("--model", str(model_path), "--max-tokens", "300", "--context", "2048") as terminal:
        terminal.prompt()
        terminal.enter("/adapter none")
        terminal.see("adapter: none; context: 2048 tokens")
        terminal.prompt()
        terminal.enter("/ask always")
        terminal.see("ask: always")
        terminal.prompt()
        terminal.enter("Write a Python function `late(invoices)` that returns the invoices that are late.")
        terminal.child.timeout = 300
        terminal.asked("1/")
        terminal.enter("an invoice is late when its `due` date is before today")
        terminal.see(PROMPT, "2/")
        if terminal.found != PROMPT:
            terminal.see("waiting for you")
            terminal.enter("/skip")
            terminal.prompt()
        terminal.enter("/apply late.py")
        terminal.see(r"make late.py\? \[y/N\]")
        terminal.prompt()
        terminal.enter("y")
        terminal.see("wrote late.py")
        terminal.prompt()
        compile(Path("late.py").read_text(encoding="utf-8"), "late.py", "exec")
        terminal.enter("/undo")
        terminal.see("removed late.py")
        terminal.prompt()
        assert not Path("late.py").exists()
        terminal.leave()
