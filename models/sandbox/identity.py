"""The user id a program runs under: never root's, and with root's help one that nothing else has."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

# Free by systemd's and Debian's conventions: the large range on a machine of its own, the small one (of ids
# handed out dynamically) where a container maps 65,536 ids only.
_LARGE, _LARGE_SPAN = 0x7000_0000, 0x0800_0000
_SMALL, _SMALL_SPAN = 61_184, 4_330

_ROOM = 64

_runs = itertools.count()


def unprivileged_id() -> int | None:
    """An id for one run, when this process is root; None when it is not, and has no other to give.

    Each run gets its own: a process limit counts all processes of an id, and programs that run at the same
    time must not reach each other.
    """
    if os.name != "posix" or os.geteuid() != 0:
        return None
    number = os.getpid() * 64 + next(_runs) % 64
    if _mapped(_LARGE + _LARGE_SPAN):
        return _LARGE + number % _LARGE_SPAN
    return _SMALL + number % _SMALL_SPAN


def _mapped(uid: int) -> bool:
    """Whether the id exists in this user namespace."""
    try:
        lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    ranges = ([int(word) for word in line.split()] for line in lines)
    return any(first <= uid < first + length for first, _, length in ranges)


def room_for_user() -> int:
    """Processes and threads to allow beside a program's own, when it runs under this process's id.

    The kernel counts all of an id together, so its limit is loose here: what runs now, and room for what
    the user starts meanwhile, other sandboxes among it. The watcher holds the program to its exact number.
    """
    return _tasks_of_user() + _ROOM


def _tasks_of_user() -> int:
    own, total = os.getuid(), 0
    try:
        folders = [path for path in Path("/proc").iterdir() if path.name.isdigit()]
    except OSError:
        return 0
    for folder in folders:
        try:
            if folder.stat().st_uid == own:
                total += sum(1 for _ in (folder / "task").iterdir())
        except OSError:
            continue
    return total
