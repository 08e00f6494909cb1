"""Progress without a terminal: a line a minute, and one at the end, with the time left."""

from __future__ import annotations

from eval.protocol.progress import Pace


def test_a_line_is_due_after_a_minute_and_at_the_end() -> None:
    now = 0.0
    pace = Pace(4, clock=lambda: now)
    now = 30.0
    assert pace.advance() is None
    now = 90.0
    assert pace.advance() == "2 of 4 rows, 1:30 spent, about 1:30 left"
    now = 100.0
    assert pace.advance() is None
    now = 3700.0
    assert pace.advance() == "4 of 4 rows, 1:01:40 spent, about 0:00 left"
