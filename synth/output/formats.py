"""The interface of file formats, and the table of them."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, cast

from models.errors import UsageError, nearest

# Adding a format: one file, and one line here. The class is built with the path.
WRITERS = {
    ".jsonl": "synth.output.jsonl:JsonlFile",
    ".parquet": "synth.output.parquet:ParquetFile",
}


class DataFile(Protocol):
    """A file of samples that is being written: in its place when closed, and not before.

    Used in a `with` block; one that ends in an exception leaves what was there.
    """

    def write(self, sample: dict[str, Any]) -> None:
        """Add a sample, as a dictionary with the fields of the schema in their order."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Writer(Protocol):
    def __call__(self, path: Path) -> DataFile: ...


def open_data_file(path: Path) -> DataFile:
    """Start a file in the format of its name's ending.

    Raises:
        UsageError: no format has this ending.
        UserError: it cannot be written.
    """
    module, _, name = WRITERS[check_ending(path)].partition(":")
    writer = cast(_Writer, getattr(importlib.import_module(module), name))
    return writer(path)


def check_ending(path: Path) -> str:
    """The ending of a data file's name.

    Raises:
        UsageError: no format has this ending.
    """
    if path.suffix not in WRITERS:
        raise UsageError(
            f"no format has the ending `{path.suffix}`",
            where=str(path),
            do=nearest(path.suffix, sorted(WRITERS)),
        )
    return path.suffix
