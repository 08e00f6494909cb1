"""One thread that alone calls the C library, and callers that wait for it and can be interrupted.

A call into llama.cpp blocks its thread for seconds and knows no signals. So the library runs on its own
thread, the caller waits where Ctrl-C reaches it, and a flag that the library looks at between two graph
nodes ends the computation within milliseconds.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# Windows delivers Ctrl-C only between two waits, so none may be long.
_POLL_SECONDS = 0.2


class Aborted(Exception):
    """The computation was stopped by its flag; not an error."""


class Interrupted(Exception):
    """Ctrl-C stopped the work, and this is what it had.

    Args:
        value: what the work returned.
    """

    def __init__(self, value: Any) -> None:
        self.value = value
        super().__init__("interrupted")


class AbortFlag:
    """A flag that llama.cpp reads itself, thousands of times a second, without taking Python's lock.

    The library wants a function `bool (*)(void *)` and a pointer. C's own `strlen` is one: of "" it is 0, go
    on; of "x" it is 1, stop. Where it cannot be had, a Python function does the same at 1 to 3% of the speed.
    """

    def __init__(self) -> None:
        self._text = ctypes.create_string_buffer(64)

    def set(self) -> None:
        """Stop what runs now."""
        self._text[0] = b"x"

    def clear(self) -> None:
        """Let the next computation run."""
        self._text[0] = b"\0"

    def is_set(self) -> bool:
        """Whether to stop."""
        return bool(self._text[0] != b"\0")

    def callback(self, prototype: Any, *, native: bool = True) -> tuple[Any, ctypes.c_void_p]:
        """The function and its pointer, for `llama_set_abort_callback`; keep both while it is set.

        Args:
            prototype: the library's ctypes type of the function.
            native: use C's `strlen` where there is one.
        """
        data = ctypes.cast(self._text, ctypes.c_void_p)
        with contextlib.suppress(OSError, AttributeError):
            if native:
                libc = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
                return ctypes.cast(libc.strlen, prototype), data
        return prototype(lambda _: self.is_set()), data


class Job(Generic[T]):
    """One piece of work for the owner thread.

    Args:
        work: what to do; it may hand out texts on the way, through the function that it is given.
    """

    def __init__(self, work: Callable[[Callable[[str], None]], T]) -> None:
        self._work = work
        self._pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._done = threading.Event()
        self._value: T | None = None
        self._error: BaseException | None = None
        self.cancelled = False

    @property
    def done(self) -> bool:
        """Whether it has run, or will not."""
        return self._done.is_set()

    @property
    def returned(self) -> bool:
        """Whether it ended and has a result."""
        return self.done and self._error is None

    def run(self) -> None:
        """Do the work, here and now."""
        try:
            if self.cancelled:
                raise Aborted
            self._value = self._work(self._pieces.put)
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()
            self._pieces.put(None)

    def follow(self, on_piece: Callable[[str], None] | None) -> None:
        """Hand each text to `on_piece` in this thread, until the work is done."""
        while True:
            try:
                piece = self._pieces.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if piece is None:
                return
            if on_piece is not None:
                on_piece(piece)

    def wait(self) -> None:
        """Wait a moment for it to be done."""
        self._done.wait(_POLL_SECONDS)

    def result(self) -> T:
        """What the work returned.

        Raises:
            Aborted: it was cancelled before it could return anything.
            BaseException: what the work raised.
        """
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]  # a T once done without an error


class Owner:
    """The thread, and the queue before it.

    Args:
        abort: set while the current job is to stop.
    """

    def __init__(self, abort: AbortFlag) -> None:
        self._abort = abort
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._current: Job[Any] | None = None
        self._last: Job[Any] | None = None
        self._process = os.getpid()
        # A daemon, since a thread that waits for work must not keep the interpreter from ending.
        self._thread = threading.Thread(target=self._loop, name="llama", daemon=True)
        self._thread.start()

    def call(self, work: Callable[[], T]) -> T:
        """Do something on the owner thread and wait for it.

        Raises:
            KeyboardInterrupt: Ctrl-C; the work was stopped first.
            BaseException: what the work raised.
        """
        job = Job(lambda _: work())
        self._follow(job, None)
        return job.result()

    def stream(self, work: Callable[[Callable[[str], None]], T], on_piece: Callable[[str], None] | None) -> T:
        """As `call`, for work that hands out texts; `on_piece` gets them in the caller's thread.

        Raises:
            Interrupted: Ctrl-C, and the work, stopped by it, still returned something.
            KeyboardInterrupt: Ctrl-C, and it returned nothing.
            BaseException: what the work or `on_piece` raised; after the latter the work is stopped.
        """
        job = Job(work)
        try:
            self._follow(job, on_piece)
        except KeyboardInterrupt:
            if not job.returned:
                raise
            raise Interrupted(job.result()) from None
        return job.result()

    def close(self, work: Callable[[], None]) -> None:
        """Stop what runs, drop what waits, do a last piece of work, and end the thread."""
        if os.getpid() != self._process:  # a fork has the memory but not the thread
            return
        last = Job(lambda _: work())
        if threading.current_thread() is self._thread:  # the garbage collector may call from anywhere
            self._last = last
            last.run()
            self._jobs.put(None)
            return
        with self._lock:
            self._last = last
            if self._current is not None:
                self._current.cancelled = True
                self._abort.set()
            self._jobs.put(last)
            self._jobs.put(None)
        while not last.done:
            with contextlib.suppress(KeyboardInterrupt):
                last.wait()
        self._thread.join()

    def _follow(self, job: Job[Any], on_piece: Callable[[str], None] | None) -> None:
        """Queue the job and wait for it; whatever ends the wait, the job does not outlive it."""
        try:
            with self._lock:
                if self._last is not None or os.getpid() != self._process:
                    raise RuntimeError("the engine is closed, or belongs to another process")
                self._jobs.put(job)
            job.follow(on_piece)
        except BaseException:
            while not job.done and self._thread.is_alive():
                with contextlib.suppress(KeyboardInterrupt):  # a second one must not cut this short
                    self._cancel(job)
                    job.wait()
            raise

    def _cancel(self, job: Job[Any]) -> None:
        with self._lock:
            job.cancelled = True
            if self._current is job:
                self._abort.set()
        self._jobs.put(job)  # once more: Ctrl-C may have come before it was queued

    def _loop(self) -> None:
        while (job := self._jobs.get()) is not None:
            if job.done:
                continue
            with self._lock:
                self._current = job
                self._abort.clear()
                if self._last not in {None, job}:
                    job.cancelled = True
            job.run()
            with self._lock:
                self._current = None
            del job  # or the last result lives until the next job
