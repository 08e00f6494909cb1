"""The figures of decisions about requests: how p_ask ranks them, by kind of flaw and within pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from assistant.decision.effort import Effort
from eval.metrics.ranking import auroc
from eval.metrics.reliability import calibration_error
from eval.metrics.weighted import mean
from eval.requests.reading import CLEAR, Labelled
from eval.schema import Estimate
from eval.statistics import estimate, task_draws

ALL = "all"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Decided(_Record):
    """What came of a request; one line of the log."""

    id: str
    of: str = Field(description="Hash of request, model, adapter, threshold and effort; others do not count.")
    p_ask: float = Field(ge=0, le=1)
    asked: bool
    seconds: float = Field(ge=0, description="Wall time of the decision.")


class KindFigures(_Record):
    """The figures of one kind of unclear requests against all clear ones; intervals are over pairs."""

    requests: int
    auroc: Estimate | None = Field(description="Chance that an unclear one has the higher p_ask.")
    ordered: Estimate | None = Field(
        description="Share of unclear requests above a clear one of their own pair; a tie counts half."
    )
    asked: Estimate | None = Field(description="Share that is asked about.")


class RequestFigures(_Record):
    """The figures of a file of requests."""

    model: str
    model_sha256: str | None
    adapter: str | None
    adapter_sha256: str | None
    requests_sha256: str
    threshold: float
    effort: Effort = "low"
    command: str
    clear: int
    pairs: int
    false_asks: Estimate | None = Field(description="Share of clear requests that is asked about.")
    kinds: dict[str, KindFigures] = Field(description="By kind; `all` holds every unclear request.")
    ece: float | None = Field(description="Calibration error, both classes weighted alike.")
    seconds_per_decision: float = Field(description="The median.")


def kind_figures(
    requests: Sequence[Labelled], decided: Mapping[str, Decided]
) -> tuple[dict[str, KindFigures], Estimate | None, float | None]:
    """Figures by kind, the false asks, and the calibration error.

    Args:
        requests: all of them.
        decided: by id.
    """
    clear = [one for one in requests if not one.unclear]
    unclear = [one for one in requests if one.unclear]
    kinds = {ALL: unclear}
    for one in unclear:
        kinds.setdefault(one.kind, []).append(one)
    found = {kind: _figures(clear, rows, decided) for kind, rows in kinds.items()}
    everything = [*clear, *unclear]
    error = calibration_error(
        np.array([decided[one.id].p_ask for one in everything]),
        np.array([one.unclear for one in everything]),
        np.ones((1, len(everything))),
    )
    return found, _share(clear, decided), None if np.isnan(error[0]) else float(error[0])


def _figures(
    clear: Sequence[Labelled], unclear: Sequence[Labelled], decided: Mapping[str, Decided]
) -> KindFigures:
    rows = [*clear, *unclear]
    scores = np.array([decided[one.id].p_ask for one in rows])
    positive = np.array([one.unclear for one in rows], dtype=bool)
    draws = task_draws([one.pair for one in rows])
    ranked = estimate(
        lambda weights: auroc(scores, positive, weights), np.ones(len(rows)), draws, len(unclear)
    )
    return KindFigures(
        requests=len(unclear),
        auroc=ranked if clear else None,
        ordered=_ordered(clear, unclear, decided),
        asked=_share(unclear, decided),
    )


def _ordered(
    clear: Sequence[Labelled], unclear: Sequence[Labelled], decided: Mapping[str, Decided]
) -> Estimate | None:
    twins: dict[str, list[float]] = {}
    for one in clear:
        twins.setdefault(one.pair, []).append(decided[one.id].p_ask)
    pairs = [one for one in unclear if one.pair in twins]
    values = np.array([_above(decided[one.id].p_ask, twins[one.pair]) for one in pairs])
    draws = task_draws([one.pair for one in pairs])
    return estimate(lambda weights: mean(values, weights), np.ones(len(pairs)), draws, len(pairs))


def _above(p_ask: float, others: Sequence[float]) -> float:
    return sum(0.5 if p_ask == other else float(p_ask > other) for other in others) / len(others)


def _share(rows: Sequence[Labelled], decided: Mapping[str, Decided]) -> Estimate | None:
    asked = np.array([float(decided[one.id].asked) for one in rows])
    draws = task_draws([one.pair for one in rows])
    return estimate(lambda weights: mean(asked, weights), np.ones(len(rows)), draws, len(rows))


def in_order(kinds: Mapping[str, KindFigures]) -> list[str]:
    """Kinds as they are shown: single flaws, several, then all of them."""
    return sorted(kinds, key=lambda kind: (kind == ALL, "+" in kind, kind)) if kinds else [CLEAR]
