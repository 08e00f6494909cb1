from __future__ import annotations

import ctypes
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator

import pytest

from models.runtime.owner import Aborted, AbortFlag, Interrupted, Owner

_Prototype = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p)


@pytest.fixture
def flag() -> AbortFlag:
    return AbortFlag()


@pytest.fixture
def owner(flag: AbortFlag) -> Iterator[Owner]:
    made = Owner(flag)
    yield made
    made.close(lambda: None)


@pytest.mark.parametrize("native", [True, False])
def test_the_callback_says_what_the_flag_says(flag: AbortFlag, native: bool) -> None:
    function, data = flag.callback(_Prototype, native=native)
    assert function(data) is False
    flag.set()
    assert function(data) is True
    assert flag.is_set()
    flag.clear()
    assert function(data) is False


def test_work_runs_on_one_other_thread(owner: Owner) -> None:
    names = {owner.call(lambda: threading.current_thread().name) for _ in range(3)}
    assert names == {"llama"}


def test_an_error_of_the_work_reaches_the_caller(owner: Owner) -> None:
    with pytest.raises(ZeroDivisionError):
        owner.call(lambda: 1 // 0)
    assert owner.call(lambda: 1) == 1


def test_pieces_arrive_in_the_callers_thread(owner: Owner) -> None:
    seen: list[tuple[str, int]] = []

    def work(emit: Callable[[str], None]) -> str:
        emit("a")
        emit("b")
        return "done"

    assert owner.stream(work, lambda piece: seen.append((piece, threading.get_ident()))) == "done"
    assert seen == [("a", threading.get_ident()), ("b", threading.get_ident())]


def _until_aborted(flag: AbortFlag, started: threading.Event | None = None) -> None:
    if started:
        started.set()
    while not flag.is_set():
        time.sleep(0.001)


def _press_ctrl_c_after(event: threading.Event) -> threading.Thread:
    def press() -> None:
        event.wait()
        signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    return thread


def test_ctrl_c_stops_the_work_and_then_reaches_the_caller(owner: Owner, flag: AbortFlag) -> None:
    started = threading.Event()
    ended: list[bool] = []

    def work() -> None:
        _until_aborted(flag, started)
        ended.append(True)
        raise Aborted

    presser = _press_ctrl_c_after(started)
    with pytest.raises(KeyboardInterrupt):
        owner.call(work)
    presser.join()
    assert ended == [True]
    assert owner.call(flag.is_set) is False


def test_a_call_is_interrupted_even_when_its_work_was_done(owner: Owner, flag: AbortFlag) -> None:
    started = threading.Event()
    presser = _press_ctrl_c_after(started)
    with pytest.raises(KeyboardInterrupt):
        owner.call(lambda: _until_aborted(flag, started))
    presser.join()


def test_interrupted_streaming_keeps_what_there_is(owner: Owner, flag: AbortFlag) -> None:
    started = threading.Event()

    def work(emit: Callable[[str], None]) -> str:
        emit("partial")
        _until_aborted(flag, started)
        return "partial"

    presser = _press_ctrl_c_after(started)
    with pytest.raises(Interrupted) as stopped:
        owner.stream(work, None)
    presser.join()
    assert stopped.value.value == "partial"


def test_a_listener_that_fails_stops_the_work(owner: Owner, flag: AbortFlag) -> None:
    def work(emit: Callable[[str], None]) -> None:
        emit("x")
        _until_aborted(flag)

    def broken(_: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        owner.stream(work, broken)
    assert owner.call(lambda: 1) == 1


def test_calls_from_several_threads_take_turns(owner: Owner) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.002)
        inside.pop()

    threads = [threading.Thread(target=owner.call, args=(work,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(most) == 8


def test_closing_stops_what_runs_and_refuses_what_comes(flag: AbortFlag) -> None:
    owner = Owner(flag)
    started = threading.Event()
    other = threading.Thread(target=owner.call, args=(lambda: _until_aborted(flag, started),))
    other.start()
    started.wait()
    last: list[str] = []
    owner.close(lambda: last.append("freed"))
    other.join()
    assert last == ["freed"]
    with pytest.raises(RuntimeError, match="closed"):
        owner.call(lambda: 1)


def test_what_waits_when_it_closes_is_dropped(flag: AbortFlag) -> None:
    owner = Owner(flag)
    started = threading.Event()
    ran: list[int] = []
    ended: list[type[BaseException] | None] = []

    def call(work: Callable[[], None]) -> None:
        try:
            owner.call(work)
            ended.append(None)
        except Aborted:
            ended.append(Aborted)

    first = threading.Thread(target=call, args=(lambda: _until_aborted(flag, started),))
    first.start()
    started.wait()
    others = [threading.Thread(target=call, args=(lambda: ran.append(1),)) for _ in range(3)]
    for thread in others:
        thread.start()
    while owner._jobs.qsize() < 3:
        time.sleep(0.001)
    owner.close(lambda: None)
    for thread in (first, *others):
        thread.join()
    assert ran == []
    assert ended.count(Aborted) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_ends_by_itself(owner: Owner) -> None:
    owner.call(lambda: None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forks with threads
        child = os.fork()
    if child == 0:
        try:
            owner.close(lambda: os._exit(3))
            owner.call(lambda: None)
        except RuntimeError:
            os._exit(0)
        os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
