"""What is seen of a long step: a bar in a terminal of any width, a line elsewhere."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from models.registry.progress import Bars, Lines


def drawn(width: int) -> list[str]:
    """The lines of a bar at half of 400 MiB, without the codes that move and colour."""
    console = Console(file=io.StringIO(), force_terminal=True, width=width, markup=False, highlight=False)
    with Bars(console).bar("fetching (packages)", 400 * 2**20, 100 * 2**20) as bar:
        bar.at(200 * 2**20)
    written = console.file.getvalue()  # type: ignore[attr-defined]
    return [
        line.rstrip() for line in re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written)) if line
    ]


@pytest.mark.parametrize("width", [120, 80, 60, 48])
def test_a_bar_fits_its_terminal_in_one_line(width: int) -> None:
    lines = drawn(width)
    assert all(line.startswith("fetching (packages)") and len(line) <= width for line in lines)
    assert "200.0/400.0 MiB" in lines[-1]


@pytest.mark.parametrize(
    ("total", "done", "line"),
    [
        (2**30, 0, "fetching (1.00 GiB)"),
        (2**30, 2**29, "fetching (1.00 GiB, 512 MiB of it here)"),
        (None, 0, "fetching"),
    ],
)
def test_elsewhere_a_step_is_a_line(total: int | None, done: int, line: str) -> None:
    console = Console(file=io.StringIO(), width=20, markup=False, highlight=False)
    lines = Lines(console)
    with lines.bar("fetching", total, done) as bar:
        bar.at(done)
    lines.note("a line that is longer than the console is wide [1]")
    written = console.file.getvalue()  # type: ignore[attr-defined]
    assert written == f"{line}\na line that is longer than the console is wide [1]\n"
