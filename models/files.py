"""Files that survive a kill: atomic replacement, and JSON lines whose torn last line is skipped.

Atomic means: a reader sees the old content or the new one, never a part; after a power cut too, since
file and folder are synced. It costs two fsyncs a write, so it is for what a user made, not for logs.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models.errors import UserError


def write_atomic(path: Path, data: bytes | str) -> None:
    """Replace `path` with `data`, whole or not at all; permissions of an existing file are kept.

    A symbolic link is followed, so that the link stays and its target changes.

    Args:
        path: the file; its folder is created.
        data: bytes as they are, or text in UTF-8 with its line ends untouched.

    Raises:
        UserError: the folder cannot be written, the disk is full, or UTF-8 cannot hold the text; the old
            content is untouched.
    """
    try:
        payload = data.encode("utf-8") if isinstance(data, str) else data
    except UnicodeEncodeError as error:
        raise UserError("cannot write: the text holds half a surrogate pair", where=str(path)) from error
    with replacing(path) as temporary:
        temporary.write_bytes(payload)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """An empty file to fill, which replaces `path` when the block ends, and goes when it fails.

    For files too large for memory; else as `write_atomic`.

    Raises:
        UserError: it cannot be written; the old content is untouched.
    """
    temporary: Path | None = None
    try:
        target = _target(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        _copy_mode(target, temporary)
        temporary.replace(target)
        temporary = None
        _sync_folder(target.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _target(path: Path) -> Path:
    """What a link leads to."""
    try:
        return path.resolve()
    except RuntimeError as error:  # a link that leads back to itself, before 3.13
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: Exception) -> UserError:
    reason = getattr(error, "strerror", None) or error
    return UserError(f"cannot write: {reason}", where=str(path), do="check the disk and the permissions")


def _copy_mode(target: Path, temporary: Path) -> None:
    if target.exists():
        temporary.chmod(target.stat().st_mode & 0o7777)
    else:
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_jsonl(path: Path, record: dict[str, Any]) -> None:
    """Append one record as a line and flush it to the disk; a torn line before it is closed first.

    Raises:
        UserError: the file cannot be written.
    """
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    line = text.encode("utf-8", "surrogatepass") + b"\n"  # what a terminal took in and UTF-8 does not know
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            if file.tell() > 0:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(path, error) from error


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a JSON-lines file; a line torn by a kill is skipped, a missing file is empty."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for _, record in json_lines(file):
            if record is not None:
                yield record


def json_lines(lines: Iterable[str | bytes]) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield the record of each line with the line's number; None for a line that is no JSON object.

    Args:
        lines: of the file; blank ones are left out.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        yield number, record if isinstance(record, dict) else None
