"""Text to the user's clipboard: a program of the platform, else the terminal's own way (OSC 52)."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from rich.console import Console

from models.errors import UserError

_SECONDS = 5


def copy(text: str, console: Console) -> str:
    """Put a text on the clipboard.

    Args:
        text: any.
        console: the terminal that is asked when no program is there.

    Returns:
        How it was done, in words.

    Raises:
        UserError: neither a program nor a terminal could take it.
    """
    for command in _programs():
        try:
            # Some stay in the background to serve the text, so they must not hold our streams.
            subprocess.run(
                command,
                input=text.encode("utf-8"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        return f"by {command[0]}"
    if console.is_terminal and not console.is_dumb_terminal:
        payload = base64.b64encode(text.encode("utf-8")).decode("ascii")
        console.file.write(f"\x1b]52;c;{payload}\x07")
        console.file.flush()
        return "by the terminal (OSC 52), which some do not allow"
    raise UserError("there is no way to the clipboard here", do="use /apply FILE to keep the code in a file")


def _programs() -> Iterator[list[str]]:
    """Commands that read the text on stdin, those first that fit the desktop."""
    candidates: list[list[str]] = []
    if sys.platform == "darwin":
        candidates.append(["pbcopy"])
    elif sys.platform == "win32":
        candidates.append(["clip"])
    else:
        if os.environ.get("WAYLAND_DISPLAY"):
            candidates.append(["wl-copy"])
        if os.environ.get("DISPLAY"):
            candidates += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    for command in candidates:
        if shutil.which(command[0]):
            yield command
