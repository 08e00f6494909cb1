"""SHA-256 of large files, remembered by a file's path, size, time and inode.

So that using a model does not read half a gigabyte each time: a file that was hashed and has not changed
since is taken for what it was. `hash_file` never trusts the memory; it only writes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from models.errors import UserError
from models.files import write_atomic
from models.paths import cache_dir

_CHUNK = 2**20


def hash_file(path: Path, on_bytes: Callable[[int], None] | None = None) -> str:
    """Hash a file, and remember the result.

    Args:
        path: the file.
        on_bytes: told how many bytes are done, as they are done.

    Raises:
        UserError: the file cannot be read.
    """
    before = _stamp(path)
    digest = hash_part(path, 0, None, on_bytes)
    if before == _stamp(path):
        remember(path, digest)
    return digest


def hash_part(
    path: Path, start: int, length: int | None, on_bytes: Callable[[int], None] | None = None
) -> str:
    """Hash `length` bytes of a file from `start`, or all from there.

    Raises:
        UserError: the file cannot be read.
    """
    digest, done = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            file.seek(start)
            while chunk := file.read(_CHUNK if length is None else min(_CHUNK, length - done)):
                digest.update(chunk)
                done += len(chunk)
                if on_bytes is not None:
                    on_bytes(done)
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror or error}", where=str(path)) from error
    return digest.hexdigest()


def remember(path: Path, digest: str) -> None:
    """Take it that the file, as it is now, has this hash."""
    # Two processes at once may lose one another's line: it costs a second hashing, nothing else.
    memory = _memory() | {str(path.resolve()): {"stamp": _stamp(path), "sha256": digest}}
    with suppress(UserError):
        write_atomic(_memory_file(), json.dumps(memory, indent=1))


def remembered_hash(path: Path) -> str | None:
    """The hash of a file that has not changed since it was hashed; None when that is not known."""
    stamp = _stamp(path)
    known = _memory().get(str(path.resolve()))
    if stamp is None or not isinstance(known, dict) or known.get("stamp") != stamp:
        return None
    digest = known.get("sha256")
    return digest if isinstance(digest, str) else None


def current_hash(path: Path) -> str:
    """The hash of a file: remembered, else computed.

    Raises:
        UserError: the file cannot be read.
    """
    return remembered_hash(path) or hash_file(path)


def _stamp(path: Path) -> list[int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return [facts.st_size, facts.st_mtime_ns, facts.st_ino]


def _memory_file() -> Path:
    return cache_dir() / "model-hashes.json"


def _memory() -> dict[str, Any]:
    try:
        memory = json.loads(_memory_file().read_bytes())
    except (OSError, ValueError):
        return {}
    return memory if isinstance(memory, dict) else {}
