"""All models and adapters known here: of the catalogues, and what the user added; locked hashes filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

from models.errors import UserError, nearest
from models.paths import models_dir
from models.registry import catalogue, records
from models.registry.entry import AdapterEntry, FileEntry, ModelEntry

E_co = TypeVar("E_co", bound=FileEntry, covariant=True)
Entry = TypeVar("Entry", bound=FileEntry)
Origin = Literal["catalogue", "added", "shipped"]


@dataclass(frozen=True, slots=True)
class Known(Generic[E_co]):
    """An entry and where its file lies, or will.

    Args:
        entry: with the locked hash where the catalogue gives none.
        path: of the file, which need not be there.
        origin: `catalogue` for what can be pulled, `added` for the user's own file, `shipped` for a file
            that is part of the package.
        locked: whether the hash is that of the first pull, and not the catalogue's.
    """

    entry: E_co
    path: Path
    origin: Origin
    locked: bool = False


def models() -> list[Known[ModelEntry]]:
    """All known models, those of the catalogue first.

    Raises:
        UserError: the user's catalogue, or the record of what was added, is broken.
    """
    record = records.load()
    return [
        *(_pulled(entry, record) for entry in (*catalogue.shipped().models, *catalogue.own().models)),
        *(Known(added.entry, added.path, "added") for added in record.models),
    ]


def adapters() -> list[Known[AdapterEntry]]:
    """All known adapters, those of the catalogue first.

    Raises:
        UserError: the user's catalogue, or the record of what was added, is broken.
    """
    record = records.load()
    return [
        *(
            Known(entry, catalogue.shipped_adapter(entry), "shipped")
            if entry.is_shipped
            else _pulled(entry, record)
            for entry in (*catalogue.shipped().adapters, *catalogue.own().adapters)
        ),
        *(Known(added.entry, added.path, "added") for added in record.adapters),
    ]


def model(name: str | None) -> Known[ModelEntry]:
    """The model of a name; the default for None.

    Raises:
        UserError: there is none of that name; says which is nearest.
    """
    return _named(name or catalogue.default(), models(), "model")


def adapter(name: str) -> Known[AdapterEntry]:
    """The adapter of a name.

    Raises:
        UserError: there is none of that name; says which is nearest.
    """
    return _named(name, adapters(), "adapter")


def model_or_adapter(name: str | None) -> Known[FileEntry]:
    """The model or the adapter of a name; the default model for None.

    Raises:
        UserError: there is none of that name; says which is nearest.
    """
    everything: list[Known[FileEntry]] = [*models(), *adapters()]
    return _named(name or catalogue.default(), everything, "model")


def _pulled(entry: Entry, record: records.Records) -> Known[Entry]:
    place, lock = models_dir() / entry.file, record.locks.get(entry.name)
    if lock is None or entry.sha256 is not None:
        return Known(entry, place, "catalogue")
    locked = entry.model_copy(update={"sha256": lock.sha256, "size_bytes": lock.size_bytes})
    return Known(locked, place, "catalogue", locked=True)


def _named(name: str, known: Sequence[Known[Entry]], kind: str) -> Known[Entry]:
    for candidate in known:
        if candidate.entry.name == name:
            return candidate
    raise UserError(
        f"unknown {kind} `{name}`", do=nearest(name, [candidate.entry.name for candidate in known])
    )
