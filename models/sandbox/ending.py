"""The end of a program: what its watcher said and its outputs held, as a RunResult."""

from __future__ import annotations

import errno
import json
import re
import signal
from dataclasses import dataclass
from typing import Any

from models.sandbox.kind import Kind, SandboxUnavailable
from models.sandbox.policy import Isolation, LimitName, Limits, RunResult

# How the last line of a failed Python program names a limit that the kernel only refuses to exceed.
_REFUSALS: tuple[tuple[LimitName, str], ...] = (
    ("memory", r"^(\w+\.)*(_ArrayMemoryError|MemoryError)\b"),
    (
        "processes",
        r"^BlockingIOError: \[Errno 11\]|can't start new thread|^RuntimeError: can't allocate lock",
    ),
    ("open files", rf"^OSError: \[Errno {errno.EMFILE}\]"),
    ("file size", rf"^OSError: \[Errno {errno.EFBIG}\]"),
    ("disk", rf"^OSError: \[Errno {errno.ENOSPC}\]"),
)


class Stream:
    """What was read of one output: its first bytes, and how many there were."""

    def __init__(self, keep: int) -> None:
        self.kept = bytearray()
        self.total = 0
        self._keep = keep

    def take(self, data: bytes) -> bool:
        """Add data.

        Returns:
            whether it still fits.
        """
        self.total += len(data)
        self.kept += data[: self._keep - len(self.kept)]
        return self.total <= self._keep

    def text(self) -> str:
        """What was kept, as UTF-8."""
        return self.kept.decode("utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class Status:
    """What a watcher said.

    Args:
        started: whether the program ran at all.
        end: its words about the end, or about why the program was not started; empty when it said nothing.
    """

    started: bool
    end: dict[str, Any]

    @classmethod
    def read(cls, data: bytes) -> Status:
        """Read its lines."""
        lines = [json.loads(line) for line in data.splitlines()]
        return cls(
            started=any("started" in line for line in lines),
            end=next((line for line in lines if "started" not in line), {}),
        )


def result(
    kind: Kind, limits: Limits, status: Status, stdout: Stream, stderr: Stream, met: LimitName | None
) -> RunResult:
    """Put together what is known.

    Args:
        kind: how it was isolated.
        limits: what it might use.
        status: what its watcher said.
        stdout: what it wrote.
        stderr: what it wrote there.
        met: the limit that the caller ended it for.

    Raises:
        SandboxUnavailable: something of the isolation could not be set up; the program has not run.
    """
    end = status.end
    if not status.started:
        reason = end.get("failed") or stderr.text().strip().partition("\n")[0] or "it ended without a word"
        raise SandboxUnavailable(
            f"{kind.name} does not work here: {reason}", do="see `docs/sandbox.md` for what it needs"
        )
    number = end.get("signal")
    by_watcher = end.get("met") if end.get("met") != "stopped" else None
    return RunResult(
        exit_code=end.get("exit"),
        signal=None if number is None else _signal_name(number),
        limit=met or by_watcher or _refused(end, limits, stderr.text()),
        stdout=stdout.text(),
        stderr=stderr.text(),
        stdout_bytes=stdout.total,
        stderr_bytes=stderr.total,
        wall_seconds=end.get("wall_seconds", 0.0),
        cpu_seconds=end.get("cpu_seconds", 0.0),
        peak_memory_bytes=end.get("peak_bytes", 0),
        isolation=isolation(kind),
    )


def _refused(end: dict[str, Any], limits: Limits, stderr: str) -> LimitName | None:
    """The limit whose refusal a program failed with."""
    number = end.get("signal")
    if number == signal.SIGXFSZ:
        return "file size"
    used_up = end.get("cpu_seconds", 0.0) >= limits.cpu_seconds
    if number == signal.SIGXCPU or (number == signal.SIGKILL and used_up):
        return "cpu time"
    if end.get("exit") in {0, None}:
        return None
    last = stderr.rstrip().rpartition("\n")[2]
    return next((name for name, pattern in _REFUSALS if re.search(pattern, last)), None)


def isolation(kind: Kind) -> Isolation:
    """What a kind puts between a program and this machine, for reports."""
    return Isolation(kind=kind.name, strength=kind.strength, layers=kind.layers())


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
