"""During the program: the limits that the kernel does not keep, looked at from outside."""

from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

from .rights import Settings

PAGE = resource.getpagesize()


def _parent_of(pid: str) -> int | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return int(text.rpartition(")")[2].split()[1])


def descendants() -> list[int]:
    """All processes below this one, itself excluded; zombies included."""
    children: dict[int, list[int]] = {}
    try:
        pids = [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]
    except OSError:
        return []  # not Linux: `end_all` falls back on the process group
    for pid in pids:
        parent = _parent_of(pid)
        if parent is not None:
            children.setdefault(parent, []).append(int(pid))
    found, waiting = [], [os.getpid()]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _tasks_of(pid: int) -> int:
    """Threads of a process, of which each is a task to the kernel's own limit too."""
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return 0  # gone


def _memory_of(pid: int, exact: bool) -> int:
    """Resident bytes of a process; `exact` shares out pages that several processes have in common."""
    try:
        if not exact:
            return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # gone, or a zombie
    return 0


def _unlinked(pids: list[int]) -> int:
    """Bytes of files that have no name any more and are held open."""
    seen: dict[tuple[int, int], int] = {}
    for pid in pids:
        try:
            for path in Path(f"/proc/{pid}/fd").iterdir():
                entry = path.stat()
                if stat.S_ISREG(entry.st_mode) and entry.st_nlink == 0:
                    seen[entry.st_dev, entry.st_ino] = entry.st_blocks * 512
        except OSError:
            continue
    return sum(seen.values())


def _over_disk(folder: str, limits: Settings, pids: list[int]) -> bool:
    size, entries = _unlinked(pids), 0
    waiting = [folder]
    if size > limits["disk_bytes"]:
        return True
    while waiting:
        try:
            with os.scandir(waiting.pop()) as items:
                for item in items:
                    entries += 1
                    size += item.stat(follow_symlinks=False).st_blocks * 512
                    if size > limits["disk_bytes"] or entries > limits["disk_entries"]:
                        return True
                    if item.is_dir(follow_symlinks=False):
                        waiting.append(item.path)
        except FileNotFoundError:
            continue
        except OSError:
            return True  # closed to its own user, or a path longer than the kernel takes: made to hide in
    return False


def limit_met(settings: Settings) -> str | None:
    """The limit that the program and its descendants are above now; None while they keep all."""
    limits, pids = settings["limits"], descendants()
    if sum(_tasks_of(pid) for pid in pids) > limits["processes"]:
        return "processes"
    for exact in (False, True):
        if sum(_memory_of(pid, exact) for pid in pids) <= limits["memory_bytes"]:
            break
    else:
        return "memory"
    if settings["disk"] and _over_disk(settings["disk"], limits, pids):
        return "disk"
    return None
