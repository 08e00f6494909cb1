"""The decision that the assistant ships: evidence, then a reply that is started in the form decided on.

It knows no screen, no file and no engine; the evaluation runs this very code.
"""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.decision.code_reply import (
    Unusable,
    code_messages,
    code_of,
    complete,
    complete_code,
    judged,
    rendered,
)
from assistant.decision.drafts.writing import Drafting
from assistant.decision.effort import PLANS, Effort
from assistant.decision.evidence.base import Evidence
from assistant.decision.evidence.catalogue import evidence
from assistant.decision.outcome import Ask, Finding, Verdict
from assistant.decision.questions import Selection, select
from assistant.decision.request import Decider, DecisionSettings, OnText, Request, Round
from assistant.decision.weigh import Weights, weigh
from assistant.decision.weights import weights_of
from models.backends.base import Completion, Prompt, TextBackend
from models.errors import UserError
from models.reply import (
    ASK_INSTRUCTION,
    FENCE_OPENER,
    INSTRUCTION,
    LIST_OPENER,
    Answer,
    CodeBlock,
    Prose,
    Question,
    QuestionList,
    first_round,
    parse,
    second_round,
)

if TYPE_CHECKING:
    from models.sandbox.runner import Sandbox

_log = logging.getLogger(__name__)

_QUESTION_TOKENS = 320  # five questions of some sixty tokens
_LARGE_P_OTHER = 0.2


@dataclass(frozen=True, slots=True)
class Basis:
    """What one decision rests on.

    Args:
        evidence: what is looked at, in order; where the first has nothing to say, the others are not asked.
        weights: how findings become p_ask.
    """

    evidence: tuple[Evidence, ...]
    weights: Weights


class EvidenceDecider:
    """Weighs evidence into p_ask, and writes the reply's first token accordingly.

    Args:
        backend: the model.
        basis: what a decision rests on, made anew for each.
    """

    def __init__(self, backend: TextBackend, basis: Callable[[DecisionSettings], Basis]) -> None:
        self._backend = backend
        self._basis = basis

    def verdict(self, request: Request, settings: DecisionSettings) -> Verdict:
        """Decide and write no reply.

        Raises:
            UserError: the backend gives no log-probabilities, so only a generated reply can tell.
            SandboxUnavailable: the effort wants drafts run, and nothing here isolates them.
            ContextOverflow: the request does not fit.
        """
        verdict = self._judge(request, settings)
        if verdict is None:
            raise UserError(
                f"{self._backend.identity.model} gives no log-probabilities, so nothing can be decided "
                "without generating",
                do="leave out --decide, or use a local model",
            )
        return verdict

    def first(self, request: Request, settings: DecisionSettings, on_text: OnText | None = None) -> Round:
        """The first round: decide, then generate the questions or the code.

        Raises:
            Stopped: Ctrl-C came before the reply was complete.
            ContextOverflow: the request does not fit.
            UserError: the backend failed, or its reply was neither questions nor code.
        """
        prefixes = self._backend.capabilities.reply_prefix
        # Forced without a started reply means another instruction, which this prefill would not share.
        verdict = self._judge(request, settings) if prefixes or settings.ask == "auto" else None
        if settings.ask == "auto" and verdict is None:
            return self._as_it_comes(request, settings, on_text)
        if settings.ask == "always" or (verdict is not None and verdict.decision == "ask"):
            asked = self._questions(request, settings, verdict, on_text)
            if isinstance(asked, Round):
                return asked
            return self._code(request, settings, verdict, on_text, _why_not_asked(asked))
        return self._code(request, settings, verdict, on_text)

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
        messages = second_round(rendered(request), answers, request.history)
        completion = complete_code(self._backend, messages, request, settings.sampling, on_text)
        open_points = [f"not answered: {answer.question.text}" for answer in answers if not answer.text]
        code = code_of(completion, request.language, open_points)
        return Round(code, completion, completion.usage)

    def _judge(self, request: Request, settings: DecisionSettings) -> Verdict | None:
        """The verdict under these settings; None when no evidence can speak."""
        prompt = Prompt(first_round(rendered(request), request.history))
        findings: list[Finding] = []
        basis = self._basis(settings)
        for one in basis.evidence:
            finding = one.look(request, prompt, self._backend)
            if finding is None:
                if not findings:  # without it p_ask has no ground to stand on
                    return None
                continue
            findings.append(finding)
            if finding.p_other is not None and finding.p_other > _LARGE_P_OTHER:
                _log.warning(
                    "p_other is %.2f: the model would rather open with neither form", finding.p_other
                )
        verdict = weigh(findings, basis.weights, settings.threshold)
        if verdict is None or settings.ask == "auto":
            return verdict
        forced = "ask" if settings.ask == "always" else "code"
        return verdict.model_copy(update={"decision": forced})

    def _questions(
        self, request: Request, settings: DecisionSettings, verdict: Verdict | None, on_text: OnText | None
    ) -> Round | Selection:
        """Questions about this request; what was held back where there are none, so that code is better.

        Under --ask always a question is wanted: one that fits any request is better than none, and a model
        that wrote statements is made to start with a question word.
        """
        completion = self._complete_questions(request, settings, on_text)
        chosen = _chosen(completion, request, settings)
        if settings.ask == "always" and not chosen.kept + chosen.generic:
            completion = self._complete_questions(request, settings, on_text, opener=f"{LIST_OPENER} What")
            chosen = _chosen(completion, request, settings)
        kept = chosen.kept
        if not kept and settings.ask == "always":
            kept = chosen.generic[: settings.max_questions]
            if not kept:
                raise Unusable("the model was made to ask and wrote no question", completion, do="ask again")
        if not kept:
            return chosen
        return Round(Ask(questions=kept, **judged(verdict)), completion, completion.usage)

    def _code(
        self,
        request: Request,
        settings: DecisionSettings,
        verdict: Verdict | None,
        on_text: OnText | None,
        assumptions: tuple[str, ...] = (),
    ) -> Round:
        messages = code_messages(self._backend, request)
        completion = complete_code(self._backend, messages, request, settings.sampling, on_text)
        code, usage = code_of(completion, request.language, assumptions, verdict), completion.usage
        would_ask = verdict is not None and verdict.p_ask is not None and verdict.p_ask >= settings.threshold
        if settings.ask == "never" and would_ask and settings.list_open_points:
            asked = self._complete_questions(request, settings, None)
            usage += asked.usage
            chosen = _chosen(asked, request, settings)
            open_points = tuple(f"not asked: {question.text}" for question in chosen.kept)
            code = code.model_copy(update={"assumptions": (*open_points, *code.assumptions)})
        return Round(code, completion, usage)

    def _as_it_comes(self, request: Request, settings: DecisionSettings, on_text: OnText | None) -> Round:
        """No log-probabilities: the model replies as it will, and the reply's form decides."""
        prompt = Prompt(first_round(rendered(request), request.history))
        completion = complete(self._backend, prompt, settings.sampling, on_text)
        reply = parse(completion.text, request.language)
        if isinstance(reply, CodeBlock):
            return Round(code_of(completion, request.language), completion, completion.usage)
        chosen = _chosen(completion, request, settings)
        if chosen.kept:
            return Round(Ask(questions=chosen.kept), completion, completion.usage)
        if chosen.generic:
            return self._code(request, settings, None, on_text, _why_not_asked(chosen))
        raise Unusable(
            "the reply is neither questions nor code", completion, do="try another wording or model"
        )

    def _complete_questions(
        self,
        request: Request,
        settings: DecisionSettings,
        on_text: OnText | None,
        *,
        opener: str = LIST_OPENER,
    ) -> Completion:
        started = self._backend.capabilities.reply_prefix
        instruction = INSTRUCTION if started else ASK_INSTRUCTION
        messages = first_round(rendered(request), request.history, instruction=instruction)
        sampling = dataclasses.replace(
            settings.sampling,
            max_tokens=min(settings.sampling.max_tokens, _QUESTION_TOKENS),
            stop=("\n" + FENCE_OPENER,) if started else (),
        )
        return complete(self._backend, Prompt(messages, opener if started else ""), sampling, on_text)


