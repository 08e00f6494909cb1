"""The protocol of an isolation kind: how it frames the watcher, and why it is missing where it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models.errors import UserError
from models.sandbox.policy import KindName, Limits, Strength

WATCHER = Path(__file__).with_name("watcher")


class SandboxUnavailable(UserError):
    """No isolation of the asked strength works here, so nothing was run."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run, before it starts.

    Args:
        program: folder with the program's files, to be read by it only.
        work: its private folder on this machine's disk, empty; a kind may put one in memory in its place.
        uid: the id to run under; None keeps the caller's, which is then not root.
        limits: what it may use.
        readable: further folders that it reads from, none inside another.
    """

    program: Path
    work: Path
    uid: int | None
    limits: Limits
    readable: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """How a kind runs the watcher, and what the watcher has to do for it.

    Args:
        wrapper: command line that the watcher's is appended to.
        watcher: path of the watcher's package, as it is called inside.
        program: folder with the program's files, as it is called inside.
        work: the private folder, as it is called inside.
        landlock: descriptor of a ruleset to enforce, which the caller closes; None for none.
        seccomp: a system call filter to load; empty for none.
        hide: pairs of a folder that the program's id cannot enter, and the paths below it that it needs.
        watch_disk: whether the private folder has to be measured because nothing else limits it.
        others: processes that the kernel's process limit counts along, since they have the same id.
    """

    wrapper: tuple[str, ...]
    watcher: str
    program: str
    work: str
    landlock: int | None = None
    seccomp: bytes = b""
    hide: tuple[tuple[str, tuple[str, ...]], ...] = ()
    watch_disk: bool = False
    others: int = 0


class Kind(Protocol):
    """A way to isolate a program."""

    @property
    def name(self) -> KindName:
        """As in reports."""

    @property
    def strength(self) -> Strength:
        """How much it isolates."""

    def layers(self) -> tuple[str, ...]:
        """What it is made of on this machine."""

    def missing(self) -> str | None:
        """What this machine lacks for it, as a clause; None when it is worth a try."""

    def frame(self, job: Job) -> Frame:
        """Prepare one run."""
