"""A solution at work: loaded in the sandbox, it makes call after call and answers with plain data."""

from __future__ import annotations

import functools
import json
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from models.sandbox.observation import Call, Observation, ended, observation, parsed
from models.sandbox.policy import Limits, Program
from models.sandbox.process import Running
from models.sandbox.runner import Sandbox

_SLACK_SECONDS = 1.0  # for the harness to notice a timeout itself, which spares a new process
_MOST_PROCESSES = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things may take, in seconds of wall time.

    Args:
        call: one call.
        load: a solution's own statements, before the first call.
        budget: all the calls of one solution; those after it are not made.
    """

    call: float = 5.0
    load: float = 10.0
    budget: float = 120.0


class Conversation:
    """Makes calls of one solution. One thread uses it, and closes it.

    Each call is made in a copy of the process that has loaded the solution. One that takes the process with
    it costs a new process for those after it, a few times; a solution that does not load is left alone.

    Args:
        sandbox: where the solution runs.
        solution: Python source.
        pace: how long it may take.
        packages: whether it may import installed packages.
        import_from: folders of modules that it may import.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        solution: str,
        pace: Pace,
        *,
        packages: bool = True,
        import_from: tuple[Path, ...] = (),
    ) -> None:
        self._sandbox = sandbox
        self._solution = solution
        self._pace = pace
        self._program = Program(source=_harness(), packages=packages, import_from=import_from)
        self._deadline = time.monotonic() + pace.budget
        self._running: Running | None = None
        self._processes = 0
        self._answers = 0
        self._ended: Observation | None = None

    def ask(self, call: Call) -> Observation:
        """Make a call.

        Returns:
            what came of it; `not run` when the solution was given up or its time is used up.

        Raises:
            SandboxUnavailable: the isolation could not be set up; nothing has run.
        """
        fresh = self._running is None
        if fresh and self._given_up():
            return Observation("not run", message=self._why_given_up())
        running = self._running or self._start()
        patience = _SLACK_SECONDS + (self._pace.load if fresh else 0.0)
        deadline = min(self._deadline, time.monotonic() + self._pace.call + patience)
        seen = self._reply(running, call, deadline)
        if seen is None:
            silent = running.answers  # it still could, and did not
            seen = ended(running.finish(within=0.0 if silent else _SLACK_SECONDS), silent)
            self.close()
        else:
            self._answers += 1
        if seen.outcome in {"crashed", "timeout"}:
            self._ended = seen
        return seen

    def close(self) -> None:
        """End the solution's process; safe to call twice."""
        running, self._running = self._running, None
        if running is not None:
            running.close()

    def _given_up(self) -> bool:
        if time.monotonic() >= self._deadline or self._processes == _MOST_PROCESSES:
            return True
        # It never came to the first call: loading is at fault, and will be again.
        return self._processes == 1 and self._answers == 0

    def _why_given_up(self) -> str:
        if self._ended is not None:
            return f"the tests were given up: {self._ended.message}"
        return "the time for all tests was used up"

    def _start(self) -> Running:
        wall = max(1.0, self._deadline - time.monotonic())
        limits = Limits(**{**self._sandbox.limits.model_dump(), "wall_seconds": wall})
        self._running = self._sandbox.start(self._program, limits, channel=True)
        self._processes += 1
        self._running.send(json.dumps({"solution": self._solution}).encode())
        return self._running

    def _reply(self, running: Running, call: Call, deadline: float) -> Observation | None:
        nonce = secrets.token_hex(16)
        request = {
            "nonce": nonce,
            "call": call.text,
            "stdin": call.stdin,
            "show": call.show,
            "seconds": self._pace.call,
        }
        running.send(json.dumps(request).encode())
        while (line := running.receive(deadline)) is not None:
            reply = parsed(line)
            if reply is not None and reply.get("nonce") == nonce:
                return observation(reply)
        return None


@functools.cache
def _harness() -> str:
    return Path(__file__).with_name("harness.py").read_text(encoding="utf-8")
