"""Unified diffs of edits, as `git apply` and `patch` read them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.edits.plan import Edit

_NO_NEWLINE = "\\ No newline at end of file\n"


def unified(edit: Edit, context: int = 3) -> str:
    """The diff of one edit.

    Args:
        edit: what changes; a file to be made is compared with /dev/null.
        context: unchanged lines shown around each change.

    Returns:
        Lines with their own line ends (a CRLF file's lines keep the CR); a missing one at the end of a file
        is marked. A file made empty has a header only.
    """
    old = "/dev/null" if edit.before is None else _name("a", edit.path)
    lines = list(
        difflib.unified_diff(
            _lines(edit.before or ""), _lines(edit.after), old, _name("b", edit.path), n=context
        )
    )
    if not lines:
        return f"--- {old}\n+++ {_name('b', edit.path)}\n"
    return "".join(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}" for line in lines)


def counts(edit: Edit) -> tuple[int, int]:
    """How many lines an edit adds and removes."""
    body = list(_body(edit))
    return sum(line.startswith("+") for line in body), sum(line.startswith("-") for line in body)


def summary(edits: Sequence[Edit]) -> str:
    """All edits in a few words: `+12 -3`, or `2 files, +12 -3`."""
    pairs = [counts(edit) for edit in edits]
    total = f"+{sum(added for added, _ in pairs)} -{sum(removed for _, removed in pairs)}"
    return total if len(edits) == 1 else f"{len(edits)} files, {total}"


def _body(edit: Edit) -> Iterator[str]:
    """The changed lines without the headers."""
    lines = difflib.unified_diff(_lines(edit.before or ""), _lines(edit.after), n=0)
    yield from list(lines)[2:]


def _lines(text: str) -> list[str]:
    """Split at line feeds only, as patch does; str.splitlines would also split at form feeds."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _name(side: str, path: Path) -> str:
    """`a/…`; absolute paths lose their root. A tab ends a name with spaces, which patch needs."""
    name = f"{side}/{path.as_posix().lstrip('/')}"
    return f"{name}\t" if " " in name else name
