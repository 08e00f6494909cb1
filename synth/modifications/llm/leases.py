"""Backends for threads: each has one to itself while it works, and none is opened that is not needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from models.backends.base import TextBackend


class Leases:
    """Opened backends that wait for a thread.

    Args:
        open_backend: opens one more.
        most: how many there may be at a time; further threads wait. None for no limit.
    """

    def __init__(self, open_backend: Callable[[], TextBackend], most: int | None = None) -> None:
        self._open = open_backend
        self._room = threading.BoundedSemaphore(most) if most else None
        self._lock = threading.Lock()
        self._idle: list[TextBackend] = []
        self._closed = False

    @contextmanager
    def one(self) -> Iterator[TextBackend]:
        """A backend that no other thread uses meanwhile.

        Raises:
            UserError: it cannot be opened.
        """
        if self._room is not None:
            self._room.acquire()
        try:
            with self._lock:
                backend = self._idle.pop() if self._idle else None
            backend = backend or self._open()
            try:
                yield backend
            finally:
                self._take_back(backend)
        finally:
            if self._room is not None:
                self._room.release()

    def close(self) -> None:
        """Close those that are idle now, and the others as they come back; safe to call twice."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for backend in idle:
            backend.close()

    def _take_back(self, backend: TextBackend) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(backend)
                return
        backend.close()
