"""The decision that the assistant ships: evidence, then a reply that is started in the form decided on.

It knows no screen, no file and no engine; the evaluation runs this very code.
"""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Sequence

from assistant.decision.evidence.base import Evidence
from assistant.decision.evidence.opening import Opening
from assistant.decision.outcome import Ask, Code, Finding, Verdict
from assistant.decision.questions import Selection, select
from assistant.decision.request import Decider, DecisionSettings, OnText, Request, Round
from assistant.decision.weigh import Weights, weigh
from models.backends.base import Completion, Message, Prompt, Sampling, TextBackend
from models.errors import UserError
from models.reply import (
    ASK_INSTRUCTION,
    CODE_INSTRUCTION,
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
    render_request,
    second_round,
)

_log = logging.getLogger(__name__)

_QUESTION_TOKENS = 320  # five questions of some sixty tokens
_LARGE_P_OTHER = 0.2
_ASSUMPTION = re.compile(r"^\s*(?:#|//|--|;)+\s*assumption:\s*(\S.*)$", re.IGNORECASE)


class Unusable(UserError):
    """A reply of which nothing can be made; its text is kept in `completion`."""

    def __init__(self, what: str, completion: Completion, *, do: str) -> None:
        self.completion = completion
        super().__init__(what, do=do)


class Stopped(UserError):
    """The reply was interrupted; what there was of it is kept in `completion`."""

    exit_code = 130

    def __init__(self, completion: Completion) -> None:
        self.completion = completion
        super().__init__("stopped before the reply was complete")


class EvidenceDecider:
    """Weighs evidence into p_ask, and writes the reply's first token accordingly.

    Args:
        backend: the model.
        evidence: what is looked at, in order.
        weights: how findings become p_ask.
    """

    def __init__(
        self,
        backend: TextBackend,
        evidence: Sequence[Evidence] = (Opening(),),
        weights: Weights | None = None,
    ) -> None:
        self._backend = backend
        self._evidence = tuple(evidence)
        self._weights = weights or Weights()

    def verdict(self, request: Request, settings: DecisionSettings) -> Verdict:
        """Decide and generate nothing.

        Raises:
            UserError: the backend gives no log-probabilities, so only a generated reply can tell.
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
        messages = second_round(_rendered(request), answers, request.history)
        completion = self._complete_code(messages, request, settings.sampling, on_text)
        open_points = [f"not answered: {answer.question.text}" for answer in answers if not answer.text]
        code = _code_of(completion, request.language, open_points)
        return Round(code, completion, completion.usage)

    def _judge(self, request: Request, settings: DecisionSettings) -> Verdict | None:
        """The verdict under these settings; None when no evidence can speak."""
        prompt = Prompt(first_round(_rendered(request), request.history))
        findings: list[Finding] = []
        for evidence in self._evidence:
            finding = evidence.look(request, prompt, self._backend)
            if finding is None:
                continue
            findings.append(finding)
            if finding.p_other is not None and finding.p_other > _LARGE_P_OTHER:
                _log.warning(
                    "p_other is %.2f: the model would rather open with neither form", finding.p_other
                )
        verdict = weigh(findings, self._weights, settings.threshold)
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
        return Round(Ask(questions=kept, **_judged(verdict)), completion, completion.usage)

    def _code(
        self,
        request: Request,
        settings: DecisionSettings,
        verdict: Verdict | None,
        on_text: OnText | None,
        assumptions: tuple[str, ...] = (),
    ) -> Round:
        started = self._backend.capabilities.reply_prefix
        instruction = INSTRUCTION if started else CODE_INSTRUCTION
        messages = first_round(_rendered(request), request.history, instruction=instruction)
        completion = self._complete_code(messages, request, settings.sampling, on_text)
        code, usage = _code_of(completion, request.language, assumptions, verdict), completion.usage
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
        prompt = Prompt(first_round(_rendered(request), request.history))
        completion = self._complete(prompt, settings.sampling, on_text)
        reply = parse(completion.text, request.language)
        if isinstance(reply, CodeBlock):
            return Round(_code_of(completion, request.language), completion, completion.usage)
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
        messages = first_round(_rendered(request), request.history, instruction=instruction)
        sampling = dataclasses.replace(
            settings.sampling,
            max_tokens=min(settings.sampling.max_tokens, _QUESTION_TOKENS),
            stop=("\n" + FENCE_OPENER,) if started else (),
        )
        return self._complete(Prompt(messages, opener if started else ""), sampling, on_text)

    def _complete_code(
        self, messages: tuple[Message, ...], request: Request, sampling: Sampling, on_text: OnText | None
    ) -> Completion:
        if not self._backend.capabilities.reply_prefix:
            return self._complete(Prompt(messages), sampling, on_text)
        # What follows the closing fence is of no use, so decoding ends there.
        stopping = dataclasses.replace(sampling, stop=("\n" + FENCE_OPENER,))
        return self._complete(Prompt(messages, FENCE_OPENER + request.language), stopping, on_text)

    def _complete(self, prompt: Prompt, sampling: Sampling, on_text: OnText | None) -> Completion:
        if on_text is not None and prompt.reply_prefix:
            on_text(prompt.reply_prefix)
        completion = self._backend.complete(prompt, sampling, on_text)
        if completion.finish == "interrupted":
            raise Stopped(completion)
        return completion


def build_decider(backend: TextBackend) -> Decider:
    """The decider that `clarify ask`, `clarify chat` and the evaluation all run.

    p_ask is calibrated as the backend's adapter says, at the time of this call.
    """
    return EvidenceDecider(backend, weights=Weights.of_opening(backend.capabilities.calibration))


def _rendered(request: Request) -> str:
    return render_request(request.text, request.context, request.context_name)


def _judged(verdict: Verdict | None) -> dict[str, object]:
    return {} if verdict is None else {"p_ask": verdict.p_ask, "findings": verdict.findings}


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
    return select(questions, _rendered(request), settings.max_questions)


def _prose_questions(text: str) -> tuple[Question, ...]:
    """Sentences of a free reply that end in a question mark."""
    sentences = (sentence.strip().lstrip("-*• ") for sentence in re.split(r"(?<=[.!?:])\s+", text))
    return tuple(Question(text=sentence) for sentence in sentences if sentence.endswith("?"))


def _why_not_asked(held_back: Selection) -> tuple[str, ...]:
    if held_back.generic:
        return ("it would have asked, but only what fits any request",)
    return ("it would have asked, but wrote no question",)


def _code_of(
    completion: Completion,
    language: str,
    assumptions: Sequence[str] = (),
    verdict: Verdict | None = None,
) -> Code:
    reply = parse(completion.text, language)
    if not isinstance(reply, CodeBlock) or not reply.code.strip():
        raise Unusable("the reply holds no code", completion, do="try another wording or another model")
    if completion.finish == "length" and not reply.closed:
        tokens = completion.usage.generated_tokens
        raise Unusable(
            f"the code was cut off at {tokens} tokens", completion, do="give a larger --max-tokens"
        )
    stated = [match[1] for line in reply.code.splitlines() if (match := _ASSUMPTION.match(line))]
    return Code(
        code=reply.code,
        language=reply.language,
        assumptions=tuple([*assumptions, *stated]),
        **_judged(verdict),
    )
