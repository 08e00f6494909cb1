"""Fits the weights that the assistant weighs evidence by, and judges requests by weights they had no part in.

The form is that of assistant.decision.weigh: log-odds of asking = bias + sum of scale * input, where the
input of `opening` is its own log-odds and that of any other evidence its value; what was not found adds
nothing. Scales are never negative, so that more evidence never lowers p_ask.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.decision.weigh import Weight, Weights
from models.calibration import logit, sigmoid
from models.errors import UserError

Matrix = NDArray[np.float64]
Labels = NDArray[np.bool_]

FOLDS = 10
"""Most folds of the cross-validation; fewer where there are fewer domains."""

Values = Mapping[str, float | None]
"""What was found about a request, by evidence."""


def link_of(evidence: str) -> Literal["logit", "linear"]:
    """How an evidence's value becomes log-odds."""
    return "logit" if evidence == "opening" else "linear"


def fit(evidence: Sequence[str], found: Sequence[Values], unclear: Sequence[bool]) -> Weights:
    """The weights of the least logistic loss.

    Both classes weigh alike, however many requests they have, so that 0.5 is the even choice. A ridge that
    draws towards `opening` alone, as it is, weighs as much as one request: it keeps a separable set finite,
    and few requests from saying much.

    Args:
        evidence: names, one for each scale.
        found: values by evidence, one mapping for each request.
        unclear: whether asking was right, in the same order.

    Raises:
        UserError: one of the classes is empty.
    """
    from scipy.optimize import minimize

    inputs = np.array([[_input(name, one.get(name)) for name in evidence] for one in found])
    positive = np.asarray(unclear, dtype=bool)
    if not 0 < positive.sum() < len(positive):
        raise UserError(
            "weights cannot be fitted on clear or on unclear requests alone", do="give more requests of both"
        )
    share = np.where(positive, 0.5 / positive.sum(), 0.5 / (~positive).sum())
    prior = np.array([0.0, *(1.0 if link_of(name) == "logit" else 0.0 for name in evidence)])
    columns = np.hstack([np.ones((len(inputs), 1)), inputs])
    ridge = 1.0 / len(inputs)

    def loss(point: Matrix) -> tuple[float, Matrix]:
        z = columns @ point
        chance = 0.5 * (1.0 + np.tanh(z / 2))
        value = share @ (np.logaddexp(0.0, z) - positive * z) + ridge / 2 * ((point - prior) ** 2).sum()
        return float(value), columns.T @ (share * (chance - positive)) + ridge * (point - prior)

    bounds = [(None, None), *((0.0, None) for _ in evidence)]
    options = {"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-9}
    best = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    scales = {
        name: Weight(max(0.0, float(scale)), link_of(name))
        for name, scale in zip(evidence, best[1:], strict=True)
    }
    return Weights(bias=float(best[0]), of=scales)


def p_ask(weights: Weights, found: Values) -> float:
    """The p_ask of a request by weights, as `weigh` has it; the bias alone where nothing was found."""
    shares = [weight.scale * _input(name, found.get(name)) for name, weight in weights.of.items()]
    return sigmoid(weights.bias + float(np.sum(shares)))


def folds(domains: Sequence[str], seed: int) -> list[int]:
    """The fold of each request: whole domains, spread over at most `FOLDS`.

    Raises:
        UserError: all requests are of one domain, so that none could be kept apart.
    """
    names = sorted(set(domains))
    if len(names) < 2:
        raise UserError(
            "all requests are of one domain, so weights cannot be judged on others",
            do="give requests of several: the part of `pair` before its last slash",
        )
    random.Random(seed).shuffle(names)
    fold_of = {name: place % FOLDS for place, name in enumerate(names)}
    return [fold_of[one] for one in domains]


def cross_validated(
    evidence: Sequence[str],
    found: Sequence[Values],
    unclear: Sequence[bool],
    domains: Sequence[str],
    seed: int,
) -> list[float]:
    """The p_ask of each request by weights fitted without any request of its fold.

    Args:
        evidence: names.
        found: values by evidence, one mapping for each request.
        unclear: whether asking was right.
        domains: of each request.
        seed: of the folds.

    Raises:
        UserError: there are too few requests or domains.
    """
    fold_of = folds(domains, seed)
    scores = [0.0] * len(found)
    for fold in sorted(set(fold_of)):
        others = [place for place, one in enumerate(fold_of) if one != fold]
        weights = fit(evidence, [found[place] for place in others], [unclear[place] for place in others])
        for place, one in enumerate(fold_of):
            if one == fold:
                scores[place] = p_ask(weights, found[place])
    return scores


def _input(name: str, value: float | None) -> float:
    if value is None:
        return 0.0
    return logit(value) if link_of(name) == "logit" else value
