"""Code first, then reflect, then ask: the order of the agent that the benchmark's authors bring, Okanagan.

Source: Wu and Fard, "HumanEvalComm" (arXiv 2406.00215), section on the agent. The prompts are our own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from assistant.decision.outcome import Ask, Code, Finding, Verdict
from assistant.decision.request import DecisionSettings, OnText, Request, Round
from eval.rivals.base import Forced, Generating, System, Tools, verdict_of, with_verdict
from eval.rivals.reading import outcome_of
from models.backends.base import Completion, Message, Prompt, TextBackend
from models.errors import UserError
from models.reply import LIST_OPENER, render_code, render_request

CLEAR = "CLEAR"

INSTRUCTION = (
    "You review a request for code together with a first draft of that code. Compare the two. Where the "
    "draft had to guess, because the request leaves something out, can be read in more than one way, or "
    "contradicts itself, reply only with a numbered list of short clarifying questions about the request. "
    f"Where it had to guess nothing, reply only with the word {CLEAR}."
)


@dataclass(frozen=True, slots=True)
class Okanagan(Generating):
    """Drafts code, looks back at the request, and asks or keeps the draft.

    Args:
        backend: the model.
    """

    backend: TextBackend

    def first(self, request: Request, settings: DecisionSettings, on_text: OnText | None = None) -> Round:
        """The reflection's questions, or the draft; the draft too where the reflection says neither."""
        draft = Forced(self.ours, "never").first(request, settings)
        code = draft.outcome.code if isinstance(draft.outcome, Code) else ""
        prompt = Prompt((
            Message("system", INSTRUCTION),
            *request.history,
            Message("user", _both(request, code)),
        ))
        verdict = verdict_of(self._opening(prompt), settings.threshold)
        reflection = self.backend.complete(prompt, settings.sampling, on_text)
        usage = draft.usage + reflection.usage
        asked = self._asked(reflection, request, settings, verdict)
        if asked is None:
            kept = with_verdict(draft, verdict)
            return Round(kept.outcome, draft.completion, usage)
        return Round(asked, reflection, usage)

    def _asked(
        self, reflection: Completion, request: Request, settings: DecisionSettings, verdict: Verdict
    ) -> Ask | None:
        from assistant.decision.code_reply import Stopped

        try:
            outcome = outcome_of(reflection, request.language, settings.max_questions, verdict)
        except Stopped:
            raise
        except UserError:
            return None
        return outcome if isinstance(outcome, Ask) else None

    def _opening(self, prompt: Prompt) -> Finding | None:
        """How the reflection would open: with a list against with the word."""
        if not self.backend.capabilities.opener_mass:
            return None
        started = time.perf_counter()
        mass = self.backend.opener_mass(prompt, (LIST_OPENER, CLEAR))
        if mass is None or sum(mass.mass) <= 0.0:
            return None
        value = mass.mass[0] / sum(mass.mass)
        return Finding(
            name="reflection",
            value=value,
            cost_seconds=time.perf_counter() - started,
            reason=f"looking back at a draft, it would ask with probability {value:.2f}",
            p_other=mass.other,
        )


def _both(request: Request, code: str) -> str:
    rendered = render_request(request.text, request.context, request.context_name)
    return f"Request:\n{rendered}\n\nDraft:\n{render_code(code, request.language)}"


def make(tools: Tools, argument: str) -> System:
    """Okanagan's order."""
    return System(Okanagan(tools.ours, tools.backend), INSTRUCTION)
