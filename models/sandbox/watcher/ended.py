"""After the program: taking in every process that ended, and ending those that did not."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator

from .looking import descendants


class Ended:
    """What the ended processes used."""

    def __init__(self, program: int) -> None:
        self.program = program
        self.status: int | None = None
        self.cpu_seconds = 0.0
        self.peak_bytes = 0

    def reap(self) -> bool:
        """Take in every process that has ended.

        Returns:
            whether any child, running or not, is left.
        """
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            self.cpu_seconds += usage.ru_utime + usage.ru_stime
            unit = 1024 if sys.platform == "linux" else 1
            self.peak_bytes = max(self.peak_bytes, usage.ru_maxrss * unit)
            if pid == self.program:
                self.status = status


@contextlib.contextmanager
def _acting_as(uid: int | None) -> Iterator[None]:
    """Signal as the program's own id: a number that became somebody else's is out of reach."""
    if uid is None:
        yield
        return
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)


def _signal_all(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def end_all(ended: Ended, uid: int | None) -> None:
    """Kill until there is no child left. Stopping all first takes a fork bomb its breath.

    Args:
        ended: takes in what is killed.
        uid: the program's id, when it is not this process's own.
    """
    while ended.reap():
        for number in (signal.SIGSTOP, signal.SIGKILL):
            pids = descendants() or [ended.program, -ended.program]  # no /proc: at least its process group
            with _acting_as(uid):
                _signal_all(pids, number)
        time.sleep(0.001)
