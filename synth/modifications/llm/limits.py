"""Rate limits: never more requests, nor more tokens, in any minute than a service allows."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_MINUTE = 60.0


@dataclass(slots=True)
class Ticket:
    """Leave for one request.

    Args:
        at: when it was given, on the limit's clock.
        tokens: what the request counts.
    """

    at: float
    tokens: int


class RateLimit:
    """Lets requests through so that any sixty seconds keep within the limits; threads share it.

    A window that slides, and no bucket that refills: a bucket lets nearly twice its limit through in the
    minute that starts with it full.

    Args:
        requests: most in any minute; None for no limit.
        tokens: most in any minute; None for no limit. A request that is larger than this goes alone.
        clock: seconds, never going back.
        sleep: waits some seconds; what it raises ends the waiting.
    """

    def __init__(
        self,
        requests: int | None = None,
        tokens: int | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._requests = requests
        self._tokens = tokens
        self._clock = clock
        self._sleep = sleep
        self._turn = threading.Lock()  # only the first in line waits for the window
        self._lock = threading.Lock()
        self._recent: deque[Ticket] = deque()
        self._used = 0

    def wait(self, tokens: int) -> Ticket:
        """Wait for leave to make a request.

        Args:
            tokens: estimate of prompt and reply together.
        """
        if self._requests is None and self._tokens is None:
            return Ticket(0.0, 0)
        with self._turn:
            while (seconds := self._seconds_until_free(tokens)) > 0:
                self._sleep(seconds)
            with self._lock:
                ticket = Ticket(self._clock(), tokens)
                self._recent.append(ticket)
                self._used += tokens
                return ticket

    def settle(self, ticket: Ticket, tokens: int) -> None:
        """Put what a request really took in the place of the estimate.

        Args:
            ticket: the leave it had.
            tokens: of prompt and reply; 0 where the service did not say leaves the estimate.
        """
        with self._lock:
            if tokens and ticket.at + _MINUTE > self._clock():
                self._used += tokens - ticket.tokens
                ticket.tokens = tokens

    def _seconds_until_free(self, tokens: int) -> float:
        """Until one more request may be made, or until it is worth looking again."""
        with self._lock:
            now = self._clock()
            while self._recent and self._recent[0].at + _MINUTE <= now:
                self._used -= self._recent.popleft().tokens
            if not self._recent:
                return 0.0
            many = self._requests is not None and len(self._recent) >= self._requests
            much = self._tokens is not None and self._used + tokens > self._tokens
            return self._recent[0].at + _MINUTE - now if many or much else 0.0
