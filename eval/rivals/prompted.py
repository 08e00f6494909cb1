"""Systems that are a prompt: the model replies as it will, and the form of the reply decides."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.decision.evidence.opening import Opening
from assistant.decision.outcome import Finding, Verdict
from assistant.decision.request import DecisionSettings, OnText, Request, Round
from eval.rivals.base import Rival, System, Tools, verdict_of
from eval.rivals.examples import conversation
from eval.rivals.reading import outcome_of
from models.backends.base import Message, Prompt, TextBackend
from models.errors import UserError
from models.reply import INSTRUCTION, first_round, render_request

# Other wordings of the first round's choice, in our own words.
WORDINGS = {
    "": INSTRUCTION,
    "reasons": (
        "You are an expert programmer who is asked to write Python. Before you write, check three things: "
        "is anything missing that the code needs, can any part be understood in more than one way, and do "
        "any two parts, or a part and an example, contradict each other? If so, write no code: reply with a "
        "numbered list of questions that settle these points. If not, reply with the code alone, in one "
        "fenced code block."
    ),
    "brief": (
        "Reply to the request below either with Python code in one fenced block, or, if it is unclear, with "
        "questions. Never mix the two."
    ),
}


@dataclass(frozen=True, slots=True)
class Prompted(Rival):
    """Replies as the model does when it is prompted in some way; the second round is the assistant's.

    Args:
        backend: the model.
        instruction: of the first round.
        shots: a conversation that shows how to reply.
    """

    backend: TextBackend
    instruction: str
    shots: tuple[Message, ...] = ()

    def verdict(self, request: Request, settings: DecisionSettings) -> Verdict:
        """Which way the reply would open.

        Raises:
            UserError: the backend gives no log-probabilities.
        """
        finding = self._opening(request)
        if finding is None:
            raise UserError(
                f"{self.backend.identity.model} gives no log-probabilities", do="leave out --p-ask-only"
            )
        return verdict_of(finding, settings.threshold)

    def first(self, request: Request, settings: DecisionSettings, on_text: OnText | None = None) -> Round:
        """The reply as it comes; p_ask, where it can be had, is told and decides nothing."""
        verdict = verdict_of(self._opening(request), settings.threshold)
        completion = self.backend.complete(self._prompt(request), settings.sampling, on_text)
        outcome = outcome_of(completion, request.language, settings.max_questions, verdict)
        return Round(outcome, completion, completion.usage)

    def _prompt(self, request: Request) -> Prompt:
        rendered = render_request(request.text, request.context, request.context_name)
        return Prompt(first_round(rendered, (*self.shots, *request.history), instruction=self.instruction))

    def _opening(self, request: Request) -> Finding | None:
        if not self.backend.capabilities.opener_mass:
            return None
        return Opening().look(request, self._prompt(request), self.backend)


def plain(tools: Tools, argument: str) -> System:
    """A plain prompt.

    Args:
        tools: what it may use.
        argument: which of `WORDINGS`.
    """
    instruction = tools.instruction or WORDINGS[argument]
    return System(Prompted(tools.ours, tools.backend, instruction), instruction)


def few_shot(tools: Tools, argument: str) -> System:
    """The plain prompt after some examples.

    Args:
        tools: what it may use.
        argument: how many examples.
    """
    instruction = tools.instruction or INSTRUCTION
    shots = conversation(int(argument))
    said = "\n".join([instruction, *(message.content for message in shots)])
    return System(Prompted(tools.ours, tools.backend, instruction, shots), said)
