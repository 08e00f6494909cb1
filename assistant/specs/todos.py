"""Which comments are TODOs, told from their text alone."""

from __future__ import annotations

import re

# `TODO` and `todo` may stand alone; any other spelling needs its colon, or "Todo items are kept in …"
# would be one. A trailing s ("todos") is another word.
_TODO = re.compile(
    r"#+[:!]?\s*(?:(?:TODO|todo)\b(?:\s*\([^)]*\))?\s*[:\-]?|(?i:todo)(?:\s*\([^)]*\))?\s*:)\s*(.*)"
)
_OTHER_MARK = re.compile(r"#+\s*(?:FIXME|XXX|HACK|NOTE|BUG|OPTIMIZE)\b")
_PRAGMA = re.compile(
    r"#+\s*(?:noqa|type:|pragma|fmt:|isort:|pylint:|pyright:|mypy:|ruff:|nosec|flake8:|yapf:|!|-\*-|region|endregion|%%)"
)


def is_todo(comment: str) -> bool:
    """Whether a comment, `#` included, opens a TODO: `# TODO: x`, `# TODO(ann): x`, `# todo x`."""
    return _TODO.match(comment) is not None


def is_pragma(comment: str) -> bool:
    """Whether a comment speaks to a tool: `# noqa`, `# type: ignore`, `# pragma: no cover`."""
    return _PRAGMA.match(comment) is not None


def continues_todo(comment: str) -> bool:
    """Whether a comment line right below a TODO belongs to it: neither a mark of its own nor a pragma."""
    return not (is_todo(comment) or is_pragma(comment) or _OTHER_MARK.match(comment))


def todo_words(comments: list[str]) -> str:
    """What a TODO block says, without its marks, in one line; empty when it says nothing."""
    first = _TODO.match(comments[0])
    rest = [comment.lstrip("#").strip() for comment in comments[1:]]
    return " ".join(" ".join([first[1] if first else comments[0], *rest]).split())
