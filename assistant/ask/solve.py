"""One spec to its report: decide, take answers from wherever they come, write the code. Knows no screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from assistant.ask.report import SpecReport, Timings
from assistant.decision.outcome import Ask, Code, Finding, Verdict
from assistant.decision.request import Decider, DecisionSettings, OnText, Request
from assistant.specs.spec import Spec
from models.backends.base import Identity, Usage
from models.errors import ContextOverflow, UserError
from models.reply import Answer

Answerer = Callable[[Spec, Ask], tuple[Answer, ...] | None]
"""Answers the questions about a spec; None leaves them open."""


@dataclass(frozen=True, slots=True)
class Solver:
    """Solves specs one by one.

    Args:
        decider: the decision.
        identity: which model it runs, for the report.
        settings: how to decide.
        answer: where answers come from.
    """

    decider: Decider
    identity: Identity
    settings: DecisionSettings
    answer: Answerer

    def decide(self, spec: Spec) -> SpecReport:
        """The decision alone; nothing is generated.

        Raises:
            UserError: the backend gives no log-probabilities, or the spec does not fit the context.
        """
        started = time.perf_counter()
        try:
            verdict = self.decider.verdict(request_of(spec), self.settings)
        except ContextOverflow as error:
            raise _placed(error, spec) from error
        return self._report(spec, verdict, time.perf_counter() - started, Usage(), ())

    def solve(self, spec: Spec, on_text: OnText | None = None) -> SpecReport:
        """Both rounds, as far as the answers reach.

        Raises:
            UserError: the spec does not fit the context, the backend failed, the reply was of no use.
        """
        started = time.perf_counter()
        request = request_of(spec)
        answers: tuple[Answer, ...] = ()
        try:
            round_ = self.decider.first(request, self.settings, on_text)
            outcome, usage = round_.outcome, round_.usage
            if isinstance(outcome, Ask):
                waiting = time.perf_counter()
                given = self.answer(spec, outcome)
                started += time.perf_counter() - waiting  # a person's time is not the program's
                if given is not None:
                    second = self.decider.second(request, given, self.settings, on_text)
                    answers, usage = given, usage + second.usage
                    outcome = _with_evidence(second.outcome, outcome)
        except ContextOverflow as error:
            raise _placed(error, spec) from error
        return self._report(spec, outcome, time.perf_counter() - started, usage, answers)

    def failed(self, spec: Spec, error: UserError) -> SpecReport:
        """The report of a spec that came to nothing."""
        return SpecReport(
            file=str(spec.file) if spec.file else None,
            line=spec.line,
            name=spec.name,
            decision=None,
            error=str(error) if error.where or spec.file is None else f"{spec.place}: {error}",
            p_ask=None,
            model=self.identity.model,
            adapter=self.identity.adapter,
            code_by=self.identity.code_by,
        )

    def _report(
        self,
        spec: Spec,
        outcome: Ask | Code | Verdict,
        seconds: float,
        usage: Usage,
        answers: tuple[Answer, ...],
    ) -> SpecReport:
        code = outcome if isinstance(outcome, Code) else None
        return SpecReport(
            file=str(spec.file) if spec.file else None,
            line=spec.line,
            name=spec.name,
            decision=outcome.decision,
            p_ask=outcome.p_ask,
            questions=outcome.questions if isinstance(outcome, Ask) else (),
            answers=answers,
            code=code.code if code else None,
            language=code.language if code else "",
            assumptions=code.assumptions if code else (),
            evidence=outcome.findings,
            model=self.identity.model,
            adapter=self.identity.adapter,
            code_by=self.identity.code_by,
            timings=_timings(outcome.findings, usage, seconds),
        )


def request_of(spec: Spec) -> Request:
    """The request that a spec makes."""
    return Request(
        text=spec.text,
        context=spec.context,
        context_name=spec.file.name if spec.file and spec.context else "",
        language=spec.language,
    )


def _with_evidence(outcome: Ask | Code, asked: Ask) -> Ask | Code:
    """The second round's code, with what the first round's decision rested on."""
    return outcome.model_copy(update={"p_ask": asked.p_ask, "findings": asked.findings})


def _placed(error: ContextOverflow, spec: Spec) -> ContextOverflow:
    return ContextOverflow(error.prompt_tokens, error.context_tokens, where=spec.place)


def _timings(findings: tuple[Finding, ...], usage: Usage, seconds: float) -> Timings:
    return Timings(
        decide_seconds=sum(finding.cost_seconds for finding in findings),
        prefill_seconds=usage.prefill_seconds,
        decode_seconds=usage.decode_seconds,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        generated_tokens=usage.generated_tokens,
        total_seconds=seconds,
    )
