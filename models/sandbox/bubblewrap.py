"""The `bubblewrap` kind: namespaces of its own for files, processes, network, IPC and host name.

Inside there are the system's folders and the interpreter, read-only, and a private folder in memory whose
size the kernel limits. Nothing else of this machine has a name there. When the inside's first process ends,
the kernel kills all the others.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from models.sandbox import interpreter, syscalls
from models.sandbox.identity import room_for_user
from models.sandbox.kind import WATCHER, Frame, Job
from models.sandbox.policy import KindName, Strength

_PROGRAM, _WORK, _INSIDE_WATCHER = "/program", "/tmp", "/inside/watcher"

_OWN_PROCESSES = 2  # bwrap's and the watcher, which in a user namespace have the program's id

# What the watcher needs as root: to become somebody else, to end and to measure the program.
_CAPABILITIES = (
    "CAP_SETUID",
    "CAP_SETGID",
    "CAP_KILL",
    "CAP_SYS_PTRACE",
    "CAP_DAC_READ_SEARCH",
    "CAP_SYS_RESOURCE",
)


class Bubblewrap:
    """The program `bwrap`, 0.7 or newer."""

    name: KindName = "bubblewrap"
    strength: Strength = "strict"

    def layers(self) -> tuple[str, ...]:
        """What it is made of; seccomp where libseccomp is installed."""
        filtered = () if syscalls.missing() else ("seccomp",)
        own = ("own user id",) if os.geteuid() == 0 else ("user namespace",)
        return ("namespaces", *filtered, "limits", *own)

    def missing(self) -> str | None:
        """What this machine lacks for it."""
        if sys.platform != "linux":
            return "it needs Linux"
        return None if shutil.which("bwrap") else "bubblewrap is not installed"

    def frame(self, job: Job) -> Frame:
        """Build the command line of one run."""
        return Frame(
            wrapper=(shutil.which("bwrap") or "bwrap", *_rights(job), *_files(job)),
            watcher=_INSIDE_WATCHER,
            program=_PROGRAM,
            work=_WORK,
            seccomp=b"" if syscalls.missing() else syscalls.compiled(shared=False, signals=False),
            others=_counted_along(job),
        )


def _counted_along(job: Job) -> int:
    """Processes that count for the limit without being the program's."""
    if job.uid is not None:
        return 0
    return _OWN_PROCESSES if _counts_per_namespace() else room_for_user()


def _counts_per_namespace() -> bool:
    """Whether the process limit counts the processes of a user namespace only: since Linux 5.14."""
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int("".join(filter(str.isdigit, minor)) or 0)) >= (5, 14)


def _rights(job: Job) -> Iterable[str]:
    yield from ("--die-with-parent", "--new-session")
    if job.uid is None:
        yield "--unshare-all"
        return
    # All but the user namespace: in one that knows only root, the watcher could not become another user.
    yield from ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
    yield from ("--cap-drop", "ALL")
    for capability in _CAPABILITIES:
        yield from ("--cap-add", capability)


def _files(job: Job) -> Iterable[str]:
    size = ("--size", str(job.limits.disk_bytes), "--perms", "1777", "--tmpfs")
    yield from ("--proc", "/proc", "--dev", "/dev", *size, "/dev/shm", "--remount-ro", "/dev")
    yield from (*size, _WORK)
    for path in interpreter.SYSTEM:
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    for path in interpreter.SYSTEM_FILES:
        yield from ("--ro-bind-try", str(path), str(path))
    made: set[Path] = set()
    for path in job.readable:
        for parent in reversed(path.parents):
            if parent not in made and str(parent) not in {"/", _WORK}:
                # Made by bwrap itself they would have the modes of the originals, closed to others.
                yield from ("--perms", "0755", "--dir", str(parent))
                made.add(parent)
        yield from ("--ro-bind", str(path), str(path))
    yield from ("--ro-bind", str(WATCHER), _INSIDE_WATCHER, "--ro-bind", str(job.program), _PROGRAM)
    yield from ("--chdir", _WORK, "--remount-ro", "/", "--")
