"""The status line in terminals of all widths."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from assistant.chat.interface import Status
from assistant.chat.status import status_line

FULL = Status("qwen2.5-coder-0.5b", "clarify-v1", 12.34, 1200, 4096, waiting=True)


def test_all_parts_stand_in_a_wide_terminal() -> None:
    line = status_line(FULL, 120)
    assert line == (
        "waiting for you · qwen2.5-coder-0.5b · adapter clarify-v1 · 12.3 tok/s · context 1200/4096"
    )
    assert status_line(Status("m"), 80) == "m · no adapter"
    assert status_line(Status("m", used_tokens=7), 80) == "m · no adapter · context 7"


def test_what_waits_for_the_user_goes_last() -> None:
    assert status_line(FULL, 40) == "waiting for you · qwen2.5-coder-0.5b"
    assert status_line(FULL, 20) == "waiting for you"


@given(st.text(min_size=1), st.booleans(), st.integers(0, 200))
def test_it_never_is_wider_than_the_terminal(model: str, waiting: bool, columns: int) -> None:
    line = status_line(Status(model, None, 1.0, 5, 10, waiting), columns)
    assert cell_len(line) <= columns
    assert "\n" not in line or "\n" in model
