"""Base and adapter merged once on this machine: it runs faster than one attached to the other.

What is made says nothing new, and is found by the pair of hashes: when it is missing or damaged, the adapter
is attached instead, and the next pull makes it anew.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from models.errors import UserError
from models.paths import models_dir
from models.registry import records
from models.registry.entry import AdapterEntry, ModelEntry
from models.registry.hashes import current_hash, hash_file
from models.registry.index import Known
from models.registry.progress import Progress
from models.registry.records import Merged


def place(merged: Merged) -> Path:
    """Where the file of a merged model lies."""
    return models_dir() / "merged" / f"{merged.base_sha256[:16]}-{merged.adapter_sha256[:16]}.gguf"


def find(base: ModelEntry, adapter: AdapterEntry) -> Merged | None:
    """The merged form of a base and an adapter, if it is here and whole.

    Raises:
        UserError: the record of what was made is broken.
    """
    for merged in records.load().merged:
        if (merged.base_sha256, merged.adapter_sha256) == (base.sha256, adapter.sha256) and is_whole(merged):
            return merged
    return None


def is_whole(merged: Merged) -> bool:
    """Whether the file is what was made; it is only read when it has changed since it was last hashed."""
    path = place(merged)
    try:
        return path.stat().st_size == merged.size_bytes and current_hash(path) == merged.sha256
    except (OSError, UserError):
        return False


def hash_now(merged: Merged, progress: Progress) -> str:
    """Hash the file, whatever was remembered.

    Raises:
        UserError: it cannot be read.
    """
    path = place(merged)
    with progress.bar(f"checking {merged.model} with {merged.adapter}", path.stat().st_size) as bar:
        return hash_file(path, bar.at)


def make(base: Known[ModelEntry], adapter: Known[AdapterEntry], progress: Progress) -> Path:
    """Make sure that the merged form of a base and an adapter is here, and right.

    Args:
        base: its file is here and right.
        adapter: its file too.
        progress: told of the steps.

    Returns:
        Where the file is.

    Raises:
        UserError: the two do not fit, or the file cannot be written.
    """
    from filelock import FileLock

    from models.export.targets import FAST, build

    merged = Merged(
        model=base.entry.name,
        adapter=adapter.entry.name,
        base_sha256=current_hash(base.path),
        adapter_sha256=current_hash(adapter.path),
        sha256="0" * 64,
        size_bytes=1,
    )
    path = place(merged)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f".{path.name}.lock"))
        lock.acquire()
    except OSError as error:
        raise UserError(f"cannot write: {error.strerror or error}", where=str(path.parent)) from error
    try:
        for half_written in path.parent.glob(f".{path.name}.*.tmp"):  # by a process that was killed
            half_written.unlink(missing_ok=True)
        known = [one for one in records.load().merged if place(one) == path]
        if known and path.is_file() and hash_file(path) == known[0].sha256:
            progress.note(f"{adapter.entry.name} is merged into {base.entry.name} already")
            return path
        build(base.path, adapter.path, path, FAST, progress)
        facts = {"sha256": hash_file(path), "size_bytes": path.stat().st_size}
        _record(merged.model_copy(update=facts))
    finally:
        lock.release()
    progress.note(f"{adapter.entry.name} is merged into {base.entry.name}")
    return path


def remove(sha256: str | None) -> int:
    """Delete what was made of a base or an adapter with this hash.

    Returns:
        The bytes that were freed.
    """
    gone = [one for one in records.load().merged if sha256 in {one.base_sha256, one.adapter_sha256}]
    return _forget(gone)


def _record(new: Merged) -> None:
    """Record a merged model; earlier ones of the same two names are of no more use."""

    def is_old(one: Merged) -> bool:
        return (one.model, one.adapter) == (new.model, new.adapter)

    old = [one for one in records.load().merged if is_old(one) and place(one) != place(new)]
    records.change(
        lambda record: record.model_copy(
            update={"merged": (*(one for one in record.merged if not is_old(one)), new)}
        )
    )
    _delete(old)


def _forget(gone: list[Merged]) -> int:
    if not gone:
        return 0
    records.change(
        lambda record: record.model_copy(
            update={"merged": tuple(one for one in record.merged if one not in gone)}
        )
    )
    return _delete(gone)


def _delete(merged: list[Merged]) -> int:
    freed = 0
    for one in merged:
        with suppress(OSError):
            size = place(one).stat().st_size
            place(one).unlink()
            freed += size
    return freed
