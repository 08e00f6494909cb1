"""Calibration of p_ask: what turns a tuned model's log-odds of asking into a probability one can believe.

Training fits it on held-out samples, an adapter's file carries it, and the assistant applies it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from models.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

EDGE = 1e-12
"""Probabilities are kept this far from 0 and 1, where log-odds are infinite."""

_STEPS = 200
_TOLERANCE = 1e-12


class Calibration(BaseModel):
    """A line through log-odds: p_ask = sigmoid(scale * log-odds + bias)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    scale: float = Field(
        default=1.0, ge=0, description="Multiplier of the log-odds, one over the temperature; 1 leaves them."
    )
    bias: float = Field(default=0.0, description="Added to the scaled log-odds, in nats; 0 leaves them.")

    def probability(self, log_odds: float) -> float:
        """p_ask for the model's own log-odds of asking, in nats."""
        return sigmoid(self.scale * log_odds + self.bias)


def sigmoid(log_odds: float) -> float:
    """The probability of these log-odds, without overflow."""
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1.0 + odds)


def logit(probability: float) -> float:
    """The log-odds of a probability, in nats; bounded, by EDGE."""
    bounded = min(max(probability, EDGE), 1.0 - EDGE)
    return math.log(bounded) - math.log1p(-bounded)


def fit(log_odds: Sequence[float], unclear: Sequence[bool]) -> Calibration:
    """Fit scale and bias by logistic regression.

    Both classes weigh alike, however many samples they have, so that 0.5 is the even choice. A ridge that
    draws towards the identity weighs as much as one sample: it keeps a separable set finite, and few samples
    from saying much. The scale is never negative, so that calibration cannot turn the model's order around.

    Args:
        log_odds: the model's log-odds of asking, in nats, one for each held-out sample.
        unclear: whether asking was right, in the same order.

    Raises:
        UserError: the lists differ in length, a number is not finite, or one of the classes is empty.
    """
    import numpy as np

    if len(log_odds) != len(unclear):
        raise UserError(f"{len(log_odds)} log-odds for {len(unclear)} samples cannot be calibrated")
    x, y = np.asarray(log_odds, dtype=np.float64), np.asarray(unclear, dtype=bool)
    if not np.isfinite(x).all():
        raise UserError("log-odds that are not finite cannot be calibrated", do="check the model's logits")
    if not 0 < y.sum() < len(y):
        raise UserError(
            "p_ask cannot be calibrated on clear or on unclear samples alone", do="hold out some of both"
        )
    # Beyond the bound a probability says no more; it also keeps the steps below finite.
    x = np.clip(x, -logit(1.0), logit(1.0))
    weights = np.where(y, 0.5 / y.sum(), 0.5 / (~y).sum())
    scale, bias = _minimum(x, y.astype(np.float64), weights, ridge=1.0 / len(y))
    return Calibration(scale=scale, bias=bias)


def _minimum(x: Vector, y: Vector, weights: Vector, ridge: float) -> tuple[float, float]:
    """Scale and bias of the least loss, by Newton's method with halved steps; the loss is convex."""
    import numpy as np

    def loss(point: Vector) -> float:
        z = point[0] * x + point[1]
        fidelity = float(weights @ (np.logaddexp(0.0, z) - y * z))
        return fidelity + ridge / 2 * float((point[0] - 1.0) ** 2 + point[1] ** 2)

    def slopes(point: Vector, free: list[int]) -> tuple[Vector, NDArray[np.float64]]:
        p = 0.5 * (1.0 + np.tanh((point[0] * x + point[1]) / 2))
        inputs = np.stack([x, np.ones_like(x)])
        gradient = inputs @ (weights * (p - y)) + ridge * (point - np.array([1.0, 0.0]))
        curvature = (inputs * (weights * p * (1.0 - p))) @ inputs.T + ridge * np.eye(2)
        return gradient[free], curvature[np.ix_(free, free)]

    def descend(point: Vector, free: list[int]) -> Vector:
        here = loss(point)
        for _ in range(_STEPS):
            gradient, curvature = slopes(point, free)
            direction = np.zeros(2)
            direction[free] = np.linalg.solve(curvature, gradient)
            if float(np.abs(direction).max()) < _TOLERANCE:
                break
            step = 1.0
            while step > _TOLERANCE and loss(point - step * direction) >= here:
                step /= 2
            if step <= _TOLERANCE:
                break
            point = point - step * direction
            here = loss(point)
        return point

    best = descend(np.array([1.0, 0.0]), [0, 1])
    if best[0] < 0:  # convex, so the best allowed point lies on the border
        best = descend(np.array([0.0, 0.0]), [1])
    return float(best[0]), float(best[1])
