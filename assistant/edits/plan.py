"""What is to be written, worked out before anything is: an `Edit` holds both texts and the hash it is for."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from pathlib import Path

from assistant.specs.spec import Spec
from models.errors import UserError


@dataclass(frozen=True, slots=True)
class Edit:
    """One file's change.

    Args:
        path: the file; a relative one counts from the working folder.
        before: its text now, line ends and byte order mark included; None when it is to be made.
        after: its text then.
        before_sha256: of `before` in UTF-8, which is the file's bytes; None when it is to be made.
    """

    path: Path
    before: str | None
    after: str
    before_sha256: str | None


def sha256(data: bytes) -> str:
    """The hash that edits and the undo journal know contents by."""
    return hashlib.sha256(data).hexdigest()


def plan(path: Path, before: str | None, after: str) -> Edit | None:
    """The edit from one text to another, tried out first.

    Args:
        path: the file.
        before: its text as `assistant.specs.source.read_source` gives it; None for a file to be made.
        after: its text to be.

    Returns:
        None when nothing changes.

    Raises:
        UserError: a Python file would no longer compile, though it does now; nothing should be written.
    """
    if before == after:
        return None
    if path.suffix.lower() in {".py", ".pyw"}:
        fault = _fault(after)
        if fault is not None and (before is None or _fault(before) is None):
            line = f":{fault.lineno}" if fault.lineno else ""
            raise UserError(
                f"the new code would not be valid Python there ({fault.msg})",
                where=f"{path}{line}",
                do="nothing was written; ask again, or write it by hand",
            )
    return Edit(path, before, after, None if before is None else sha256(before.encode("utf-8")))


def insert_spec(source: str, spec: Spec, code: str) -> str:
    """Put generated code in the place of a spec.

    The spec is found again in `source` by its name, so the specs of one file can be applied one after the
    other, in the order of the file. Of the code, the function's body is taken, with the imports and helpers
    that it needs; demonstrations are dropped. The user's signature, decorators, docstring and comments stay.

    Args:
        source: the file's text now.
        spec: a function, method or TODO that `specs_of` gave for an earlier or this state of the file.
        code: what the model wrote.

    Returns:
        The file's text with the code in place, line ends and byte order mark kept.

    Raises:
        UserError: the code is not valid Python or does not define the function (what it defines is named),
            its parameters do not fit, or the spec is no longer in the source.
    """
    from assistant.edits.insert import insert

    return insert(source, spec, code)


def merge_code(source: str, code: str) -> str:
    """Merge code of a conversation into a file.

    Each function and class of the code takes the place of the one with its name, or is appended; members of
    a class that the code leaves out stay. Imports are added, demonstrations dropped. An empty source is
    replaced by the code as it is.

    Args:
        source: the file's text now; empty for a new file.
        code: what the model wrote.

    Raises:
        UserError: either is not valid Python, or the code holds nothing to merge.
    """
    from assistant.edits.merge import merge

    return merge(source, code)


def _fault(text: str) -> SyntaxError | None:
    """Why text does not compile; None when it does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text.removeprefix("\ufeff"), "<after>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError) as error:
        return SyntaxError(str(error) or "nested too deeply")
    return None
