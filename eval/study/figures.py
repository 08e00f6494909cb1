"""From what was found about each request to the figures of a row; nothing is measured, it takes seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from assistant.decision.weigh import Weights
from eval.metrics.reliability import calibration_error
from eval.requests.figures import Decided, kind_figures
from eval.requests.reading import Labelled, digest
from eval.schema import Estimate
from eval.statistics import estimate, task_draws
from eval.study.document import FittedWeight, FittedWeights, RowFigures, Seconds
from eval.study.findings import Measured
from eval.study.fitting import Values, cross_validated, fit, folds, p_ask
from eval.study.material import domain_of
from eval.study.measuring import RowFindings

_DIGITS = 4  # of seconds


def row_figures(found: RowFindings, seed: int) -> RowFigures:
    """The figures of a row.

    Args:
        found: what was found for it.
        seed: of the folds.

    Raises:
        UserError: weights are to be fitted, and there are too few requests.
    """
    row, requests, subject = found.row, found.requests, found.subject
    values = [_values(one) for one in found.found]
    weights, scores = _weighed(found, values, seed)
    seconds = [_seconds(one) for one in found.found]
    decided = {
        one.id: Decided(id=one.id, of="", p_ask=score, asked=score >= row.threshold, seconds=spent)
        for one, score, spent in zip(requests, scores, seconds, strict=True)
    }
    kinds, false_asks, _ = kind_figures(requests, decided)
    return RowFigures(
        name=row.name,
        pairs=len({one.pair for one in requests}),
        requests_sha256=digest(requests),
        model=subject.model,
        model_sha256=subject.model_sha256,
        adapter=subject.adapter,
        adapter_sha256=subject.adapter_sha256,
        code_by=subject.code_by,
        evidence=row.evidence,
        system=row.system,
        drafts=found.drafts,
        budget_seconds=row.budget_seconds,
        threshold=row.threshold,
        weighed=_how(found),
        folds=len(set(folds([domain_of(one.pair) for one in requests], seed))) if row.fitted else None,
        weights=None if weights is None else as_record(weights),
        spoke=_spoke(values),
        kinds=kinds,
        false_asks=false_asks,
        ece=_ece(scores, requests),
        seconds=Seconds(
            median=round(float(np.median(seconds)), _DIGITS),
            p90=round(float(np.percentile(seconds, 90)), _DIGITS),
            in_budget=_in_budget(seconds, row.budget_seconds),
            all=round(float(np.sum(seconds)), 1),
        ),
        effort=row.effort,
        curve=row.curve,
        x=row.x,
        axis=None if row.curve is None else row.axis,
    )


def as_record(weights: Weights) -> FittedWeights:
    """Weights as the document has them, to six digits."""
    return FittedWeights(
        bias=round(weights.bias, 6),
        of={name: FittedWeight(scale=round(one.scale, 6), link=one.link) for name, one in weights.of.items()},
    )


def _how(found: RowFindings) -> Literal["as it is", "as calibrated", "cross-validated"]:
    if found.row.fitted:
        return "cross-validated"
    return "as calibrated" if found.row.system is None and found.calibration is not None else "as it is"


def _weighed(found: RowFindings, values: Sequence[Values], seed: int) -> tuple[Weights | None, list[float]]:
    """The weights fitted on all, where any are, and a p_ask for each request."""
    row = found.row
    if row.system is not None:  # what says nothing gives no reason to ask
        return None, [value if (value := one[row.system]) is not None else 0.0 for one in values]
    if not row.fitted:
        weights = Weights.of_opening(found.calibration)
        return None, [p_ask(weights, one) for one in values]
    unclear = [one.unclear for one in found.requests]
    domains = [domain_of(one.pair) for one in found.requests]
    scores = cross_validated(row.evidence, values, unclear, domains, seed)
    return fit(row.evidence, values, unclear), scores


def _values(found: Sequence[Measured]) -> dict[str, float | None]:
    return {one.by: one.value for one in found}


def _spoke(values: Sequence[Values]) -> dict[str, float]:
    names = values[0] if values else {}
    return {name: round(float(np.mean([one[name] is not None for one in values])), 4) for name in names}


def _seconds(found: Sequence[Measured]) -> float:
    """Of one decision; the work that pieces of evidence share counts once."""
    shared = max((one.shared_seconds for one in found), default=0.0)
    return round(sum(one.seconds for one in found) + shared, _DIGITS)


def _in_budget(seconds: Sequence[float], budget: float | None) -> float | None:
    return None if budget is None else round(float(np.mean([one <= budget for one in seconds])), 4)


def _ece(scores: Sequence[float], requests: Sequence[Labelled]) -> Estimate | None:
    p = np.asarray(scores, dtype=float)
    unclear = np.array([one.unclear for one in requests], dtype=bool)
    draws = task_draws([one.pair for one in requests])
    return estimate(lambda weights: calibration_error(p, unclear, weights), np.ones(len(p)), draws, len(p))
