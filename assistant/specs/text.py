"""Requests in words: from the command line, from stdin, and from files that are not Python.

All of it is one request, however it looks. Text on stdin that happens to be Python is no exception: it has
no file to be written back to, and a stub on its own is already the request that a model is trained on.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from assistant.specs.source import read_stdin
from assistant.specs.spec import Spec
from models.errors import UserError

NAME = "request"


def text_spec(text: str, *, file: Path | None = None) -> Spec:
    """One request in words.

    Args:
        text: the words, whatever characters they hold.
        file: where they were read from.

    Raises:
        UserError: there is nothing but white space.
    """
    words = _sound(text).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not words.strip():
        raise UserError("the request is empty", do='say what you want: clarify ask "…"')
    return Spec(name=NAME, kind="text", text=words, file=file)


def stdin_spec(stream: BinaryIO) -> Spec:
    """All of stdin as one request.

    Args:
        stream: binary stdin.

    Raises:
        UserError: it is empty, binary, not UTF-8, or too large.
    """
    return text_spec(read_stdin(stream))


def _sound(text: str) -> str:
    """Without lone surrogates, which Python makes of undecodable bytes in arguments and UTF-8 cannot hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
