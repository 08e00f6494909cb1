"""JSON lines: a sample a line, its fields in the order of the schema."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from synth.output.entry import json_line
from synth.output.staging import Staged


class JsonlFile:
    """A file of JSON lines that is being written.

    Args:
        path: the file.

    Raises:
        UserError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._staged = Staged(path)

    def write(self, sample: dict[str, Any]) -> None:
        """Add a sample."""
        self._staged.write(json_line(sample))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._staged.__exit__(kind, error, trace)
