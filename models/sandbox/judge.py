"""The judge: runs a solution's tests in the sandbox, and forms the verdict outside it.

The solution's process is asked to make calls and answers with plain data. It is never told what is expected,
its exit status says nothing, and its own idea of equality is not consulted, so it cannot pass by anything
but the right answer. Each request carries a nonce that its reply must repeat: what a solution writes
beforehand or for another call is no reply.
"""

from __future__ import annotations

import functools
import json
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from models.sandbox.cases import Case, CaseResult, Returns
from models.sandbox.observation import Call, Observation, ended, observation, parsed
from models.sandbox.plain import NotPlain, Opaque, Value, literal
from models.sandbox.policy import Limits, Program
from models.sandbox.process import Running
from models.sandbox.runner import Sandbox
from models.sandbox.verdict import verdict

_SLACK_SECONDS = 1.0  # for the harness to notice a timeout itself, which spares a new process
_MOST_PROCESSES = 4

# What an expected value that is no literal may use.
_EXPECTED_NAMES = """
import collections, datetime, decimal, fractions, itertools, math, re, string
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from math import inf, nan
"""


class Judge:
    """Runs tests of solutions. Any number of threads may use it.

    Args:
        sandbox: where solutions run.
        seconds_per_case: wall time of one call.
        load_seconds: wall time of a solution's own statements, before the first call.
        budget_seconds: wall time of all the cases of one solution; those after it are not run.
        packages: whether solutions may import installed packages.
        import_from: folders of modules that solutions may import.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        seconds_per_case: float = 5.0,
        load_seconds: float = 10.0,
        budget_seconds: float = 120.0,
        packages: bool = True,
        import_from: tuple[Path, ...] = (),
    ) -> None:
        self.sandbox = sandbox
        self._seconds = seconds_per_case
        self._load_seconds = load_seconds
        self._budget = budget_seconds
        self._program = Program(source=_harness(), packages=packages, import_from=import_from)

    def run(self, solution: str, cases: Sequence[Case]) -> tuple[CaseResult, ...]:
        """Run all the tests of a solution.

        Args:
            solution: Python source.
            cases: its tests; each is called in a copy of the process that has loaded the solution.

        Returns:
            a result per case, in their order.

        Raises:
            SandboxUnavailable: the isolation could not be set up; nothing has run.
        """
        expected = self._expected_values(cases)
        calls = [Call(case.call, case.stdin, case.expected.kind == "shows") for case in cases]
        seen = self.observe(solution, calls)
        return tuple(verdict(case, *pair) for case, *pair in zip(cases, expected, seen, strict=True))

    def observe(self, solution: str, calls: Sequence[Call]) -> tuple[Observation, ...]:
        """Make calls of a solution, and say what came of them without judging it.

        Raises:
            SandboxUnavailable: the isolation could not be set up; nothing has run.
        """
        deadline = time.monotonic() + self._budget
        seen: list[Observation] = []
        for process in range(_MOST_PROCESSES):
            if len(seen) == len(calls) or time.monotonic() >= deadline:
                break
            before = len(seen)
            self._one_process(solution, calls[before:], seen, deadline)
            if process == 0 and len(seen) == 1 < len(calls) and seen[0].outcome in {"crashed", "timeout"}:
                if (
                    seen[0].seconds == 0.0
                ):  # it never came to the call: loading is at fault, and will be again
                    break
        rest = Observation("not run", message=_why_not_run(seen))
        return (*seen, *[rest] * (len(calls) - len(seen)))

    def _one_process(
        self, solution: str, calls: Sequence[Call], seen: list[Observation], deadline: float
    ) -> None:
        """Make calls until one takes the process with it; adds an observation for each, that one included."""
        time_needed = self._load_seconds + len(calls) * (self._seconds + 1.0) + _SLACK_SECONDS
        wall = max(1.0, min(time_needed, deadline - time.monotonic()))
        limits = Limits(**{**self.sandbox.limits.model_dump(), "wall_seconds": wall})
        patience = self._load_seconds + _SLACK_SECONDS
        with self.sandbox.start(self._program, limits, channel=True) as running:
            running.send(json.dumps({"solution": solution}).encode())
            for call in calls:
                reply = self._ask(running, call, min(deadline, time.monotonic() + self._seconds + patience))
                if reply is None:
                    silent = running.answers  # it still could, and did not
                    seen.append(ended(running.finish(within=0.0 if silent else _SLACK_SECONDS), silent))
                    return
                seen.append(reply)
                patience = _SLACK_SECONDS

    def _ask(self, running: Running, call: Call, deadline: float) -> Observation | None:
        nonce = secrets.token_hex(16)
        request = {
            "nonce": nonce,
            "call": call.text,
            "stdin": call.stdin,
            "show": call.show,
            "seconds": self._seconds,
        }
        running.send(json.dumps(request).encode())
        while (line := running.receive(deadline)) is not None:
            reply = parsed(line)
            if reply is not None and reply.get("nonce") == nonce:
                return observation(reply)
        return None

    def _expected_values(self, cases: Sequence[Case]) -> list[Value]:
        """The expected value of each case that expects one; NotPlain where it cannot be worked out."""
        values: list[Value] = []
        open_places: list[int] = []
        for place, case in enumerate(cases):
            value: Value = None
            if isinstance(case.expected, Returns):
                try:
                    value = literal(case.expected.value)
                except NotPlain:
                    open_places.append(place)
            values.append(value)
        if open_places:
            calls = [Call(_value_text(cases[place])) for place in open_places]
            for place, seen in zip(open_places, self.observe(_EXPECTED_NAMES, calls), strict=True):
                if seen.outcome == "value" and not isinstance(seen.value, Opaque):
                    values[place] = seen.value
                else:
                    reason = seen.message or seen.outcome
                    values[place] = NotPlain(f"the expected value cannot be worked out: {reason}")
        return values


@functools.cache
def _harness() -> str:
    return Path(__file__).with_name("harness.py").read_text(encoding="utf-8")


def _value_text(case: Case) -> str:
    assert isinstance(case.expected, Returns)
    return case.expected.value


def _why_not_run(seen: list[Observation]) -> str:
    ended = [each for each in seen if each.outcome in {"crashed", "timeout"}]
    return f"the tests were given up: {ended[-1].message}" if ended else "the time for all tests was used up"
