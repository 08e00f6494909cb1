"""Calls an entry point by another name: in code by token, in text where it is meant."""

from __future__ import annotations

import io
import re
import tokenize


def rename(code: str, old: str, new: str) -> str:
    """Rename a function in code; attributes, keyword arguments and strings of the same name stay.

    Args:
        code: a program or an expression; returned as it is where it cannot be read.
        old: the name as it is.
        new: the name, or a dotted one for calls through a class.
    """
    if old == new or old not in code:
        return code
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return code
    lines = code.splitlines(keepends=True)
    places = [
        token.start
        for at, token in enumerate(tokens)
        if token.type == tokenize.NAME and token.string == old and _is_name(tokens, at)
    ]
    for row, column in reversed(places):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + new + line[column + len(old) :]
    return "".join(lines)


def _is_name(tokens: list[tokenize.TokenInfo], at: int) -> bool:
    before = tokens[at - 1].string if at else ""
    after = tokens[at + 1].string if at + 1 < len(tokens) else ""
    keyword = after == "=" and before in {"(", ","}
    return before != "." and not keyword


def rename_in_text(text: str, old: str, new: str) -> str:
    """Rename a function in prose: where it is called, in code marks, or cannot be an ordinary word."""
    if old == new:
        return text
    text = re.sub(rf"(?<![\w.]){re.escape(old)}(?=\()", new, text)
    text = re.sub(rf"(`+){re.escape(old)}(?=`)", rf"\g<1>{new}", text)
    return re.sub(rf"(?<![\w.]){re.escape(old)}(?!\w)", new, text) if "_" in old.strip("_") else text
