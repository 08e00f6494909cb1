"""What a build may use of a machine, and which part of the work it is given; neither changes the data."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.sandbox.policy import Choice


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of the work: problems are dealt by the hash of their id.

    Args:
        number: from 0.
        of: how many there are.
    """

    number: int = 0
    of: int = 1

    def has(self, problem: str) -> bool:
        """Whether a problem belongs to this shard."""
        place = hashlib.blake2b(problem.encode("utf-8", "replace"), digest_size=8).digest()
        return int.from_bytes(place, "big") % self.of == self.number

    def __str__(self) -> str:
        """As on the command line: `0/4`."""
        return f"{self.number}/{self.of}"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is.

    Args:
        read: problems of the sources.
        finished: of them, made into samples or dropped, in this run or an earlier one.
        kept: samples that passed, in this run.
    """

    read: int = 0
    finished: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Machine:
    """What a build may use.

    Args:
        jobs: processes or threads that make samples.
        sandbox: how strictly to isolate the code that is run.
        recordings: folder for recorded outputs, which builds share; None takes the cache folder.
        on_progress: called when something is finished.
        on_spent: told at the end what a service was asked for, in a line.
    """

    jobs: int = 1
    sandbox: Choice = "auto"
    recordings: Path | None = None
    on_progress: Callable[[Progress], None] = lambda _: None
    on_spent: Callable[[str], None] = lambda _: None
