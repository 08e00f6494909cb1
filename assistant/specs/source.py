"""Reads a request's bytes as text, from a file or stdin; every way it can fail is one line for people.

Line ends and a byte order mark are kept, so that text.encode("utf-8") gives the file's bytes back.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import BinaryIO

from models.errors import UserError

MAX_BYTES = 4 * 1024 * 1024
"""No context window holds more; a file above it was named by mistake."""

_OTHER_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read_source(path: Path) -> str:
    """The text of a file, line ends and byte order mark included.

    Raises:
        UserError: the file is missing, a directory, unreadable, too large, binary, not UTF-8, or empty.
    """
    where = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise UserError(
            "no such file", where=where, do="check the name, or put a request in words in quotes"
        ) from error
    except IsADirectoryError as error:
        raise UserError("is a directory", where=where, do="name one file in it") from error
    except PermissionError as error:
        # Windows says this of a directory too.
        what = "is a directory" if path.is_dir() else "may not be read"
        raise UserError(
            what, where=where, do="name a file that you may read, or change its permissions"
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserError(f"cannot be read: {reason}", where=where, do="name another file") from error
    return decode(data, where=where)


def read_stdin(stream: BinaryIO) -> str:
    """All of stdin as text.

    Args:
        stream: binary stdin (`sys.stdin.buffer`).

    Raises:
        UserError: it is too large, binary, not UTF-8, or empty.
    """
    return decode(stream.read(MAX_BYTES + 1), where="stdin")


def decode(data: bytes, *, where: str) -> str:
    """Bytes as UTF-8 text.

    Args:
        data: what was read, at most one byte more than MAX_BYTES.
        where: the file or stream, for the error.

    Raises:
        UserError: too large, binary, not UTF-8, or nothing but white space.
    """
    if len(data) > MAX_BYTES:
        raise UserError(
            f"is larger than {MAX_BYTES // 2**20} MiB", where=where, do="give the part that matters"
        )
    for mark, encoding in _OTHER_MARKS.items():
        if data.startswith(mark):
            raise UserError(f"is {encoding} text, not UTF-8", where=where, do="save it as UTF-8")
    if b"\0" in data:
        raise UserError("is a binary file (it holds NUL bytes)", where=where, do="give a text file")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"is not UTF-8 text (byte {error.start}, line {line})", where=where, do="save it as UTF-8"
        ) from error
    if not text.removeprefix("\ufeff").strip():
        raise UserError("is empty", where=where, do="write what you want into it")
    return text
