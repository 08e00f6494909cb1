"""What is put to a decision, and the settings it is made under."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from assistant.decision.effort import Effort
from assistant.decision.outcome import Outcome, Verdict
from models.backends.base import Completion, Message, Sampling, Usage
from models.reply import Answer

AskMode = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request to be decided.

    Args:
        text: what the user wants: a stub with its docstring, a TODO, or a sentence.
        context: what already stands around it: imports, class, neighbouring signatures, attached files.
        context_name: where the context comes from.
        language: of the code to write, where known; empty lets the model choose.
        history: earlier messages of the conversation, without the instruction.
    """

    text: str
    context: str = ""
    context_name: str = ""
    language: str = ""
    history: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """How to decide.

    Args:
        ask: `auto` follows the evidence; `always` and `never` force the reply's form.
        threshold: in auto, ask when p_ask >= threshold; in [0, 1].
        sampling: of the generated code; questions use the same with their own token limit.
        max_questions: most questions shown at once.
        list_open_points: under `never`, when the evidence says ask, also generate the questions and
            report them as assumptions.
        effort: what a decision in auto may cost; above `low` it runs drafts in the sandbox.
    """

    ask: AskMode = "auto"
    threshold: float = 0.5
    sampling: Sampling = field(default_factory=Sampling)
    max_questions: int = 5
    list_open_points: bool = True
    effort: Effort = "low"


@dataclass(frozen=True, slots=True)
class Round:
    """What one round yielded: the outcome, the raw reply it was read from, and the cost of all calls."""

    outcome: Outcome
    completion: Completion
    usage: Usage


OnText = Callable[[str], None]


class Decider(Protocol):
    """A way to decide whether to ask. The assistant ships one; the evaluation compares it with rivals."""

    def verdict(self, request: Request, settings: DecisionSettings) -> Verdict:
        """Decide and write no reply.

        Raises:
            UserError: the backend gives no log-probabilities, so only a generated reply can tell.
            SandboxUnavailable: the effort wants drafts run, and nothing here isolates them.
            ContextOverflow: the request does not fit.
        """

    def first(self, request: Request, settings: DecisionSettings, on_text: OnText | None = None) -> Round:
        """The first round: decide, then generate the questions or the code.

        Raises:
            Stopped: Ctrl-C came before the reply was complete.
            ContextOverflow: the request does not fit.
            UserError: the backend failed, or its reply was neither questions nor code.
        """

    def second(
        self,
        request: Request,
        answers: tuple[Answer, ...],
        settings: DecisionSettings,
        on_text: OnText | None = None,
    ) -> Round:
        """The second round: code that follows the answers; unanswered questions become assumptions.

        Raises:
            Stopped: Ctrl-C came before the reply was complete.
            ContextOverflow: the conversation does not fit.
            UserError: the backend failed, or its reply held no code.
        """
