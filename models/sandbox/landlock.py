"""The `landlock` kind: this machine's own files and kernel, of which the program may touch almost nothing.

Landlock lets it read the system's folders and the interpreter, and write its private folder. A seccomp filter
takes sockets and what Landlock does not cover. The watcher measures the private folder, since no kernel
mechanism does without rights. It needs no user namespaces, so it works in most containers.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from models.sandbox import interpreter, syscalls
from models.sandbox.identity import room_for_user
from models.sandbox.kind import WATCHER, Frame, Job
from models.sandbox.policy import KindName, Strength

_SIGNALS_KEPT_INSIDE = 6  # the ABI that scopes signals
_WRITABLE_DEVICES = ("/dev/null", "/dev/zero", "/dev/full")
_READABLE_DEVICES = (Path("/dev/random"), Path("/dev/urandom"))


class Landlock:
    """Landlock with seccomp."""

    name: KindName = "landlock"
    strength: Strength = "confined"

    def layers(self) -> tuple[str, ...]:
        """What it is made of, with the version of the kernel's Landlock."""
        import landlockpy

        own = ("own user id",) if os.geteuid() == 0 else ()
        return (f"Landlock ABI {landlockpy.abi_version()}", "seccomp", "limits", *own)

    def missing(self) -> str | None:
        """What this machine lacks for it."""
        if sys.platform != "linux":
            return "it needs Linux"
        try:
            import landlockpy
        except ImportError:
            return "the Python package landlockpy is not installed"
        if not landlockpy.supported():
            return "the kernel has no Landlock (Linux 5.13, and enabled at boot)"
        return syscalls.missing()

    def frame(self, job: Job) -> Frame:
        """Build the ruleset and the filter of one run."""
        import landlockpy

        return Frame(
            wrapper=(),
            watcher=str(WATCHER),
            program=str(job.program),
            work=str(job.work),
            landlock=_ruleset(job),
            seccomp=syscalls.compiled(shared=True, signals=landlockpy.abi_version() < _SIGNALS_KEPT_INSIDE),
            hide=closed_folders(job),
            watch_disk=True,
            others=room_for_user() if job.uid is None else 0,
        )


def _ruleset(job: Job) -> int:
    """Descriptor of the ruleset of one run; whoever gets it closes it."""
    from landlockpy import AccessFS, Ruleset, Scope

    read = AccessFS.EXECUTE | AccessFS.READ_FILE | AccessFS.READ_DIR
    write = read | AccessFS.WRITE_FILE | AccessFS.TRUNCATE | AccessFS.REFER
    write |= AccessFS.MAKE_DIR | AccessFS.MAKE_REG | AccessFS.MAKE_SYM | AccessFS.MAKE_FIFO
    write |= AccessFS.REMOVE_DIR | AccessFS.REMOVE_FILE
    with Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL) as rules:
        for path in (*interpreter.SYSTEM, *job.readable, job.program):
            if path.exists():
                rules.allow_path(path, read)
        for path in (*interpreter.SYSTEM_FILES, *_READABLE_DEVICES):
            if path.exists():
                rules.allow_path(path, AccessFS.READ_FILE)
        for device in _WRITABLE_DEVICES:
            rules.allow_path(device, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
        rules.allow_path(job.work, write)
        return os.dup(rules.fileno())


def closed_folders(job: Job) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Which folders a run's own id cannot enter on the way to what it needs, as /root with a Python below it.

    Returns:
        pairs of the outermost closed folder and the needed paths below it; none under the caller's own id.
    """
    if job.uid is None:
        return ()
    needed = (*job.readable, job.program, job.work)
    closed: dict[Path, set[Path]] = {}
    for path in {form for each in needed for form in (each.absolute(), each.resolve())}:
        way = [parent for parent in reversed(path.parents) if parent != Path("/")]
        first = next((folder for folder in way if not _may_enter(folder, job.uid)), None)
        if first is not None:
            closed.setdefault(first, set()).add(path)
    return tuple(
        (str(folder), tuple(str(path) for path in interpreter.outermost(paths)))
        for folder, paths in sorted(closed.items())
    )


def _may_enter(folder: Path, gid: int) -> bool:
    status = folder.stat()
    return bool(status.st_mode & (0o010 if status.st_gid == gid else 0o001))
