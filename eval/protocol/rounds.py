"""One variant through both rounds: the system asks or codes, questions are answered, then it codes.

Whatever decides is a Decider; no prompt is made here.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from assistant.decision.code_reply import Unusable
from assistant.decision.outcome import Ask, Code
from assistant.decision.request import Decider, DecisionSettings, Request, Round
from eval.protocol.answerer import Answerer
from eval.protocol.meter import Meter, Spent
from eval.schema import Response, Variant
from models.backends.failures import BlockedReply, EmptyReply
from models.errors import ContextOverflow, UserError
from models.reply import Answer

LANGUAGE = "python"

# The request's or the reply's fault, and the same next time; any other failure ends the run.
_NO_USE = (Unusable, ContextOverflow, BlockedReply, EmptyReply)


def request_of(variant: Variant) -> Request:
    """The request that a variant makes: its text, as it is."""
    return Request(text=variant.text, language=LANGUAGE)


@dataclass(frozen=True, slots=True)
class Protocol:
    """Runs variants.

    Args:
        system: its name.
        decider: of the system; it uses the meter as its backend.
        assistant: writes the code for which nothing was asked; it uses the meter too.
        answerer: answers.
        settings: how to decide and to decode.
        meter: counts what the system uses.
        unclarified: whether a system that asked also writes code without asking, so that the gain shows.
    """

    system: str
    decider: Decider
    assistant: Decider
    answerer: Answerer
    settings: DecisionSettings
    meter: Meter
    unclarified: bool = True

    def decide(self, variant: Variant) -> Response:
        """The decision alone; nothing is generated, and the reply is empty.

        Raises:
            UserError: this system or its backend cannot decide without generating.
        """
        spent = Spent()
        self.meter.forget()
        row = self._row(variant, 0)
        try:
            with self.meter.counting(spent):
                verdict = self.decider.verdict(request_of(variant), self.settings)
        except ContextOverflow as error:
            return _charged(row, spent, decision="neither", error=str(error))
        return _charged(row, spent, decision=verdict.decision, p_ask=verdict.p_ask)

    def run(self, variant: Variant, sample: int = 0) -> Response:
        """Both rounds.

        Args:
            variant: what is asked for.
            sample: its number; each is decoded with a seed of its own.

        Raises:
            Stopped: Ctrl-C; the variant is not done.
            UserError: a service failed.
        """
        sampling = dataclasses.replace(self.settings.sampling, seed=self.settings.sampling.seed + sample)
        settings = dataclasses.replace(self.settings, sampling=sampling)
        spent = Spent()
        self.meter.forget()
        row = self._row(variant, sample)
        try:
            with self.meter.counting(spent):
                first = self.decider.first(request_of(variant), settings)
        except _NO_USE as error:
            row = row.model_copy(update={"reply": _text_of(error), "error": str(error)})
            return _charged(row, spent, decision="neither", p_ask=self._p_ask(variant))
        row = row.model_copy(
            update={
                "reply": first.completion.text,
                "decision": first.outcome.decision,
                "p_ask": first.outcome.p_ask,
            }
        )
        if isinstance(first.outcome, Code):
            code = first.outcome.code
            return _charged(row, spent, code=code, unclarified_code=code if self.unclarified else None)
        return self._answered(variant, first.outcome, settings, spent, row)

    def _answered(
        self, variant: Variant, asked: Ask, settings: DecisionSettings, spent: Spent, row: Response
    ) -> Response:
        """The second round."""
        answers = self.answerer.answer(variant, asked.questions)
        row = row.model_copy(update={"questions": asked.questions, "answers": _as_text(answers)})
        try:
            with self.meter.counting(spent):
                second = self.decider.second(request_of(variant), answers, settings)
            row = row.model_copy(update={"code": _code(second), "reply_second": second.completion.text})
        except _NO_USE as error:
            row = row.model_copy(update={"reply_second": _text_of(error), "error": str(error)})
        if not self.unclarified:
            return _charged(row, spent)
        return _charged(row, spent, unclarified_code=self._without_asking(variant, settings))

    def _p_ask(self, variant: Variant) -> float | None:
        """What the decision was that came to nothing, where it can be had without generating."""
        try:
            return self.decider.verdict(request_of(variant), self.settings).p_ask
        except UserError:
            return None

    def _without_asking(self, variant: Variant, settings: DecisionSettings) -> str:
        """Code for the request as it is; empty where none came. It is not charged to the system."""
        never = dataclasses.replace(settings, ask="never", list_open_points=False)
        try:
            return _code(self.assistant.first(request_of(variant), never))
        except _NO_USE:
            return ""

    def _row(self, variant: Variant, sample: int) -> Response:
        return Response(
            name=variant.name,
            category=variant.category,
            reply="",
            view=variant.view,
            system=self.system,
            sample=sample,
        )


def _text_of(error: UserError) -> str:
    return error.completion.text if isinstance(error, Unusable) else ""


def _code(round_: Round) -> str:
    return round_.outcome.code if isinstance(round_.outcome, Code) else ""


def _as_text(answers: tuple[Answer, ...]) -> str:
    return "\n".join(f"{number}. {answer.text or ''}" for number, answer in enumerate(answers, 1))


def _charged(row: Response, spent: Spent, **fields: object) -> Response:
    return row.model_copy(
        update={
            "prompt_tokens": spent.prompt_tokens,
            "generated_tokens": spent.generated_tokens,
            "seconds": round(spent.seconds, 3),
            **fields,
        }
    )
