"""Chain of thought: the model thinks aloud about the request first, then replies after a mark."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.decision.evidence.opening import Opening
from assistant.decision.outcome import Verdict
from assistant.decision.request import DecisionSettings, OnText, Request, Round
from eval.rivals.base import Generating, System, Tools, verdict_of
from eval.rivals.examples import SHOTS, turn
from eval.rivals.reading import outcome_of
from models.backends.base import Message, Prompt, TextBackend
from models.reply import first_round, render_request

MARK = "Reply:"

INSTRUCTION = (
    "You are an expert programmer. First think step by step about the request, in a few sentences: what is "
    "asked for, whether anything that is needed is missing, whether anything can be read in more than one "
    f"way, and whether anything contradicts itself. Then write a line that says `{MARK}`, and after it "
    "either a numbered list of short clarifying questions, if you found such a point, or else one fenced "
    "code block that solves the request."
)

# How one would think about the first of the shown examples.
_THOUGHT = (
    "The request says what the function takes and what it gives back. Going through the cases that can come "
    "up, there is one for which it does not say what happens, and more than one choice would be sensible. So "
    "I have to ask about it before I can write the code."
)


@dataclass(frozen=True, slots=True)
class ChainOfThought(Generating):
    """Thinks, then replies; what follows the mark decides.

    Args:
        backend: the model.
        shots: a conversation that shows how to think and reply.
    """

    backend: TextBackend
    shots: tuple[Message, ...] = ()

    def first(self, request: Request, settings: DecisionSettings, on_text: OnText | None = None) -> Round:
        """Thoughts and a reply; p_ask is that of the reply's opening, after the thoughts."""
        rendered = render_request(request.text, request.context, request.context_name)
        messages = first_round(rendered, (*self.shots, *request.history), instruction=INSTRUCTION)
        completion = self.backend.complete(Prompt(messages), settings.sampling, on_text)
        thoughts, mark, reply = completion.text.rpartition(MARK)
        verdict = self._opening(request, Prompt(messages, f"{thoughts}{mark}\n"), settings) if mark else None
        text = reply if mark else completion.text
        outcome = outcome_of(completion, request.language, settings.max_questions, verdict, text)
        return Round(outcome, completion, completion.usage)

    def _opening(self, request: Request, prompt: Prompt, settings: DecisionSettings) -> Verdict | None:
        can = self.backend.capabilities
        if not (can.opener_mass and can.reply_prefix):
            return None
        return verdict_of(Opening().look(request, prompt, self.backend), settings.threshold)


def make(tools: Tools, argument: str) -> System:
    """Chain of thought.

    Args:
        tools: what it may use.
        argument: how many examples, 0 or 1.
    """
    shots: tuple[Message, ...] = ()
    if argument == "1":
        request, reply = turn(SHOTS[0])
        shots = (request, Message("assistant", f"{_THOUGHT}\n{MARK}\n{reply.content}"))
    said = "\n".join([INSTRUCTION, *(message.content for message in shots)])
    return System(ChainOfThought(tools.ours, tools.backend, shots), said)
