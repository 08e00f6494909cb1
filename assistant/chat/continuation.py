"""When a message is not finished at the end of its line: a backslash, or a fence that is still open."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^ {0,3}(`{3,})(?!.*`)", re.MULTILINE)


def goes_on(text: str) -> bool:
    """Whether Enter continues the message instead of sending it; a one-line /command never goes on."""
    if text.startswith("/") and "\n" not in text:
        return False
    return text.endswith("\\") or _fence_is_open(text)


def next_line(text: str) -> str:
    """The text with a new line begun; the backslash that asked for it is gone."""
    return (text[:-1] if text.endswith("\\") else text) + "\n"


def _fence_is_open(text: str) -> bool:
    opened = ""
    for match in _FENCE.finditer(text):
        if not opened:
            opened = match[1]
        elif len(match[1]) >= len(opened):
            opened = ""
    return bool(opened)
