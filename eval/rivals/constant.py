"""A question that fits any request: what questions are worth that say nothing of the one at hand."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.decision.outcome import Ask, Verdict
from assistant.decision.request import DecisionSettings, OnText, Request, Round
from eval.rivals.base import Rival, System, Tools
from models.backends.base import Completion, Usage
from models.reply import Question, render_questions

QUESTION = Question(text="What exactly should it do?")


@dataclass(frozen=True, slots=True)
class ConstantQuestion(Rival):
    """Always asks the same."""

    def verdict(self, request: Request, settings: DecisionSettings) -> Verdict:
        """To ask."""
        return Verdict(decision="ask", p_ask=None)

    def first(self, request: Request, settings: DecisionSettings, on_text: OnText | None = None) -> Round:
        """The question; the model is not used."""
        completion = Completion(render_questions((QUESTION,)), "stop", Usage())
        return Round(Ask(questions=(QUESTION,)), completion, completion.usage)


def make(tools: Tools, argument: str) -> System:
    """The constant question."""
    return System(ConstantQuestion(tools.ours), instruction="")
