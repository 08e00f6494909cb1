"""The keyboard between prompts: what is typed there is not shown, and can be thrown away."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import clear_typeahead


@contextmanager
def unseen() -> Iterator[None]:
    """Keys typed meanwhile do not appear in the midst of a reply; Ctrl-C still interrupts."""
    if sys.platform == "win32" or not sys.stdin.isatty():
        yield
        return
    import termios

    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    silent = list(before)
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(handle, termios.TCSANOW, silent)
    try:
        yield
    finally:
        termios.tcsetattr(handle, termios.TCSANOW, before)


def discard(source: Input, seconds: float) -> None:
    """Throw away what was typed up to now and in the next moment: it was meant for something else.

    Args:
        source: the prompt's input, which may hold keys read ahead.
        seconds: how long a key still counts as meant for something else.
    """
    with unseen():
        try:
            time.sleep(seconds)
        except KeyboardInterrupt:
            pass  # so was this one
        clear_typeahead(source)
        if not sys.stdin.isatty():
            return
        if sys.platform == "win32":
            import msvcrt

            while msvcrt.kbhit():
                msvcrt.getwch()
        else:
            import termios

            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
