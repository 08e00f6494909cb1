"""Replaces the contents of several files: all of them, or none.

Each file is compared with what it is expected to hold right before it is written, and what was written is
put back when a later file fails. A kill between two files is for the undo journal to mend.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError
from models.files import write_atomic


@dataclass(frozen=True, slots=True)
class Replacement:
    """One file's contents.

    Args:
        path: absolute.
        old: what it must hold now; None when it must not exist.
        new: what it will hold; None to delete it.
    """

    path: Path
    old: bytes | None
    new: bytes | None


def inside(path: Path, root: Path) -> Path:
    """The path with all symbolic links resolved.

    Args:
        path: absolute, or counted from the working folder.
        root: the folder that may be written to.

    Raises:
        UserError: it leads out of the root.
    """
    try:
        resolved = path.resolve()
        str(resolved).encode("utf-8")
    except (OSError, RuntimeError) as error:
        raise UserError(f"cannot be followed: {error}", where=str(path)) from error
    except UnicodeEncodeError as error:
        raise UserError("has a name that is not UTF-8, so it is not written", where=repr(path)) from error
    if not resolved.is_relative_to(root.resolve()):
        leads = f" (it leads to {resolved})" if resolved != path.absolute() else ""
        raise UserError(
            f"lies outside {root.resolve()}{leads}, so it is not written", where=str(path), do="run there"
        )
    return resolved


def read_or_none(path: Path) -> bytes | None:
    """A file's bytes; None when there is no such file.

    Raises:
        UserError: it is not a regular file, or cannot be read.
    """
    try:
        if path.exists() and not path.is_file():
            raise UserError("is not a regular file, so it is not written", where=str(path))
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=str(path)) from error


def refuse_read_only(path: Path) -> None:
    """See that a file, when there is one, may be written to: replacing it would not ask its mode.

    Raises:
        UserError: nobody may write to it by its mode, which counts for root too, or this user may not.
    """
    try:
        writable = bool(path.stat().st_mode & 0o222) and os.access(path, os.W_OK)
    except FileNotFoundError:
        return
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    if not writable:
        raise UserError(
            "is read-only, so it is not written", where=str(path), do="make it writable first (chmod u+w)"
        )


def replace_all(replacements: Sequence[Replacement]) -> None:
    """Write all files, or put back those written when one fails.

    Raises:
        UserError: a file holds something else than expected or cannot be written; what was written before
            it is as it was, or, where even that failed, is named.
    """
    written: list[Replacement] = []
    try:
        for replacement in replacements:
            if read_or_none(replacement.path) != replacement.old:
                raise UserError(
                    "changed while it was being written to", where=str(replacement.path), do="try again"
                )
            refuse_read_only(replacement.path)
            written.append(replacement)
            _put(replacement.path, replacement.new)
    except BaseException as error:
        stuck = [replacement.path for replacement in reversed(written) if not _put_back(replacement)]
        if stuck:
            names = ", ".join(str(path) for path in stuck)
            raise UserError(
                f"writing failed ({error}), and these files could not be put back: {names}",
                do="their contents are in the undo journal: undo when the disk can be written again",
            ) from error
        raise


def _put(path: Path, data: bytes | None) -> None:
    if data is not None:
        write_atomic(path, data)
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"cannot be deleted: {error.strerror or error}", where=str(path)) from error


def _put_back(replacement: Replacement) -> bool:
    """Whether the file holds again what it held before."""
    try:
        if read_or_none(replacement.path) != replacement.old:
            _put(replacement.path, replacement.old)
    except UserError:
        return False
    return True


def missing_folders(files: Sequence[Path]) -> tuple[Path, ...]:
    """The folders that must be made before these files can be, outermost first; it makes none."""
    missing: set[Path] = set()
    for file in files:
        for parent in file.parents:
            if parent.exists():
                break
            missing.add(parent)
    return tuple(sorted(missing, key=lambda folder: len(folder.parts)))


def remove_folders(folders: Sequence[Path]) -> None:
    """Remove folders that are empty, innermost first; the others stay."""
    for folder in sorted(folders, key=lambda place: -len(place.parts)):
        try:
            folder.rmdir()
        except OSError:
            continue
