"""A line on stderr that says how far a build is; nothing where stderr is no terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.machine import Progress


@contextmanager
def on_stderr() -> Iterator[Callable[[Progress], None]]:
    """Show progress while the block runs."""
    from models.console import err

    console = err()
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("reading the sources") as status:

        def show(progress: Progress) -> None:
            status.update(
                f"{progress.read} problems read, {progress.finished} finished, {progress.kept} samples"
            )

        yield show
