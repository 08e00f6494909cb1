"""The thread of a parallel engine: it alone calls the library, and decodes all replies in one batch.

A sequence that ends one reply takes up the next at once (continuous batching).
"""

from __future__ import annotations

import contextlib
import functools
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from models.backends.base import Sampling
from models.runtime.generation import Generated, Reply, Writing
from models.runtime.owner import Aborted, AbortFlag
from models.runtime.parts import Parts
from models.runtime.session import Session, append_together
from models.runtime.streaming import ReplyText

T = TypeVar("T")


@dataclass(slots=True)
class Wanted:
    """A reply that somebody waits for."""

    prompt: Sequence[int]
    prefix: Sequence[int]
    fixed: int
    sampling: Sampling
    pieces: list[str] = field(default_factory=list)
    future: Future[Generated] = field(default_factory=Future)


@dataclass(slots=True)
class _Started:
    """A reply that is being written.

    Args:
        wanted: what was asked for.
        reply: takes it.
        writing: writes it.
        token: the next one to be read.
        end: frees what was needed for it.
    """

    wanted: Wanted
    reply: Reply
    writing: Writing
    token: int
    end: contextlib.ExitStack


class Worker:
    """The thread that alone calls the library.

    Calls are answered between two batches. A reply or a score waits for a sequence; the one is taken that has
    read most of the prompt, among equals the one that was used longest ago.
    """

    def __init__(self, parts: Parts, abort: AbortFlag) -> None:
        self._parts = parts
        self._abort = abort
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._waiting: deque[tuple[Sequence[int], Callable[[Session], None]]] = deque()
        self._replies: dict[int, _Started] = {}
        self._used: dict[int, int] = {}
        self._turn = 0
        self._stopping = self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._loop, name="llama-parallel", daemon=True)
        self._thread.start()

    def call(self, work: Callable[[], T]) -> T:
        """Do something between two batches, and wait for it."""
        future: Future[T] = Future()
        self._put(lambda: _settle(future, work))
        return future.result()

    def call_in_session(self, prompt: Sequence[int], work: Callable[[Session], T]) -> T:
        """Do something in a session that is free, and wait for it."""
        future: Future[T] = Future()
        start = functools.partial(_settle_in, future, work)
        self._put(lambda: self._waiting.append((prompt, start)))
        return future.result()

    def generate(self, wanted: Wanted) -> Generated:
        """Write a reply, and wait for it."""
        self._put(lambda: self._waiting.append((wanted.prompt, functools.partial(self._start, wanted))))
        return wanted.future.result()

    def interrupt(self) -> None:
        """End what is written or waits."""
        with self._lock:
            self._stopping = True
            self._abort.set()
            self._inbox.put(self._go_on)

    def close(self) -> None:
        """End everything, free the parts, and end the thread; safe to call twice."""
        with self._lock:
            if not self._closed:
                self._closed = self._stopping = True
                self._abort.set()
                self._inbox.put(None)
        if threading.current_thread() is not self._thread:  # the garbage collector may call from anywhere
            self._thread.join()

    def _put(self, message: Callable[[], None]) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("the engine is closed")
            self._inbox.put(message)

    def _loop(self) -> None:
        while self._take_messages():
            try:
                self._admit()
                self._step()
            except Aborted:
                self._end_all()
            except BaseException as error:
                self._fail(error)
        self._end_all()
        self._parts.free()

    def _take_messages(self) -> bool:
        """Do what came in meanwhile; wait where there is nothing else to do. False when it is over."""
        idle = not self._replies and not self._waiting
        while True:
            try:
                message = self._inbox.get(block=idle)
            except queue.Empty:
                return True
            if message is None:
                return False
            message()
            idle = False

    def _admit(self) -> None:
        while self._waiting and len(self._replies) < len(self._parts.sessions):
            if self._stopping:
                raise Aborted
            prompt, start = self._waiting.popleft()
            start(self._best(prompt))

    def _best(self, prompt: Sequence[int]) -> Session:
        batches = self._parts.plan(prompt) if prompt else ()  # an empty one is refused when it is read
        free = [one for one in self._parts.sessions if one.sequence not in self._replies]
        best = max(free, key=lambda one: (one.shared(batches), -self._used.get(one.sequence, 0)))
        self._turn += 1
        self._used[best.sequence] = self._turn
        return best

    def _start(self, wanted: Wanted, session: Session) -> None:
        """Read the prompt, and choose the first token."""
        reply = Reply(
            len(wanted.prompt) + len(wanted.prefix), ReplyText(wanted.sampling.stop, wanted.pieces.append)
        )
        end = contextlib.ExitStack()
        try:
            writing = end.enter_context(
                self._parts.writing(
                    session, wanted.prompt, wanted.prefix, wanted.fixed, wanted.sampling, reply
                )
            )
            token = writing.take(session.row())
        except BaseException as error:
            end.close()
            if isinstance(error, Aborted):
                wanted.future.set_result(reply.generated())
            else:
                wanted.future.set_exception(error)
            return
        self._go(session.sequence, _Started(wanted, reply, writing, token or 0, end), token)

    def _go(self, sequence: int, started: _Started, token: int | None) -> None:
        """Keep a reply going by its next token, or end it."""
        if token is not None:
            started.token = token
            self._replies[sequence] = started
            return
        self._replies.pop(sequence, None)
        finish = started.writing.finish
        assert finish is not None
        started.reply.finish = finish
        started.end.close()
        started.wanted.future.set_result(started.reply.generated())

    def _step(self) -> None:
        """Compute a token of every reply, in the order of the sequences, as the library batches them best."""
        going = sorted(self._replies.items())
        if not going:
            return
        sessions = [one.writing.session for _, one in going]
        append_together(sessions, [one.token for _, one in going])
        # All rows are read before any is forgotten; a row is valid until the next batch.
        for row, (sequence, one) in enumerate(going):
            self._go(sequence, one, one.writing.take(sessions[row].context.row(row), row))

    def _fail(self, error: BaseException) -> None:
        """The replies that were computed together cannot go on; others can."""
        for started in self._ended():
            started.wanted.future.set_exception(error)

    def _ended(self) -> list[_Started]:
        """The replies that were being written, which are so no more."""
        ended = list(self._replies.values())
        self._replies.clear()
        for started in ended:
            started.end.close()
        return ended

    def _end_all(self) -> None:
        """End what is written as interrupted; what waits ends before it begins, since the flag is set."""
        for started in self._ended():
            started.wanted.future.set_result(started.reply.generated())
        while self._waiting:
            _, start = self._waiting.popleft()
            start(self._parts.session)

    def _go_on(self) -> None:
        """After an interruption: end what there is, and work again, unless it is the end."""
        self._end_all()
        with self._lock:
            if not self._closed:
                self._stopping = False
                self._abort.clear()


def _settle(future: Future[T], work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)


def _settle_in(future: Future[Any], work: Callable[[Session], Any], session: Session) -> None:
    _settle(future, lambda: work(session))
