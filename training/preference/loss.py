"""The losses of a pair, from the log-probabilities of its two replies; pure functions of tensors."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import logsigmoid

_MOST = -1e-7
"""A mean log-probability above this is taken as this: the odds of certainty are infinite."""


def dpo(chosen: Tensor, rejected: Tensor, reference: Tensor, beta: float) -> Tensor:
    """Direct preference optimisation (arXiv 2305.18290, equation 7), in nats: shape (pairs,).

    Args:
        chosen: log-probability of each chosen reply, summed over its tokens; shape (pairs,).
        rejected: the same of the rejected replies.
        reference: the same of both under the frozen reference, chosen first; shape (pairs, 2).
        beta: how strongly the reference holds.
    """
    margin = (chosen - reference[:, 0]) - (rejected - reference[:, 1])
    return -logsigmoid(beta * margin)


def orpo(chosen: Tensor, rejected: Tensor, weight: float) -> Tensor:
    """Odds ratio preference optimisation (arXiv 2403.07691, equations 6 and 7), in nats: shape (pairs,).

    It holds the loss of the chosen reply too, and needs no reference.

    Args:
        chosen: log-probability of each chosen reply, the mean over its tokens; shape (pairs,).
        rejected: the same of the rejected replies.
        weight: of the odds ratio, against 1 for the chosen reply's loss.
    """
    return -chosen - weight * logsigmoid(_log_odds(chosen) - _log_odds(rejected))


def _log_odds(means: Tensor) -> Tensor:
    bounded = means.clamp(max=_MOST)
    return bounded - (-bounded.expm1()).log()
