"""What a build says on stderr: how far it is, and what it took when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.machine import Progress


@contextmanager
def collected() -> Iterator[list[str]]:
    """A list of what services were asked for; when the block fails it goes to stderr, since it was paid."""
    from models.console import err
    from synth.output.summary import asked

    spent: list[str] = []
    try:
        yield spent
    except BaseException:
        for line in asked(spent):
            err().print(line, soft_wrap=True)
        raise


@contextmanager
def on_stderr() -> Iterator[Callable[[Progress], None]]:
    """Show progress while the block runs; nothing where stderr is no terminal."""
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
