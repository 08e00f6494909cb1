"""The status line: the parts that matter most stay when the terminal is narrow."""

from __future__ import annotations

from rich.cells import cell_len

from assistant.chat.interface import Status
from models.console import clean

_GAP = " · "


def status_line(status: Status, columns: int) -> str:
    """One line of at most `columns` cells."""
    parts: list[tuple[int, str]] = []  # rank, text; the highest rank goes first when there is no room
    if status.waiting:
        parts.append((0, "waiting for you"))
    parts.append((1, clean(status.model)))
    parts.append((4, f"adapter {clean(status.adapter)}" if status.adapter else "no adapter"))
    if status.tokens_per_second:
        parts.append((3, f"{status.tokens_per_second:.1f} tok/s"))
    if status.context_tokens:
        parts.append((2, f"context {status.used_tokens}/{status.context_tokens}"))
    elif status.used_tokens:
        parts.append((2, f"context {status.used_tokens}"))
    while len(parts) > 1 and cell_len(_joined(parts)) > columns:
        parts.remove(max(parts))
    line = _joined(parts)
    while cell_len(line) > columns:
        line = line[:-1]
    return line


def _joined(parts: list[tuple[int, str]]) -> str:
    return _GAP.join(text for _rank, text in parts)
