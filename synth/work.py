"""The long part of a build: problems are read, looked at, made into samples, and written to the work log."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synth.gate.behaviour import Behaviour
from synth.gate.reason import Reason
from synth.machine import Machine, Progress, Shard
from synth.output.entry import Entry, digest
from synth.output.worklog import WorkLog, contents
from synth.reading import Reading
from synth.recipes.recipe import Recipe
from synth.schema import Problem
from synth.workers import work_through


def do_work(recipe: Recipe, log: Path, shard: Shard, machine: Machine) -> Progress:
    """Do the work of a shard, or go on with it.

    Args:
        recipe: what to make.
        log: the work log, which is all that is written.
        shard: which part of the problems.
        machine: what may be used.

    Raises:
        UserError: a source, the generator or the gate lacks something, or the log cannot be written; what
            was finished is kept.
    """
    behaviour = Behaviour.from_environment(machine.sandbox)
    reading = Reading(recipe, machine)
    with WorkLog(log, _identity(recipe, shard, behaviour), recipe.portable()) as written:
        return _Work(recipe, written, shard, machine, behaviour, reading).run()


def open_problems(recipe: Recipe, log: Path, shard: Shard, machine: Machine) -> Iterator[Problem]:
    """The problems that `do_work` would make samples of, without the comparison by behaviour.

    Raises:
        UserError: a source cannot be read.
    """
    digests = contents(log).digests
    for problem, reason in Reading(recipe, machine).problems():
        if reason is None and shard.has(problem.id) and digests.get(problem.id) != digest(problem):
            yield problem


def _identity(recipe: Recipe, shard: Shard, behaviour: Behaviour | None) -> dict[str, Any]:
    """What a log is of: a build that differs in any of this cannot go on with it."""
    return {
        **recipe.work(),
        "shard": [shard.number, shard.of],
        "package": importlib.metadata.version("clarifycoder"),
        "benchmark": behaviour.sha256 if behaviour else None,
    }


@dataclass(slots=True)
class _Work:
    recipe: Recipe
    log: WorkLog
    shard: Shard
    machine: Machine
    behaviour: Behaviour | None
    reading: Reading
    progress: Progress = field(default=Progress())
    seen: set[str] = field(default_factory=set)

    def run(self) -> Progress:
        problems = self._clean(self._open_problems())
        machine = self.machine
        for finished in work_through(self.recipe, problems, machine.jobs, machine.on_spent):
            self._add([one.line for one in finished], sum(one.kept for one in finished))
        self.log.forget(sorted(self.log.problems - self.seen))
        self.log.finish({"sources": self.reading.sources, "sandbox": machine.sandbox})
        return self.progress

    def _open_problems(self) -> Iterator[Problem]:
        """The problems of this shard that are not done yet; near-duplicates are done at once."""
        for problem, reason in self.reading.problems():
            self._tell(read=1)
            if not self.shard.has(problem.id):
                continue
            self.seen.add(problem.id)
            if self.log.done(problem.id, digest(problem)):
                self._tell(finished=1)
            elif reason is not None:
                self._drop(problem, reason)
            else:
                yield problem

    def _clean(self, problems: Iterator[Problem]) -> Iterator[Problem]:
        """The problems whose solutions pass no benchmark's tests; all of them where there is no benchmark."""
        if self.behaviour is None:
            yield from problems
            return
        for problem, reason in self.behaviour.stream(problems):
            if reason is None:
                yield problem
            else:
                self._drop(problem, reason)

    def _drop(self, problem: Problem, reason: Reason) -> None:
        self._add([Entry.of(problem, reason=reason).line()], 0)

    def _add(self, lines: list[bytes], kept: int) -> None:
        self.log.add(lines)
        self._tell(finished=len(lines), kept=kept)

    def _tell(self, read: int = 0, finished: int = 0, kept: int = 0) -> None:
        now = self.progress
        self.progress = Progress(now.read + read, now.finished + finished, now.kept + kept)
        self.machine.on_progress(self.progress)
