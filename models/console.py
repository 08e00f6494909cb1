"""The two consoles: data on stdout, diagnostics on stderr; and the cleaning of text that a model wrote."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

# Everything below space but tab and newline, DEL, the C1 controls, and the bidirectional overrides that
# make code read differently from how it runs (Trojan Source, CVE-2021-42574).
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@functools.cache
def out() -> Console:
    """The console on stdout, for data and answers."""
    from rich.console import Console

    return Console(markup=False, highlight=False)


@functools.cache
def err() -> Console:
    """The console on stderr, for progress, hints and errors."""
    from rich.console import Console

    return Console(stderr=True, markup=False, highlight=False)


def clean(text: str) -> str:
    """Text of a model or a file, safe for a terminal: no escape sequences, no bidirectional overrides."""
    return _UNSAFE.sub("", text.replace("\r\n", "\n"))
