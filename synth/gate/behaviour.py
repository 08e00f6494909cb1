"""Decontamination by behaviour: a solution that passes the tests of a HumanEval problem is dropped.

It needs the benchmark, which does not come with this package: the environment variable CLARIFY_HUMANEVAL
names a file of it, JSON lines, also gzipped. Without it this check does nothing, and reports say so.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import os
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import UserError
from synth.gate.reason import Reason
from synth.schema import Problem

if TYPE_CHECKING:
    from models.sandbox.policy import Choice
    from models.sandbox.runner import Sandbox

VARIABLE = "CLARIFY_HUMANEVAL"
BATCH = 32
SECONDS = 0.3
"""Processor time for the tests of one problem; a solution has 60 times as much, of wall time, for all."""

_FIELDS = ("task_id", "prompt", "canonical_solution", "entry_point", "test")
_INSIDE = Path(__file__).with_name("behaviour_inside.py")


class Behaviour:
    """Compares solutions with a benchmark.

    Args:
        file: the benchmark.
        sandbox: how to isolate what is run.
        workers: sandboxes at work at the same time.

    Raises:
        UserError: the file cannot be read, or is not the benchmark.
    """

    def __init__(self, file: Path, sandbox: Choice = "auto", workers: int = 2) -> None:
        data = _content(file)
        self.sha256 = hashlib.sha256(data).hexdigest()
        self._problems = [_row(line, file) for line in data.splitlines() if line.strip()]
        self._choice: Choice = sandbox
        self._workers = workers

    @classmethod
    def from_environment(cls, sandbox: Choice = "auto", workers: int = 2) -> Behaviour | None:
        """The check with the file that CLARIFY_HUMANEVAL names; None when it is not set."""
        named = os.environ.get(VARIABLE)
        return cls(Path(named), sandbox, workers) if named else None

    def stream(self, problems: Iterable[Problem]) -> Iterator[tuple[Problem, Reason | None]]:
        """Each problem, in order, with the reason to drop it.

        Args:
            problems: read ahead of what is yielded, by a few batches.

        Raises:
            SandboxUnavailable: nothing here isolates code.
        """
        waiting: deque[tuple[list[Problem], Future[list[str | None]]]] = deque()
        with ThreadPoolExecutor(self._workers, thread_name_prefix="behaviour") as pool:
            for group in _groups(problems, BATCH):
                waiting.append((group, pool.submit(self.passing, group)))
                if len(waiting) > self._workers:
                    yield from _judged(*waiting.popleft())
            while waiting:
                yield from _judged(*waiting.popleft())

    def passing(self, problems: Sequence[Problem]) -> list[str | None]:
        """For each problem, a benchmark problem whose tests its solution passes."""
        found: list[str | None] = []
        while len(found) < len(problems):
            lines = self._run(problems[len(found) :])
            found += lines
            if len(found) < len(problems):
                found.append(None)  # it brought the sandbox down, which passes no test
        return found

    @functools.cached_property
    def _sandbox(self) -> Sandbox:
        from models.sandbox.policy import Limits
        from models.sandbox.runner import open_sandbox

        return open_sandbox(self._choice, Limits(wall_seconds=BATCH * 100 * SECONDS, cpu_seconds=600))

    def _run(self, problems: Sequence[Problem]) -> list[str | None]:
        from models.sandbox.policy import Program

        request = {
            "problems": self._problems,
            "solutions": [{"name": problem.name, "code": problem.solution} for problem in problems],
            "seconds": SECONDS,
        }
        program = Program(
            source=_INSIDE.read_text(encoding="utf-8"), stdin=json.dumps(request).encode(), packages=False
        )
        lines: list[str | None] = []
        for line in self._sandbox.run(program).stdout.splitlines()[: len(problems)]:
            try:
                lines.append(json.loads(line))
            except ValueError:
                break  # torn by the end
        return lines


def _content(file: Path) -> bytes:
    try:
        data = file.read_bytes()
        return gzip.decompress(data) if file.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"cannot read the benchmark: {error}", where=str(file), do=_DO) from error


def _row(line: bytes, file: Path) -> dict[str, Any]:
    try:
        row = json.loads(line)
        return {field: row[field] for field in _FIELDS}
    except (ValueError, KeyError, TypeError) as error:
        raise UserError("this is not HumanEval as JSON lines", where=str(file), do=_DO) from error


def _groups(problems: Iterable[Problem], size: int) -> Iterator[list[Problem]]:
    group: list[Problem] = []
    for problem in problems:
        group.append(problem)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group


def _judged(
    group: list[Problem], future: Future[list[str | None]]
) -> Iterator[tuple[Problem, Reason | None]]:
    for problem, task in zip(group, future.result(), strict=True):
        reason = Reason("benchmark behaviour", f"it passes the tests of {task}") if task else None
        yield problem, reason


_DO = f"set {VARIABLE} to HumanEval.jsonl or HumanEval.jsonl.gz, or unset it"
