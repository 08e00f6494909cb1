"""What of the registry is on this machine: states, verification, removal."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.errors import UserError
from models.registry import records
from models.registry.entry import FileEntry
from models.registry.hashes import current_hash, hash_file, remembered_hash
from models.registry.index import Known
from models.registry.progress import Progress, Silent

State = Literal["absent", "partial", "present", "broken"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a file's hash is, and what it should be.

    Args:
        expected: None when it is not known, as before the first pull of a file that is locked then.
        found: of the file as it is.
    """

    expected: str | None
    found: str

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the file."""
        return self.expected in {None, self.found}


class Changed(UserError):
    """A file is not what the registry says it is."""


def partial_file(known: Known[FileEntry], sha256: str) -> Path:
    """Where the file of this hash grows while it is fetched; a dot file beside its place."""
    return known.path.with_name(f".{known.path.name}.{sha256[:12]}.partial")


def rejected_file(known: Known[FileEntry]) -> Path:
    """Where a file goes whose hash is wrong."""
    return known.path.with_name(f"{known.path.name}.rejected")


def state(known: Known[FileEntry]) -> State:
    """What is here of a file, without reading it: size, and the hash if it is remembered."""
    if known.path.is_file():
        size, expected = known.entry.size_bytes, known.entry.sha256
        remembered = remembered_hash(known.path)
        wrong = (size is not None and known.path.stat().st_size != size) or (
            None not in {expected, remembered} and expected != remembered
        )
        return "broken" if wrong else "present"
    return "partial" if any(path.suffix == ".partial" for path in _leavings(known)) else "absent"


def verify(known: Known[FileEntry], progress: Progress | None = None) -> Verification:
    """Hash the file, whatever was remembered.

    Raises:
        UserError: it is not here, or cannot be read.
    """
    if not known.path.is_file():
        raise UserError(f"the file of {known.entry.name} is not here", where=str(known.path))
    label = f"checking {known.entry.name}"
    with (progress or Silent()).bar(label, known.path.stat().st_size) as bar:
        return Verification(expected=known.entry.sha256, found=hash_file(known.path, bar.at))


def ensure_unchanged(known: Known[FileEntry]) -> None:
    """Check a file before use; it is only read when it has changed since it was last hashed.

    Raises:
        Changed: it is not what it should be.
        UserError: it cannot be read.
    """
    entry = known.entry
    size = known.path.stat().st_size
    pulled = known.origin == "catalogue"
    do = f"run `clarify models pull {entry.name}`" if pulled else "add it again, if that is meant"
    if entry.size_bytes is not None and size != entry.size_bytes:
        raise Changed(
            f"the file of {entry.name} has {size} bytes and should have {entry.size_bytes}",
            where=str(known.path),
            do=do,
        )
    if entry.sha256 is not None and current_hash(known.path) != entry.sha256:
        raise Changed(f"the file of {entry.name} has another SHA-256", where=str(known.path), do=do)


def put_in_place(partial: Path, known: Known[FileEntry]) -> None:
    """Move a whole and checked file to where it is used.

    Its bytes reach the disk first: a power cut must not leave a file that only looks whole.
    """
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(known.path)


@contextmanager
def sole(known: Known[FileEntry], progress: Progress | None = None) -> Iterator[None]:
    """Keep other processes from changing the file of a model meanwhile.

    Args:
        known: the model or adapter.
        progress: told when another process has it, which is then waited for; None does not wait.

    Raises:
        UserError: another process has it and waiting was not asked for, or the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        known.path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(known.path.with_name(f".{known.path.name}.lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if progress is None:
                raise UserError(f"another process is fetching {known.entry.name}") from None
            progress.note(f"another process is fetching {known.entry.name}; waiting for it")
            lock.acquire()
    except OSError as error:
        raise UserError(
            f"cannot write: {error.strerror or error}",
            where=str(known.path.parent),
            do="check the permissions",
        ) from error
    try:
        yield
    finally:
        lock.release()


def remove(known: Known[FileEntry]) -> int:
    """Delete what was fetched of a file, or forget a file that the user added, which stays.

    Returns:
        The bytes that were freed.

    Raises:
        UserError: there is nothing to remove, it is part of the package, or cannot be removed.
    """
    if known.origin == "shipped":
        raise UserError(f"{known.entry.name} is part of the package and cannot be removed")
    if known.origin == "added":
        records.change(lambda record: _without(record, known.entry.name))
        return 0
    with sole(known):
        files = [path for path in (known.path, *_leavings(known)) if path.exists()]
        if not files:
            raise UserError(f"nothing of {known.entry.name} is on this machine")
        freed = 0
        for path in files:
            try:
                if path.is_dir():
                    shutil.rmtree(path)
                    continue
                size = path.stat().st_size
                path.unlink()
            except OSError as error:
                raise UserError(f"cannot remove: {error.strerror or error}", where=str(path)) from error
            freed += size
    return freed


def _leavings(known: Known[FileEntry]) -> list[Path]:
    """What pulls left beside the file: partial and rejected ones, folders of wheels; not the lock."""
    folder, name = known.path.parent, known.path.name
    if known.origin != "catalogue" or not folder.is_dir():
        return []
    # Not by glob: the name may hold characters that mean something in a pattern.
    return [
        path
        for path in sorted(folder.iterdir())
        if (path.name.startswith(f".{name}.") and path.suffix != ".lock")
        or (path.name.startswith(f"{name}.") and path.suffix == ".rejected")
    ]


def _without(record: records.Records, name: str) -> records.Records:
    return record.model_copy(
        update={
            "models": tuple(added for added in record.models if added.entry.name != name),
            "adapters": tuple(added for added in record.adapters if added.entry.name != name),
        }
    )
