"""What this machine can bear: how many threads to compute with, and how large a context to hold."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path

_COMFORTABLE_CONTEXT = 8192  # tokens; enough for a file and its answer
_SMALLEST_CONTEXT = 2048
_MEMORY_SHARE = 4  # at most a quarter of the memory for the KV cache


def default_threads() -> int:
    """Physical cores that this process may use, at least 1.

    Two threads on the two halves of one core are slower than one, and threads beyond the cores that a
    container allows wait for each other at every step.
    """
    if hasattr(os, "sched_getaffinity"):
        cores = physical_cores(os.sched_getaffinity(0))
    else:
        cores = max(1, (os.cpu_count() or 2) // 2)
    limit = cpu_quota()
    return max(1, min(cores, math.ceil(limit)) if limit else cores)


def physical_cores(cpus: Iterable[int], root: Path = Path("/sys/devices/system/cpu")) -> int:
    """How many physical cores these logical ones are; each its own where the system does not say.

    Args:
        cpus: numbers of logical processors.
        root: where Linux describes them.
    """
    cores = set()
    for cpu in cpus:
        topology = root / f"cpu{cpu}" / "topology"
        try:
            package = (topology / "physical_package_id").read_text(encoding="ascii").strip()
            core = (topology / "core_id").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            package, core = "unknown", str(cpu)
        cores.add((package, core))
    return max(1, len(cores))


def cpu_quota(
    root: Path = Path("/sys/fs/cgroup"), membership: Path = Path("/proc/self/cgroup")
) -> float | None:
    """Processors' worth of time that the control group allows; None without a limit."""
    folders = [root]
    try:
        for line in membership.read_text(encoding="utf-8").splitlines():
            if line.startswith("0::"):
                folders.insert(0, root / line.removeprefix("0::").lstrip("/"))
    except (OSError, ValueError):
        pass
    for folder in folders:
        try:
            quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
            return int(quota) / int(period)
        except (OSError, ValueError):  # no such file, or the word `max`
            continue
    return None


def memory_bytes() -> int | None:
    """Physical memory of the machine; None where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def default_context(trained: int, token_bytes: int, memory: int | None) -> int:
    """Tokens of context to hold: what the model was trained for, up to a size that the machine bears.

    The KV cache of a 0.5B model takes 12 KB a token, that of deepseek-coder-6.7b 512 KB, so 8,192 tokens are
    0.1 or 4 GB. It goes by the machine's whole memory, not by what is free, so that the same request fits
    today and tomorrow.

    Args:
        trained: the model's training context.
        token_bytes: size of one token in the KV cache.
        memory: of the machine in bytes; None when unknown.
    """
    context = min(trained, _COMFORTABLE_CONTEXT)
    while memory and context // 2 >= _SMALLEST_CONTEXT and context * token_bytes > memory / _MEMORY_SHARE:
        context //= 2
    return context
