"""The end of a run for all its threads at once: what they wait for ends, and no further call is made."""

from __future__ import annotations

import threading

from models.errors import UserError


class Stop:
    """Set once, by the first failure or by whoever closes the run."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._error: UserError | None = None

    @property
    def is_set(self) -> bool:
        """Whether the run is over."""
        return self._event.is_set()

    def set(self, error: UserError | None = None) -> None:
        """End the run.

        Args:
            error: why; the first one counts.
        """
        with self._lock:
            if not self._event.is_set():
                self._error = error
            self._event.set()

    def check(self) -> None:
        """Go on only while the run does.

        Raises:
            UserError: it is over; the failure that ended it, where one did.
        """
        if self._event.is_set():
            raise self._error or UserError("the work was stopped", do="run it again: it continues")

    def sleep(self, seconds: float) -> None:
        """Wait, at most until the run is over.

        Raises:
            UserError: it is over.
        """
        self._event.wait(seconds)
        self.check()
