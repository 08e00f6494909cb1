"""Writes several programs for one request, as many as a budget allows, and runs them; once for all."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence

from assistant.decision.code_reply import Stopped, Unusable, code_messages, code_of, complete_code
from assistant.decision.drafts.inputs import calls_in, proposed
from assistant.decision.drafts.running import observed
from assistant.decision.effort import Plan
from assistant.decision.request import Request
from models.backends.base import Sampling, TextBackend
from models.sandbox.conversation import Pace
from models.sandbox.kind import SandboxUnavailable
from models.sandbox.observation import Observation
from models.sandbox.runner import Sandbox

TEMPERATURE = 0.8
"""Of drafts after the first, unless the run's own is higher: greedy drafts are all alike."""

PROPOSAL_TOKENS = 240
"""Of ten calls; a reply that is longer goes on about something else."""

_RUNS = frozenset({"", "py", "python", "python3"})
"""Languages, as a request or a fence names them, of code that can be run; empty where none is named."""

_CALL_SECONDS, _LOAD_SECONDS, _PROGRAM_SECONDS = 1.0, 3.0, 3.0
_LEAST_SECONDS = 1.0  # for a program when the budget is used up, so that what was written is not in vain


class _OutOfTime(Exception):
    """The budget is used up in the middle of a reply."""


class Drafting:
    """The drafts of the request at hand: written when first asked for, and kept until another one comes.

    The first is greedy, as the reply itself will be; the others are sampled with seeds of their own.

    Args:
        plan: how many drafts are written at most, and how long that may take.
        sandbox: opens the sandbox.
        sampling: of the reply that will follow the decision.
        clock: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        plan: Plan,
        sandbox: Callable[[], Sandbox],
        sampling: Sampling | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plan = plan
        self._open = sandbox
        self._sampling = sampling or Sampling()
        self._clock = clock
        self._request: Request | None = None
        self._programs: tuple[str, ...] = ()
        self._started = 0.0
        self._slowest = 0.0

    def programs(self, request: Request, backend: TextBackend) -> tuple[str, ...]:
        """The drafts that were done in time, the greedy one first.

        Args:
            request: at hand.
            backend: the model.

        Raises:
            KeyboardInterrupt: Ctrl-C.
            SandboxUnavailable: there is nothing to run them in; none was written.
            ContextOverflow: the request does not fit.
            UserError: the backend failed.
        """
        if request != self._request:
            self._sandbox()
            self._started, self._slowest = self._clock(), 0.0
            self._programs = tuple(self._written(request, backend))
            self._request = request
        return self._programs

    def observed(
        self, request: Request, backend: TextBackend, calls: Sequence[str]
    ) -> list[tuple[Observation, ...]]:
        """What each draft does on each call; those that cannot be loaded are left out.

        Args:
            request: at hand.
            backend: the model.
            calls: statements; the value of the last one counts.

        Raises:
            UserError: as `programs`.
        """
        programs = self.programs(request, backend)
        if not (programs and calls):
            return []
        seconds = min(_PROGRAM_SECONDS, max(_LEAST_SECONDS, self.left))
        pace = Pace(_CALL_SECONDS, _LOAD_SECONDS, seconds)
        return [one for one in observed(programs, calls, self._sandbox(), pace) if one is not None]

    def proposed(self, request: Request, name: str, backend: TextBackend) -> tuple[str, ...]:
        """Calls that the model proposes; none where the budget does not hold another reply.

        Args:
            request: at hand.
            name: of the function to call.
            backend: the model.

        Raises:
            UserError: as `programs`.
        """
        self.programs(request, backend)
        if self.left < self._slowest:
            return ()
        tokens = min(PROPOSAL_TOKENS, self._sampling.max_tokens)
        sampling = dataclasses.replace(self._sampling, max_tokens=tokens)
        try:
            return tuple(calls_in(proposed(request.text, backend, sampling, self._watch), name))
        except _OutOfTime:
            return ()

    @property
    def left(self) -> float:
        """Seconds of the budget, from the first draft on."""
        if self._plan.seconds is None:
            return float("inf")
        return self._started + self._plan.seconds - self._clock()

    def _written(self, request: Request, backend: TextBackend) -> list[str]:
        found: list[str] = []
        if request.language not in _RUNS:
            return found
        messages = code_messages(backend, request)
        for number in range(self._plan.drafts):
            began = self._clock()
            if self.left <= 0 or self.left < self._slowest:
                break
            try:
                reply = complete_code(backend, messages, request, self._sampling_of(number), self._watch)
                code = code_of(reply, request.language)
                if code.language in _RUNS:
                    found.append(code.code)
            except _OutOfTime:
                break
            except Unusable:
                pass
            except Stopped as stopped:  # an unfinished draft is nothing to be shown
                raise KeyboardInterrupt from stopped
            self._slowest = max(self._slowest, self._clock() - began)
        return found

    def _sampling_of(self, number: int) -> Sampling:
        if number == 0:
            return dataclasses.replace(self._sampling, temperature=0.0)
        return dataclasses.replace(
            self._sampling,
            temperature=max(TEMPERATURE, self._sampling.temperature),
            seed=self._sampling.seed + number,
        )

    def _watch(self, piece: str) -> None:
        """Takes the pieces of a reply; ends it when the time is up."""
        if self.left < 0:
            raise _OutOfTime

    def _sandbox(self) -> Sandbox:
        try:
            return self._open()
        except SandboxUnavailable as error:
            raise SandboxUnavailable(
                error.what,
                do="decide with --effort low, which runs nothing, or install bubblewrap",
            ) from error
