"""Runs tasks in the sandbox, many per process and several processes at a time, each task twice."""

from __future__ import annotations

import functools
import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.sandbox.policy import Limits, MiB, Program
from models.sandbox.runner import Sandbox, open_sandbox
from synth.sources.base import SourceOptions
from synth.sources.recording.records import Outcome, Recording, Records, Task

BATCH = 48  # tasks per sandbox
INPUT_SECONDS = 2.0  # processor time of one input
TASK_SECONDS = 10.0  # wall time of one task
_INSIDE = Path(__file__).with_name("inside.py")
_LIMITS = Limits(wall_seconds=BATCH * TASK_SECONDS, cpu_seconds=60, output_bytes=64 * MiB)


class Recorder:
    """Finds out what code does. What was found is kept, and never run again.

    Args:
        options: where to keep recordings, how to isolate, how many sandboxes at a time.
    """

    def __init__(self, options: SourceOptions) -> None:
        self._options = options
        self._records = Records(options.work / "recorded.jsonl")

    @functools.cached_property
    def _sandbox(self) -> Sandbox:
        return open_sandbox(self._options.sandbox, _LIMITS)

    def record(self, tasks: Iterable[Task]) -> Iterator[Recording]:
        """What each task does, in their order, while later ones are still being run.

        Args:
            tasks: they are read ahead of what is yielded, by a few batches.

        Raises:
            SandboxUnavailable: nothing here isolates code, and something has to be run.
            UserError: the file of recordings cannot be written.
        """
        waiting: deque[tuple[list[Task], Future[dict[str, Recording]] | None]] = deque()
        with ThreadPoolExecutor(self._options.workers, thread_name_prefix="recorder") as pool:
            try:
                for group, new in self._grouped(tasks):
                    future = pool.submit(self._run_and_keep, self._sandbox, new) if new else None
                    waiting.append((group, future))
                    if len(waiting) > 2 * self._options.workers:
                        yield from self._finished(*waiting.popleft())
                while waiting:
                    yield from self._finished(*waiting.popleft())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _grouped(self, tasks: Iterable[Task]) -> Iterator[tuple[list[Task], list[Task]]]:
        """Groups of tasks in order, each with those of it that have to be run."""
        group: list[Task] = []
        new: list[Task] = []
        for task in tasks:
            group.append(task)
            if self._records.get(task) is None:
                new.append(task)
            if len(new) == BATCH or len(group) == 8 * BATCH:
                yield group, new
                group, new = [], []
        if group:
            yield group, new

    def _finished(
        self, group: list[Task], future: Future[dict[str, Recording]] | None
    ) -> Iterator[Recording]:
        fresh = {} if future is None else future.result()
        for task in group:
            found = fresh.get(task.key) or self._records.get(task)
            assert found is not None
            yield found

    def _run_and_keep(self, sandbox: Sandbox, tasks: Sequence[Task]) -> dict[str, Recording]:
        found = {task.key: one for task, one in zip(tasks, run_twice(sandbox, tasks), strict=True)}
        self._records.keep(found)
        return found


def run_twice(sandbox: Sandbox, tasks: Sequence[Task]) -> list[Recording]:
    """Run tasks, then again in other processes, with the inputs reversed and another order of sets."""
    first = _run(sandbox, tasks, hash_seed=0)
    reversed_tasks = [replace(task, inputs=task.inputs[::-1]) for task in tasks]
    second = _run(sandbox, reversed_tasks, hash_seed=1)
    return [_compared(one, other) for one, other in zip(first, second, strict=True)]


def _compared(first: Recording, second: Recording) -> Recording:
    if first.failure or second.failure or len(first.outcomes) != len(second.outcomes):
        return Recording(failure=first.failure or second.failure or "it does not do the same twice")
    pairs = zip(first.outcomes, second.outcomes[::-1], strict=True)
    return Recording(tuple(replace(one, stable=_same(one, other)) for one, other in pairs))


def _same(one: Outcome, other: Outcome) -> bool:
    if one.value is None and other.value is None and one.raises is None:
        return one.shown == other.shown
    return (one.value, one.raises) == (other.value, other.raises)


def _run(sandbox: Sandbox, tasks: Sequence[Task], hash_seed: int) -> list[Recording]:
    """Run tasks in one sandbox; what a task that brings it down leaves undone goes into another one."""
    found: list[Recording] = []
    left = list(tasks)
    while left:
        lines, limit = _lines(sandbox, left, hash_seed)
        found += map(_read, lines)
        left = left[len(lines) :]
        if left:
            found.append(Recording(failure=f"it met the limit of {limit}" if limit else "its process died"))
            left = left[1:]
    return found


def _lines(sandbox: Sandbox, tasks: Sequence[Task], hash_seed: int) -> tuple[list[Any], str | None]:
    request = {
        "seconds": INPUT_SECONDS,
        "task_seconds": TASK_SECONDS,
        "tasks": [
            {"kind": task.kind, "solution": task.solution, "setup": task.setup, "inputs": task.inputs}
            for task in tasks
        ],
    }
    program = Program(
        source=_INSIDE.read_text(encoding="utf-8"),
        stdin=json.dumps(request).encode(),
        packages=False,
        hash_seed=hash_seed,
    )
    result = sandbox.run(program)
    lines = []
    for line in result.stdout.splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            break  # torn by the end
    return lines[: len(tasks)], result.limit


def _read(record: Any) -> Recording:
    if "failure" in record:
        return Recording(failure=str(record["failure"]))
    fields = ("value", "shown", "printed", "raises", "listed", "impure")
    outcomes = [
        Outcome(**{name: one[name] for name in fields if name in one} | {"impure": tuple(one["impure"])})
        for one in record["outcomes"]
    ]
    return Recording(tuple(outcomes))
