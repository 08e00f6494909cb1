"""Who looks at a request: the assistant's evidence by name, or a system of `clarify eval run`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol

from assistant.decision.code_reply import rendered
from assistant.decision.drafts.writing import Drafting
from assistant.decision.effort import Plan
from assistant.decision.evidence.catalogue import DRAFTING, EVIDENCE, evidence
from assistant.decision.request import Decider, DecisionSettings, Request
from eval.study.stopwatch import Stopwatch
from models.backends.base import Prompt, Sampling, TextBackend
from models.reply import first_round
from models.sandbox.runner import Sandbox


@dataclass(frozen=True, slots=True)
class Means:
    """What evidence may use.

    Args:
        plan: how many drafts, and how long they may take.
        sandbox: opens the sandbox.
        sampling: of the reply that would follow the decision.
    """

    plan: Plan
    sandbox: Callable[[], Sandbox]
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look yielded.

    Args:
        by: the evidence, or the system.
        value: in [0, 1]; None where nothing can be said.
        seconds: wall time by itself.
        shared_seconds: wall time of the drafts that it rests on, and that others of the same look may, too.
        reason: one sentence for people.
    """

    by: str
    value: float | None
    seconds: float
    shared_seconds: float = 0.0
    reason: str = ""


class Witness(Protocol):
    """Looks at requests through one model."""

    @property
    def names(self) -> tuple[str, ...]:
        """What it looks with; each look yields a sighting of each."""

    @property
    def settings(self) -> Mapping[str, object]:
        """All that changes what it finds, beside model and request."""

    def look(self, request: Request) -> tuple[Sighting, ...]:
        """Look at one request.

        Raises:
            UserError: the model failed, or cannot do what is asked of it.
        """


@dataclass(frozen=True, slots=True)
class Kindred:
    """Pieces of evidence that rest on the same drafts, or one piece that rests on none.

    Args:
        names: of them.
        means: what they may use.
        backend: the model.
    """

    names: tuple[str, ...]
    means: Means
    backend: TextBackend

    @property
    def settings(self) -> Mapping[str, object]:
        """Of the drafts, where there are any."""
        if not DRAFTING & set(self.names):
            return {}
        code_by = self.backend.identity.code_by or "adapter"
        plan = {"drafts": self.means.plan.drafts, "seconds": self.means.plan.seconds, "code_by": code_by}
        return plan | asdict(self.means.sampling)

    def look(self, request: Request) -> tuple[Sighting, ...]:
        """As the decider looks, piece by piece; the drafts are written by the first that needs them."""
        prompt = prompt_of(request)
        backend = Stopwatch(self.backend)
        drafting = Drafting(self.means.plan, self.means.sandbox, self.means.sampling)
        found = []
        for name, one in zip(self.names, evidence(self.names, drafting), strict=True):
            written, started = backend.writing_seconds, time.perf_counter()
            finding = one.look(request, prompt, backend)
            spent, written_by = time.perf_counter() - started, backend.writing_seconds
            value, reason = (None, "") if finding is None else (finding.value, finding.reason)
            own = max(0.0, spent - (written_by - written))
            found.append(Sighting(name, value, own, written_by, reason))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class OneSystem:
    """A system of `clarify eval run`, by what it measures.

    Args:
        name: of the system.
        decider: it.
        decision: how it decides; its threshold does not matter, as the value is kept.
    """

    name: str
    decider: Decider
    decision: DecisionSettings

    @property
    def names(self) -> tuple[str, ...]:
        """The system's."""
        return (self.name,)

    @property
    def settings(self) -> Mapping[str, object]:
        """How replies are decoded, for systems that write any."""
        return asdict(self.decision.sampling)

    def look(self, request: Request) -> tuple[Sighting, ...]:
        """Its measure; else its p_ask; of one without p_ask its decision, as 1 for asking and 0.

        Raises:
            UserError: it needs a model and has none, or cannot decide without writing its reply.
        """
        from eval.rivals.base import Measured

        started = time.perf_counter()
        if isinstance(self.decider, Measured):
            finding = self.decider.of.measure(request, self.decision)
            value, reason = (None, "") if finding is None else (finding.value, finding.reason)
        else:
            verdict = self.decider.verdict(request, self.decision)
            value = float(verdict.decision == "ask") if verdict.p_ask is None else verdict.p_ask
            reason = ""
        return (Sighting(self.name, value, time.perf_counter() - started, reason=reason),)


def evidence_witnesses(
    names: Sequence[str], means: Means, backend: TextBackend
) -> Iterator[tuple[Witness, tuple[str, ...]]]:
    """Who looks for pieces of evidence, each with the names that were asked for.

    All that drafts is looked for where one of it is: the drafts are what takes long.

    Args:
        names: of evidence.
        means: what it may use.
        backend: the model.
    """
    drafting = tuple(name for name in EVIDENCE if name in DRAFTING)
    for group in [*((name,) for name in EVIDENCE if name not in DRAFTING), drafting]:
        if wanted := tuple(name for name in group if name in names):
            yield Kindred(group, means, backend), wanted


def prompt_of(request: Request) -> Prompt:
    """The first round's messages, as the assistant's decider makes them."""
    return Prompt(first_round(rendered(request), request.history))
