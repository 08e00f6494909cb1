"""The part of a build that asks a model, as a program: fixture problems into a work log, as long as it lives.

Usage: python -m tests.synth.llm.builder LOG MODEL JOBS
"""

from __future__ import annotations

import sys
from pathlib import Path

from synth.output.entry import digest
from synth.output.worklog import WorkLog
from synth.recipes.recipe import Recipe, checked
from synth.workers import work_through
from tests.synth.problems import problems

PROBLEMS = problems()[:16]


def recipe(model: str) -> Recipe:
    """A recipe of the generator `llm`."""
    return checked({
        "sources": ["jsonl:unused"],
        "seed": 1,
        "generator": {"name": "llm", "options": {"model": model}},
    })


def work(log: Path, model: str, jobs: int) -> None:
    """Do what is left to do."""
    wanted = recipe(model)
    with WorkLog(log, wanted.work(), wanted.portable()) as written:
        left = [one for one in PROBLEMS if not written.done(one.id, digest(one))]
        for finished in work_through(wanted, left, jobs):
            written.add([one.line for one in finished])


if __name__ == "__main__":
    work(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
