"""A file that takes its place when it is whole; until then what was there stays."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from models.errors import UserError


class Staged:
    """A temporary file beside its target, which it replaces at the end of a `with` block that went well.

    Args:
        path: the target; its folder is created.

    Raises:
        UserError: the folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        except OSError as error:
            raise _unwritable(path, error) from error
        self.file = os.fdopen(handle, "wb")
        self.temporary = Path(name)

    def write(self, data: bytes) -> None:
        """Add bytes.

        Raises:
            UserError: the disk is full.
        """
        try:
            self.file.write(data)
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._put_in_place()
        except OSError as failure:
            raise _unwritable(self.path, failure) from failure
        finally:
            self.file.close()
            self.temporary.unlink(missing_ok=True)

    def _put_in_place(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        self.temporary.chmod(0o666 & ~mask)
        self.temporary.replace(self.path)


def _unwritable(path: Path, error: OSError) -> UserError:
    return UserError(
        f"cannot write: {error.strerror or error}", where=str(path), do="check the disk and the permissions"
    )
