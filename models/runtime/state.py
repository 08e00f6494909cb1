"""A disk cache of what the model has read of a fixed instruction, so that a new process need not read it.

Measured for 128 tokens: 0.4 s to compute them with 0.5B parameters, 1 ms to read them from the disk. The
state restored equals the computed one to the bit; whatever could change a bit is part of the key.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from models.runtime.batches import Batch

_MAGIC = b"clarify-prefix-1\n"
_DIGEST_BYTES = 32
_SUFFIX = ".kv"


class PrefixStore:
    """States by what was read and by what computed it. It never fails: without it things are only slower.

    Args:
        folder: where the files lie; made when the first is written.
        key: what computes: model, adapter, engine version, threads and the like.
        limit_bytes: most to keep; what was used longest ago goes first.
    """

    def __init__(self, folder: Path, key: Sequence[str], *, limit_bytes: int = 512 * 2**20) -> None:
        self._folder = folder
        self._key = tuple(key)
        self._limit_bytes = limit_bytes

    def load(self, batches: Sequence[Batch]) -> bytes | None:
        """The state after these batches; None when there is none, or it is damaged."""
        file = self._file(batches)
        try:
            content = file.read_bytes()
        except OSError:
            return None
        start = len(_MAGIC) + _DIGEST_BYTES
        state = content[start:]
        if content[:start] != _MAGIC + _digest(state):
            with contextlib.suppress(OSError):
                file.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(file)
        return state

    def save(self, batches: Sequence[Batch], state: bytes) -> None:
        """Keep a state. Not synced to the disk: a torn file is found out by its digest."""
        if len(state) > self._limit_bytes // 2:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".tmp")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_MAGIC + _digest(state) + state)
                Path(name).replace(self._file(batches))
            finally:
                Path(name).unlink(missing_ok=True)
            self._prune()

    def _file(self, batches: Sequence[Batch]) -> Path:
        identity = json.dumps([self._key, batches], separators=(",", ":"))
        return self._folder / (hashlib.blake2b(identity.encode(), digest_size=20).hexdigest() + _SUFFIX)

    def _prune(self) -> None:
        """Remove the oldest files, what a killed process left half written among them."""
        states = ((file.stat(), file) for file in self._folder.iterdir())
        newest_first = sorted(((state.st_mtime, state.st_size, file) for state, file in states), reverse=True)
        total = 0
        for _, size, file in newest_first:
            total += size
            if total > self._limit_bytes:
                file.unlink(missing_ok=True)


def place(path: Path) -> str:
    """What stands for a model file whose hash is not known: where it lies, its size and its time."""
    status = path.stat()
    return f"{path.resolve()}|{status.st_size}|{status.st_mtime_ns}"


def _digest(state: bytes) -> bytes:
    return hashlib.blake2b(state, digest_size=_DIGEST_BYTES).digest()
