"""What a system is in an evaluation, and what the systems are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from assistant.decision.outcome import Finding, Verdict
from assistant.decision.request import AskMode, Decider, DecisionSettings, OnText, Request, Round
from models.backends.base import TextBackend
from models.errors import UserError
from models.reply import INSTRUCTION, Answer
from models.sandbox.runner import Sandbox


@dataclass(frozen=True, slots=True)
class Tools:
    """What a system may use.

    Args:
        backend: the model.
        ours: the assistant's decider over it.
        instruction: replaces the first round's instruction text; None leaves it.
        sandbox: opens the sandbox for systems that run code.
    """

    backend: TextBackend
    ours: Decider
    instruction: str | None
    sandbox: Callable[[], Sandbox]


@dataclass(frozen=True, slots=True)
class System:
    """A way to decide.

    Args:
        decider: it.
        instruction: all that its first round says beside the request, for the record.
        runs_code: whether it runs code in the sandbox.
    """

    decider: Decider
    instruction: str = INSTRUCTION
    runs_code: bool = False


@dataclass(frozen=True, slots=True)
class Rival:
    """A system of which only the first round is its own.

    Args:
        ours: the assistant, which writes the code that follows answers.
    """

    ours: Decider

    def second(
        self,
        request: Request,
        answers: tuple[Answer, ...],
        settings: DecisionSettings,
        on_text: OnText | None = None,
    ) -> Round:
        """As the assistant does."""
        return self.ours.second(request, answers, settings, on_text)


@dataclass(frozen=True, slots=True)
class Generating(Rival):
    """A rival that has to write something before it can decide."""

    def verdict(self, request: Request, settings: DecisionSettings) -> Verdict:
        """It cannot be had without generating.

        Raises:
            UserError: always.
        """
        raise _needs_generation()


@dataclass(frozen=True, slots=True)
class Forced(Rival):
    """The assistant, always asking or never.

    Args:
        ask: which of the two.
    """

    ask: AskMode

    def verdict(self, request: Request, settings: DecisionSettings) -> Verdict:
        """The forced decision, with the assistant's p_ask."""
        return self.ours.verdict(request, self._forced(settings))

    def first(self, request: Request, settings: DecisionSettings, on_text: OnText | None = None) -> Round:
        """Questions, or code."""
        return self.ours.first(request, self._forced(settings), on_text)

    def _forced(self, settings: DecisionSettings) -> DecisionSettings:
        return dataclasses.replace(settings, ask=self.ask, list_open_points=False)


class Measure(Protocol):
    """Says how unclear a request is."""

    def measure(self, request: Request, settings: DecisionSettings) -> Finding | None:
        """A finding whose value lies in [0, 1], more meaning less clear; None where nothing can be said."""


@dataclass(frozen=True, slots=True)
class Measured(Rival):
    """Asks where a measure reaches the threshold; questions and code are written as the assistant does.

    Args:
        of: the measure.
        generates: whether it needs generated text, so that deciding alone is no shorter.
    """

    of: Measure
    generates: bool = False

    def verdict(self, request: Request, settings: DecisionSettings) -> Verdict:
        """What the measure says.

        Raises:
            UserError: it needs generated text.
        """
        if self.generates:
            raise _needs_generation()
        return self._verdict(request, settings)

    def first(self, request: Request, settings: DecisionSettings, on_text: OnText | None = None) -> Round:
        """Questions where the measure says so, else code."""
        verdict = self._verdict(request, settings)
        ask: AskMode = "always" if verdict.decision == "ask" else "never"
        forced = dataclasses.replace(settings, ask=ask, list_open_points=False)
        return with_verdict(self.ours.first(request, forced, on_text), verdict)

    def _verdict(self, request: Request, settings: DecisionSettings) -> Verdict:
        finding = self.of.measure(request, settings)
        return verdict_of(finding, settings.threshold)


def verdict_of(finding: Finding | None, threshold: float) -> Verdict:
    """Ask where a finding's value reaches the threshold; without a finding there is no reason to."""
    if finding is None:
        return Verdict(decision="code", p_ask=None)
    decision = "ask" if finding.value >= threshold else "code"
    return Verdict(decision=decision, p_ask=finding.value, findings=(finding,))


def with_verdict(round_: Round, verdict: Verdict) -> Round:
    """A round whose outcome rests on another verdict than its own."""
    outcome = round_.outcome.model_copy(update={"p_ask": verdict.p_ask, "findings": verdict.findings})
    return dataclasses.replace(round_, outcome=outcome)


def _needs_generation() -> UserError:
    return UserError("this system cannot decide without generating", do="leave out --p-ask-only")
