"""How far scoring is, on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def scoring_on_stderr() -> Iterator[Callable[[int, int], None]]:
    """Show progress while the block runs; nothing where stderr is no terminal.

    Yields:
        what is told the number of new scores and of all responses.
    """
    from models.console import err

    console = err()
    if not console.is_terminal:
        yield lambda done, of: None
        return
    with console.status("reading the responses") as status:
        yield lambda done, of: status.update(f"{done} of {of} responses scored")
