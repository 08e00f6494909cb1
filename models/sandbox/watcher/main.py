"""The watcher's course: read the settings, start the program, wait for its end or a reason to end it, report.

Its arguments are the descriptors CONTROL and STATUS. It reads one JSON line of settings from CONTROL; when
that is closed, because the caller wants the end or is gone, everything is killed. It writes to STATUS a line
when the program has started, and one about its end.

It is a child subreaper: whatever the program starts, however often it forks and whatever session it moves to,
becomes this process's child when orphaned. So "no child left" means that nothing is left.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time

from .ended import Ended, end_all
from .looking import limit_met
from .rights import PR_SET_CHILD_SUBREAPER, PR_SET_DUMPABLE, Settings, become_program, hide, prctl, reason

FIRST_LOOK_SECONDS, LOOK_SECONDS = 0.05, 0.1


def _watch(settings: Settings, ended: Ended, control: int, wake: int, started: float) -> str | None:
    """Wait for the end of the program, or for a reason to end it: a limit, or `stopped` by the caller."""
    poller = select.poll()
    poller.register(control, select.POLLIN)
    poller.register(wake, select.POLLIN)
    deadline = started + settings["limits"]["wall_seconds"]
    look = started + FIRST_LOOK_SECONDS
    while True:
        now = time.monotonic()
        ready = {descriptor for descriptor, _ in poller.poll(max(0.0, min(deadline, look) - now) * 1000)}
        if wake in ready:
            os.read(wake, 4096)
        ended.reap()
        if ended.status is not None:
            return None
        if control in ready:
            return "stopped"
        now = time.monotonic()
        if now >= deadline:
            return "wall time"
        if now >= look:
            met = limit_met(settings)
            if met:
                return met
            look = time.monotonic() + LOOK_SECONDS


def _report(status: int, **values: object) -> None:
    os.write(status, json.dumps(values).encode() + b"\n")


def _read_settings(control: int) -> Settings:
    text = b""
    while not text.endswith(b"\n"):
        part = os.read(control, 65536)
        if not part:
            raise SystemExit(0)
        text += part
    settings: Settings = json.loads(text)
    return settings


def _start(settings: Settings) -> int:
    """Fork the program.

    Raises:
        OSError: something of the isolation could not be set up; the program has not run.
    """
    listen, failure = os.pipe()
    pid = os.fork()
    if pid == 0:
        become_program(settings, failure)
    os.close(failure)
    reason = b""
    while part := os.read(listen, 4096):  # ends when exec closes it, or with the reason of a failure
        reason += part
    os.close(listen)
    if reason:
        raise OSError(reason.decode())
    return pid


def main() -> None:
    """Run one program."""
    control, status = int(sys.argv[1]), int(sys.argv[2])
    settings = _read_settings(control)
    for descriptor in (control, status):
        os.set_inheritable(descriptor, False)
    wake, bell = os.pipe()
    for descriptor in (wake, bell):
        os.set_blocking(descriptor, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
    try:
        if sys.platform == "linux":
            prctl(PR_SET_CHILD_SUBREAPER, 1, "subreaper")
            # A program of the same user may otherwise read this process's memory and descriptors.
            prctl(PR_SET_DUMPABLE, 0, "not dumpable")
        hide(settings)
        started = time.monotonic()
        pid = _start(settings)
    except OSError as error:
        _report(status, failed=reason(error))
        return
    _report(status, started=True)
    for descriptor in [0, 1, 2, *settings["keep"]]:  # their other ends must see the program's end
        os.close(descriptor)
    ended = Ended(pid)
    met = _watch(settings, ended, control, wake, started)
    seconds = time.monotonic() - started
    own = ended.status
    end_all(ended, settings["uid"])
    _report(
        status,
        met=met,
        exit=os.WEXITSTATUS(own) if own is not None and os.WIFEXITED(own) else None,
        signal=os.WTERMSIG(own) if own is not None and os.WIFSIGNALED(own) else None,
        wall_seconds=seconds,
        cpu_seconds=ended.cpu_seconds,
        peak_bytes=ended.peak_bytes,
    )
