"""What the tests of the remote backends share: pauses that take no time, and Ctrl-C at a given moment."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any

import pytest
from hypothesis import strategies as st

from models.backends.failures import RetryPolicy

ODD: st.SearchStrategy[Any] = st.sampled_from([
    None,
    True,
    0,
    -1,
    1.5,
    1e999,
    "",
    "text",
    [],
    [None],
    ["a"],
    {},
    {"a": 1},
    [[]],
    [{}],
])


@st.composite
def spoilt(draw: st.DrawFn, document: Any) -> Any:
    """The document with one value, at any depth, replaced by an odd one or left out."""
    if not isinstance(document, dict | list) or not document or draw(st.integers(0, 4)) == 0:
        return draw(ODD)
    copy = dict(document) if isinstance(document, dict) else dict(enumerate(document))
    name = draw(st.sampled_from(list(copy)))
    if draw(st.integers(0, 9)) == 0:
        del copy[name]
    else:
        copy[name] = draw(spoilt(copy[name]))
    return copy if isinstance(document, dict) else list(copy.values())


CtrlCWhen = Callable[[threading.Event], AbstractContextManager[None]]


class Pauses(list[float]):
    """A sleep that only notes how long."""

    def policy(self, attempts: int = 5) -> RetryPolicy:
        return RetryPolicy(attempts=attempts, sleep=self.append)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def ctrl_c_when() -> CtrlCWhen:
    """A context in which this process gets one SIGINT once an event is set, as from a terminal."""
    return _ctrl_c_when


@contextmanager
def _ctrl_c_when(event: threading.Event) -> Iterator[None]:
    # A signal that comes just before a thread blocks does not wake it, so it is sent until it is noticed.
    noticed = threading.Event()

    def once(_number: int, _frame: FrameType | None) -> None:
        if not noticed.is_set():
            noticed.set()
            raise KeyboardInterrupt

    def send() -> None:
        event.wait(30)
        while not noticed.wait(0.02):
            signal.pthread_kill(main, signal.SIGINT)

    main = threading.main_thread().ident or 0
    before = signal.signal(signal.SIGINT, once)
    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        yield
    finally:
        noticed.set()
        sender.join()
        signal.signal(signal.SIGINT, before)