def build_decider(backend: TextBackend, sandbox: Callable[[], Sandbox] | None = None) -> Decider:
    """The decider that `clarify ask`, `clarify chat` and the evaluation all run.

    Args:
        backend: the model; p_ask is calibrated as its adapter says at the time of a decision.
        sandbox: opens what drafts run in; None takes the strongest that works here.
    """

    def basis(settings: DecisionSettings) -> Basis:
        # A forced reply needs no drafts: its p_ask is told beside it, and decides nothing.
        effort: Effort = settings.effort if settings.ask == "auto" else "low"
        plan = PLANS[effort]
        drafting = Drafting(plan, sandbox or _strongest, settings.sampling)
        weights = weights_of(effort, backend.identity, backend.capabilities.calibration)
        return Basis(evidence(plan.evidence, drafting), weights)

    return EvidenceDecider(backend, basis)


def _strongest() -> Sandbox:
    from models.sandbox.runner import open_sandbox

    return open_sandbox()


def _chosen(completion: Completion, request: Request, settings: DecisionSettings) -> Selection:
    """The questions of a reply that may be put; one that the token limit cut off is dropped."""
    match parse(completion.text):
        case QuestionList(questions):
            pass
        case Prose(text):
            questions = _prose_questions(text)
        case _:
            questions = ()
    if completion.finish == "length":
        questions = questions[:-1]
    return select(questions, rendered(request), settings.max_questions)


def _prose_questions(text: str) -> tuple[Question, ...]:
    """Sentences of a free reply that end in a question mark."""
    sentences = (sentence.strip().lstrip("-*• ") for sentence in re.split(r"(?<=[.!?:])\s+", text))
    return tuple(Question(text=sentence) for sentence in sentences if sentence.endswith("?"))


def _why_not_asked(held_back: Selection) -> tuple[str, ...]:
    if held_back.generic:
        return ("it would have asked, but only what fits any request",)
    return ("it would have asked, but wrote no question",)
