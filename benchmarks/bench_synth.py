"""How fast `rules` makes gated samples on two cores, and how much memory it takes.

`python -m benchmarks.bench_synth [SAMPLES] [JOBS] [SOURCE…]`; the bar is 10,000 samples in 5 minutes and 1
GB. The problems are the test fixtures and those of the sources (`doctest:more_itertools`), each several times
under other ids, so that each time other changes are drawn. Measured is a build without reading the sources.
"""

from __future__ import annotations

import itertools
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from synth.gate.duplicates import Duplicates
from synth.output.finish import finish
from synth.output.places import places
from synth.output.worklog import LogReader, WorkLog
from synth.recipes.recipe import Recipe
from synth.schema import Problem
from synth.sources.base import open_source
from synth.workers import work_through
from tests.synth.problems import problems as fixtures

RECIPE = Recipe(sources=("-",), seed=1)


def originals(sources: list[str]) -> list[Problem]:
    return [*fixtures(), *(problem for spec in sources for problem in open_source(spec).problems())]


def again_and_again(problems: list[Problem]) -> Iterator[Problem]:
    for turn in itertools.count():
        for problem in problems:
            yield problem if turn == 0 else problem.model_copy(update={"id": f"{problem.id}#{turn}"})


def make(problems: list[Problem], samples: int, jobs: int, log: Path) -> tuple[int, float]:
    """Make at least so many samples; returns how many passed the gate, and in how many seconds."""
    started = time.perf_counter()
    kept = 0
    with WorkLog(log, {"shard": [0, 1], "package": "", "benchmark": None}, RECIPE.portable()) as written:
        for finished in work_through(RECIPE, again_and_again(problems), jobs):
            written.add([one.line for one in finished])
            kept += sum(one.kept for one in finished)
            if kept >= samples:
                break
        written.finish({"sources": {}, "sandbox": "auto"})
    return kept, time.perf_counter() - started


def main(samples: int, jobs: int, sources: list[str]) -> None:
    problems = originals(sources)
    duplicates = Duplicates(RECIPE.gate.near_duplicate)
    duplicates(problems[0].model_copy(update={"id": "first"}))  # imports what it needs
    started = time.perf_counter()
    found = sum(duplicates(problem) is not None for problem in problems)
    each = (time.perf_counter() - started) * 1e3 / len(problems)
    print(f"{len(problems)} problems, {found - 1} of them near-duplicates; {each:.1f} ms each to find out")
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "work.log"
        kept, seconds = make(problems, samples, jobs, log)
        print(f"{kept} samples made and gated in {seconds:.1f} s by {jobs} processes: {kept / seconds:.0f}/s")
        started = time.perf_counter()
        report = finish([LogReader(log)], RECIPE, places(Path(folder) / "data.jsonl", RECIPE))
        seconds = time.perf_counter() - started
        size = log.stat().st_size / 2**20
        print(f"{report.samples} of them chosen and written in {seconds:.1f} s, from a log of {size:.0f} MiB")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"memory: {own:.0f} MiB, and {child:.0f} MiB for each process: {own + jobs * child:.0f} MiB")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 10_000, int(given[1]) if len(given) > 1 else 2, given[2:])
