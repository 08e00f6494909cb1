"""What a place to fetch from offers, and the table of all places: one more is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

from models.errors import UserError
from models.registry.entry import FileEntry
from models.registry.progress import Progress

# In the order in which they are tried.
SOURCES = {
    "hub": "models.registry.sources.hub:offer",
    "packages": "models.registry.sources.packages:offer",
}


class SourceFailed(UserError):
    """One source cannot give the file; another may."""


class Offer(Protocol):
    """A file that a source has."""

    @property
    def sha256(self) -> str | None:
        """The hash that the source states; None when it states none."""

    @property
    def size_bytes(self) -> int | None:
        """The size that the source states; None when it states none."""

    @property
    def spare_bytes(self) -> int:
        """Room that fetching needs beside the file itself."""

    @property
    def origin(self) -> str:
        """Where exactly it comes from, for the record."""

    def fetch(self, partial: Path, progress: Progress) -> None:
        """Make `partial` the whole file, going on from the bytes that it has.

        A kill at any moment leaves a file from which the next call goes on. The hash of the whole is the
        caller's to check.

        Raises:
            SourceFailed: the source gave up; what arrived stays.
            OSError: the disk cannot take it; what arrived stays.
        """


def places(entry: FileEntry, sources: Sequence[str]) -> list[str]:
    """Those of the sources where the entry has a place; they are named as the fields of its `sources`."""
    return [source for source in sources if getattr(entry.sources, source)]


def ask(source: str, entry: FileEntry) -> Offer:
    """Ask one source of the table for a file that has a place there.

    Raises:
        SourceFailed: the source cannot be reached, or does not have it.
    """
    module, _, function = SOURCES[source].partition(":")
    offer: Callable[[FileEntry], Offer] = getattr(import_module(module), function)
    return offer(entry)
