"""Before the program: limits, rights, Landlock and the system call filter, set between fork and exec."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import stat
import sys
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
SECCOMP_MODE_FILTER = 2
SYS_LANDLOCK_RESTRICT_SELF = 446
CLONE_NEWNS = 0x20000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18

Settings = dict[str, Any]


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def prctl(option: int, value: int, what: str) -> None:
    """Set a property of this process.

    Raises:
        OSError: the kernel refused, with `what` in its text.
    """
    _check(libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), what)


def _limit(settings: Settings) -> None:
    limits = settings["limits"]
    cpu = limits["cpu_seconds"]
    values = [
        (resource.RLIMIT_CPU, cpu, cpu + 1),  # SIGXCPU first, then SIGKILL for who ignores it
        (resource.RLIMIT_AS, limits["memory_bytes"], limits["memory_bytes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"], limits["open_files"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"], limits["file_bytes"]),
        (resource.RLIMIT_NPROC, *[limits["processes"] + settings["others"]] * 2),
        (resource.RLIMIT_CORE, 0, 0),
    ]
    for name, soft, hard in values:
        ceiling = resource.getrlimit(name)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(name, (soft, hard))


def _drop_rights(settings: Settings) -> None:
    uid = settings["uid"]
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    if sys.platform == "linux":
        prctl(PR_SET_NO_NEW_PRIVS, 1, "no new privileges")
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, "death signal")
    if settings["landlock"] is not None:
        _check(libc.syscall(SYS_LANDLOCK_RESTRICT_SELF, settings["landlock"], 0), "Landlock")
    if settings["seccomp"]:
        code = bytes.fromhex(settings["seccomp"])
        program = _Program(len(code) // 8, code)
        _check(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program)), "seccomp")


def _close_all_but(kept: list[int]) -> None:
    low = 3
    for descriptor in sorted(kept):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def become_program(settings: Settings, failure: int) -> None:
    """Never returns: the program takes over, or the reason why not is written to `failure`."""
    try:
        os.setsid()
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        keep = settings["keep"]
        _close_all_but([
            *keep,
            failure,
            *([settings["landlock"]] if settings["landlock"] is not None else []),
        ])
        for descriptor in keep:
            os.set_inheritable(descriptor, True)
        if sys.platform == "linux":
            prctl(PR_SET_DUMPABLE, 1, "dumpable")  # the watcher's own setting, inherited; /proc/self needs it
        _prefer_as_victim()
        os.chdir(settings["folder"])
        os.umask(0o077)
        _limit(settings)
        _drop_rights(settings)
        os.execve(settings["argv"][0], settings["argv"], settings["env"])
    except BaseException as error:
        os.write(failure, reason(error).encode())
    finally:
        os._exit(127)


def reason(error: BaseException) -> str:
    """Why something could not be set up, for people."""
    named = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else None
    return named or getattr(error, "strerror", None) or str(error) or type(error).__name__


def _prefer_as_victim() -> None:
    """When this machine runs out of memory, the program goes first."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    except OSError:
        pass  # no /proc here, or an older limit forbids it: the other limits still hold


def hide(settings: Settings) -> None:
    """Make folders traversable that only root may enter, by an empty one above them with what is needed.

    Args:
        settings: `hide` lists pairs of a folder and the paths below it that stay, all absolute.
    """
    pairs = settings["hide"]
    if not pairs:
        return
    flags = MS_NOSUID | MS_NODEV
    closed, (need, *_) = pairs[0]
    why = f"{need} is needed, only its owner may enter {closed}, and mounts to get around that fail"
    _check(libc.unshare(CLONE_NEWNS), why)
    _check(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), why)
    for folder, kept in pairs:
        sources = [(path, os.open(path, os.O_PATH | os.O_CLOEXEC)) for path in kept]
        _check(libc.mount(b"tmpfs", folder.encode(), b"tmpfs", flags, b"mode=755,size=64k"), folder)
        for path, source in sources:
            if stat.S_ISDIR(os.fstat(source).st_mode):
                Path(path).mkdir(mode=0o755, parents=True)
            else:
                Path(path).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
                Path(path).touch()
            _check(libc.mount(f"/proc/self/fd/{source}".encode(), path.encode(), None, MS_BIND, None), path)
            os.close(source)
        _check(libc.mount(None, folder.encode(), None, MS_REMOUNT | MS_RDONLY | flags, None), folder)
