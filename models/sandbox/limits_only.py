"""The `limits` kind: resource limits, another id where root can give one, and nothing else.

The program reads what its id may read, and reaches the network. It is a choice for trusted code, or for
machines that have nothing better, and only ever an explicit one.
"""

from __future__ import annotations

import os

from models.sandbox.identity import room_for_user
from models.sandbox.kind import WATCHER, Frame, Job
from models.sandbox.landlock import closed_folders
from models.sandbox.policy import KindName, Strength


class LimitsOnly:
    """Resource limits, and what the watcher does."""

    name: KindName = "limits"
    strength: Strength = "weak"

    def layers(self) -> tuple[str, ...]:
        """What it is made of."""
        return ("limits", "own user id") if os.geteuid() == 0 else ("limits",)

    def missing(self) -> str | None:
        """What this machine lacks for it."""
        return None if os.name == "posix" else "it needs Linux or another Unix"

    def frame(self, job: Job) -> Frame:
        """Run the watcher as it is."""
        return Frame(
            wrapper=(),
            watcher=str(WATCHER),
            program=str(job.program),
            work=str(job.work),
            hide=closed_folders(job),
            watch_disk=True,
            others=0 if job.uid is not None else room_for_user(),
        )
