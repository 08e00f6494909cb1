"""From the argument of `clarify ask` to its specs, and to the source that edits go into."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.specs.spec import Spec


@dataclass(frozen=True, slots=True)
class Gathered:
    """The specs of one call.

    Args:
        specs: at least one.
        path: the Python file they were taken from, which code can be put into; None for text.
        source: its text; None for text.
    """

    specs: tuple[Spec, ...]
    path: Path | None = None
    source: str | None = None
