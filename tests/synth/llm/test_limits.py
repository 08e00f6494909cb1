"""No minute holds more than a limit allows, on a clock of the test's own."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UserError
from synth.modifications.llm.limits import RateLimit
from synth.modifications.llm.stop import Stop


@dataclass
class Clock:
    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.pauses.append(seconds)
        self.now += seconds


def _limit(clock: Clock, requests: int | None, tokens: int | None = None) -> RateLimit:
    return RateLimit(requests, tokens, clock=clock, sleep=clock.sleep)


@given(
    st.integers(1, 5),
    st.integers(10, 50),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 60), st.integers(0, 60)), max_size=30),
)
def test_every_minute_keeps_to_both_limits(
    requests: int, tokens: int, work: list[tuple[int, int, int]]
) -> None:
    clock = Clock()
    limit = _limit(clock, requests, tokens)
    made: list[tuple[float, int]] = []
    for gap, estimate, real in work:
        clock.now += gap
        ticket = limit.wait(estimate)
        real = min(real, estimate)  # what is used beyond its estimate cannot be known ahead
        limit.settle(ticket, real)
        made.append((clock.now, real or estimate))
    for start, _ in made:
        minute = [size for at, size in made if start <= at < start + 60]
        assert len(minute) <= requests
        assert sum(minute) <= tokens or len(minute) == 1


def test_nobody_waits_below_the_limit() -> None:
    clock = Clock()
    limit = _limit(clock, 3)
    for _ in range(3):
        limit.wait(1)
    assert clock.pauses == []
    limit.wait(1)
    assert clock.pauses == [60.0]


def test_a_reply_longer_than_expected_counts_in_full() -> None:
    clock = Clock()
    limit = _limit(clock, None, 100)
    limit.settle(limit.wait(10), 95)
    limit.wait(10)
    assert clock.pauses == [60.0]


def test_without_limits_there_is_no_waiting() -> None:
    clock = Clock()
    limit = _limit(clock, None)
    for _ in range(1000):
        limit.settle(limit.wait(10**9), 10**9)
    assert clock.pauses == []


def test_waiting_ends_with_the_run() -> None:
    stop = Stop()
    limit = RateLimit(1, clock=lambda: 0.0, sleep=stop.sleep)
    limit.wait(1)
    stop.set(UserError("the key is refused"))
    with pytest.raises(UserError, match="the key is refused"):
        limit.wait(1)
