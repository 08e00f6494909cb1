"""How long `clarify --help` takes, in multiples of a bare interpreter's start, side by side."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Print the medians and the median of the paired ratios."""
    clarify = str(Path(sys.executable).with_name("clarify"))
    pairs = [
        (_seconds([sys.executable, "-c", "pass"]), _seconds([clarify, "--help"])) for _ in range(ROUNDS + 1)
    ][1:]
    bare, shown = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(help_ / start for start, help_ in pairs)
    print(f"bare interpreter {bare * 1000:.0f} ms, clarify --help {shown * 1000:.0f} ms, ratio {ratio:.1f}")


if __name__ == "__main__":
    main()
