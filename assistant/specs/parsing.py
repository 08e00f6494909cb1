"""Parses Python source into a libcst tree whose lines are the source's, or says why it cannot.

The interpreter's own parser goes first: its messages are made for people, and it refuses nesting so deep
that libcst's parser would overflow the stack and take the process down.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings

import libcst as cst

from models.errors import UserError

BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n?|\n")


def parse(source: str, *, where: str = "", do: str = "fix the syntax first") -> cst.Module:
    """Parse source without its byte order mark.

    Args:
        source: Python text with any line ends; a byte order mark at its start is passed over.
        where: the file's name, for the error.
        do: what to do about wrong syntax.

    Raises:
        UserError: it is not Python that this interpreter can read (with line and column), it is nested
            too deeply, or libcst gives it back with other lines, so that positions would be wrong.
    """
    text = source.removeprefix(BOM)
    check(text, where=where, do=do)
    try:
        module = cst.parse_module(text)
        kept = _without_space(module.code) == _without_space(text)
    except RecursionError as error:
        raise too_deep(where) from error
    except cst.ParserSyntaxError as error:
        place = f"{where}:{error.raw_line}:{error.raw_column + 1}".lstrip(":")
        raise UserError(f"cannot be parsed: {error.message}", where=place, do=do) from error
    if not kept:
        raise UserError(
            "has lines that cannot be kept", where=where, do="look for a stray `\\\\` or odd line ends"
        )
    return module


def _without_space(text: str) -> list[str]:
    """The lines as they count for positions.

    libcst drops white space in rare places, as before the colon of an `except`, and at the very end. That
    does no harm, since edits replace whole lines of the source; a line dropped or broken otherwise would.
    """
    return ["".join(line.split()) for line in _LINE_END.split(text.rstrip())]


def check(text: str, *, where: str = "", do: str = "fix the syntax first") -> None:
    """See that the interpreter accepts the syntax.

    Raises:
        UserError: it does not; `where` is extended by line and column.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in somebody's file is not our news
            ast.parse(text)
    except SyntaxError as error:
        place = f"{where}:{error.lineno or 1}:{error.offset or 1}".lstrip(":")
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise UserError(f"not valid Python {version}: {error.msg}", where=place, do=do) from error
    except (RecursionError, MemoryError) as error:
        raise too_deep(where) from error
    except ValueError as error:
        raise UserError(f"not valid Python: {error}", where=where, do=do) from error


def too_deep(where: str) -> UserError:
    """The error for source that overflows the stack of whoever walks its tree."""
    return UserError("is nested too deeply to be parsed", where=where, do="split its longest expression")
