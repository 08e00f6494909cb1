"""What the argument of `clarify ask` means: a file, stdin, or the request itself. It reads nothing."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileArgument:
    """A file to take specs from; it need not exist, which reading it will say."""

    path: Path


@dataclass(frozen=True, slots=True)
class TextArgument:
    """A request in words."""

    text: str


@dataclass(frozen=True, slots=True)
class StdinArgument:
    """The request comes through stdin."""


Argument = FileArgument | TextArgument | StdinArgument


def classify(argument: str) -> Argument:
    """Tell a file from a request. Never raises, whatever the text holds.

    A file is what exists, or one word with a path separator or a suffix (`foo.py`, `a/b`), so that a
    mistyped name is reported as missing and not sent to a model. Text that cannot be a path at all, such
    as one with a NUL or longer than the system allows, is a request.
    """
    if argument == "-":
        return StdinArgument()
    if not argument:
        return TextArgument(argument)
    path = Path(argument)
    try:
        path.stat()
    except ValueError:
        return TextArgument(argument)
    except OSError as error:
        if not _looks_like_path(argument) or _impossible(error):
            return TextArgument(argument)
    return FileArgument(path)


def _looks_like_path(argument: str) -> bool:
    if any(character.isspace() for character in argument):
        return False
    separators = [mark for mark in (os.sep, os.altsep) if mark]
    return any(mark in argument for mark in separators) or bool(Path(argument).suffix)


def _impossible(error: OSError) -> bool:
    """Whether the system says that no file could have this name, rather than that there is none."""
    return error.errno in {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}
