"""An evaluation as a report takes it: its rows with all that is known of them, and its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eval.metrics.reliability import Bin, reliability
from eval.reports.basis import Basis
from eval.rows import Rows, rows_of
from eval.schema import Document, Judgement, Response, Score, Variant


@dataclass(frozen=True, slots=True)
class Result:
    """A run, or the log of a system.

    Args:
        name: by which the report calls it; no other result of the report has it.
        basis: of its figures.
        document: its figures.
        responses: its rows.
        scores: by the response's key.
        judgements: of the basis's judge, by the response's key.
        variants: texts of the benchmark by the variant's key; empty where the benchmark is not at hand.
    """

    name: str
    basis: Basis
    document: Document
    responses: tuple[Response, ...]
    scores: Mapping[str, Score] = field(default_factory=dict)
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    variants: Mapping[str, Variant] = field(default_factory=dict)

    def asked(self, response: Response) -> bool | None:
        """Whether a response asks: by the judge, else as the system decided; None where neither tells."""
        judgement = self.judgements.get(response.key)
        if judgement is not None and judgement.asked is not None:
            return judgement.asked == 1
        return response.decision == "ask" if response.decision else None

    def rows(self) -> Rows:
        """All rows as columns of numbers, in the order of the responses."""
        return rows_of(self.responses, self.scores, self.judgements)

    def bins(self) -> tuple[Bin, ...]:
        """Of the reliability diagram; none where p_ask or a class is missing."""
        rows = self.rows()
        known = rows.of(rows.p_ask == rows.p_ask)  # NaN is not equal to itself
        both = known.unclear.any() and not known.unclear.all()
        return reliability(known.p_ask, known.unclear) if both else ()
