"""Text of a docstring without its markup: roles, links, emphasis, footnotes."""

from __future__ import annotations

import re

_ROLE = re.compile(r":(?:[\w+-]+:){0,2}[\w+-]+:`(?P<text>[^`]*)`")
_INLINE = (
    (re.compile(r"`([^`<]*?)\s*<[^`>]*>`__?"), r"\1"),  # links
    (re.compile(r"\[([^\]]+)\]\((?:https?:|#)[^)]*\)"), r"\1"),
    (re.compile(r"``([^`]+)``"), r"`\1`"),
    (re.compile(r"(?<![\w*\\])\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w*`\\])\*(?=[A-Za-z])(\w[\w.]*)\*(?![\w*`])"), r"`\1`"),
    (re.compile(r"(?<![\w*`\\])\*(?=[A-Za-z])([^*\n]+?)(?<=\S)\*(?![\w*`])"), r"\1"),
    (re.compile(r"\b[LCIBMU]\{([^{}]*)\}"), r"`\1`"),  # Epydoc
    (re.compile(r"\s?\[(?:\d+|#\w*)\]_"), ""),  # footnotes
    (re.compile(r"(?<=\w)`_+(?!\w)"), "`"),
    (re.compile(r"\\([*_`|\\])"), r"\1"),
    (re.compile(r"\|(\w+)\|"), r"\1"),
    (re.compile(r"\$(\w+)\$"), r"\1"),
)


def ended(text: str) -> str:
    """Text with a full stop, where it has no other end."""
    text = text.strip()
    return text if not text or text[-1] in ".!?:" or "\n- " in text else f"{text}."


def plain(text: str) -> str:
    """Text without markup."""
    text = _ROLE.sub(_role, text)
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return re.sub(r"\s+", " ", text).strip()


def _role(match: re.Match[str]) -> str:
    text = match["text"].partition("<")[0].strip() or match["text"]
    if text.startswith("~"):
        text = text.rpartition(".")[2]
    return f"`{text.lstrip('~!.')}`"
