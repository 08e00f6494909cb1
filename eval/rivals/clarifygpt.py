"""Ask where drafts disagree, about what they disagree on: the way of ClarifyGPT.

Source: Mu et al., "ClarifyGPT" (arXiv 2310.10996). The prompts are our own.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass

from assistant.decision.drafts.running import first_difference
from assistant.decision.outcome import Code, Finding, Verdict
from assistant.decision.request import DecisionSettings, OnText, Request, Round
from eval.rivals.base import Forced, Generating, System, Tools, with_verdict
from eval.rivals.drafts import Draft, Drafting, Drafts
from eval.rivals.reading import outcome_of
from models.backends.base import Message, Prompt, TextBackend
from models.reply import LIST_OPENER, render_code, render_request

INSTRUCTION = (
    "Two programmers were given the same request and wrote programs that do different things, so the request "
    "leaves something open. Read the request, both programs, and an input on which they differ. Find what "
    "the request leaves open, and reply only with a numbered list of short clarifying questions about the "
    "request. Do not speak of the programs."
)


@dataclass(frozen=True, slots=True)
class ClarifyGPT(Generating):
    """Drafts several programs, and asks where they differ.

    Args:
        backend: the model, which asks.
        drafting: writes and runs drafts.
    """

    backend: TextBackend
    drafting: Drafting

    def first(self, request: Request, settings: DecisionSettings, on_text: OnText | None = None) -> Round:
        """Questions where any two drafts differ, else a draft; without two drafts, plain code."""
        started = time.perf_counter()
        drafts = self.drafting.drafts(request, settings)
        verdict = _verdict(drafts, time.perf_counter() - started)
        if verdict.decision == "ask":
            one, other = drafts.clusters[0][0], drafts.clusters[1][0]
            asked = self._ask(request, settings, _differing(request, drafts, one, other), verdict, on_text)
            return dataclasses.replace(asked, usage=drafts.usage + asked.usage)
        if drafts.clusters:
            kept = with_verdict(drafts.clusters[0][0].round, verdict)
            return dataclasses.replace(kept, usage=drafts.usage)
        written = Forced(self.ours, "never").first(request, settings, on_text)
        return dataclasses.replace(with_verdict(written, verdict), usage=drafts.usage + written.usage)

    def _ask(
        self,
        request: Request,
        settings: DecisionSettings,
        shown: str,
        verdict: Verdict,
        on_text: OnText | None,
    ) -> Round:
        prefix = LIST_OPENER if self.backend.capabilities.reply_prefix else ""
        prompt = Prompt((Message("system", INSTRUCTION), Message("user", shown)), prefix)
        completion = self.backend.complete(prompt, settings.sampling, on_text)
        outcome = outcome_of(completion, request.language, settings.max_questions, verdict)
        return Round(outcome, completion, completion.usage)


def _verdict(drafts: Drafts, seconds: float) -> Verdict:
    """To ask where there is any disagreement; its size is the score."""
    size = drafts.disagreement
    if size is None:
        return Verdict(decision="code", p_ask=None)
    finding = Finding(
        name="disagreement",
        value=size,
        cost_seconds=seconds,
        reason=f"{drafts.total} drafts do {len(drafts.clusters)} different things",
    )
    decision = "ask" if len(drafts.clusters) > 1 else "code"
    return Verdict(decision=decision, p_ask=size, findings=(finding,))


def _differing(request: Request, drafts: Drafts, one: Draft, other: Draft) -> str:
    rendered = render_request(request.text, request.context, request.context_name)
    place = first_difference(one.seen, other.seen)
    parts = [f"Request:\n{rendered}"]
    for number, draft in enumerate((one, other), 1):
        assert isinstance(draft.round.outcome, Code)
        parts.append(f"Program {number}:\n{render_code(draft.round.outcome.code, request.language)}")
    gives = f"program 1 gives {one.seen[place]} and program 2 gives {other.seen[place]}"
    parts.append(f"On `{drafts.calls[place]}` {gives}.")
    return "\n\n".join(parts)


def make(tools: Tools, argument: str) -> System:
    """ClarifyGPT's way.

    Args:
        tools: what it may use.
        argument: how many drafts.
    """
    drafting = Drafting(tools.ours, tools.backend, tools.sandbox, int(argument))
    return System(ClarifyGPT(tools.ours, tools.backend, drafting), INSTRUCTION, runs_code=True)
