"""Who answers a system's questions: somebody who knows the original description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from eval.protocol.changes import changes
from eval.protocol.relevance import Relevance
from eval.schema import Variant
from models.reply import Answer, Question

SPANS, SILENT = "spans", "silent"
NO_INFORMATION = "No further information."


class Answerer(Protocol):
    """Answers questions about a variant of a task."""

    @property
    def name(self) -> str:
        """For the record."""

    def answer(self, variant: Variant, questions: Sequence[Question]) -> tuple[Answer, ...]:
        """An answer to each question, in their order.

        Raises:
            UserError: a service that answers failed.
        """


@dataclass(frozen=True, slots=True)
class SpanAnswerer:
    """Tells the words that the modification took away or changed, where a question is about them.

    It tells nothing that the request says already, never the solution, which it does not read, and never more
    than half of the description in one round.

    Args:
        max_words: most words of an answer.
        max_spans: most spans of an answer.
    """

    max_words: int = 40
    max_spans: int = 2
    name: str = SPANS

    def answer(self, variant: Variant, questions: Sequence[Question]) -> tuple[Answer, ...]:
        """An answer to each question; one that is about nothing that was changed gets no information."""
        relevance = Relevance(variant, changes(variant))
        known = " ".join(variant.text.split())
        left = len(variant.original.split()) // 2
        told: set[str] = set()
        answers = []
        for question in questions:
            spans: list[str] = []
            for change in relevance.targets(question.text)[: self.max_spans]:
                if change.span in known:
                    continue
                words = len(change.span.split())
                if sum(len(span.split()) for span in spans) + words > self.max_words:
                    continue
                if change.span not in told:
                    if words > left:
                        continue
                    left -= words
                    told.add(change.span)
                spans.append(change.span)
            answers.append(Answer(question=question, text=_told(spans)))
        return tuple(answers)


@dataclass(frozen=True, slots=True)
class SilentAnswerer:
    """Knows nothing: what asking costs when nobody can answer."""

    name: str = SILENT

    def answer(self, variant: Variant, questions: Sequence[Question]) -> tuple[Answer, ...]:
        """The same to every question."""
        return tuple(Answer(question=question, text=NO_INFORMATION) for question in questions)


def _told(spans: Sequence[str]) -> str:
    return "; ".join(f'"{span}"' for span in spans) if spans else NO_INFORMATION
