"""The model of the second stage: gives the loss of a batch of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from training.preference.loss import dpo, orpo

if TYPE_CHECKING:
    from training.engine.loss import ReplyModel
    from training.recipe import PreferenceSettings


class PairModel(nn.Module):
    """A model with adapters that gives the loss of pairs.

    Args:
        replies: gives the log-probabilities of replies.
        settings: which loss.
    """

    def __init__(self, replies: ReplyModel, settings: PreferenceSettings) -> None:
        super().__init__()
        self.replies = replies
        self._settings = settings

    @property
    def model(self) -> Any:
        """Of peft, over a causal model of transformers."""
        return self.replies.model

    def forward(
        self,
        ids: Tensor,
        depths: Tensor,
        visible: Tensor,
        positions: Tensor,
        targets: Tensor,
        weights: Tensor,
        owners: Tensor,
        reference: Tensor,
        shares: Tensor,
    ) -> Tensor:
        """The sum of share times loss; see `training.preference.plan.PairBatch` for the shapes."""
        tokens = self.replies.scores(ids, depths, visible, positions, targets)
        sums = by_reply(tokens * weights, owners)
        if self._settings.loss == "dpo":
            losses = dpo(sums[:, 0], sums[:, 1], reference, self._settings.beta)
        else:
            means = sums / by_reply(weights, owners)
            losses = orpo(means[:, 0], means[:, 1], self._settings.beta)
        return (losses * shares).sum()


def by_reply(values: Tensor, owners: Tensor) -> Tensor:
    """The sum of each reply's values: shape (pairs, 2), the chosen reply first.

    Args:
        values: of tokens, shape (supervised,).
        owners: which reply each token is of, shape (supervised,): twice the pair's number, and 1 more for the
            rejected one; each has a token.
    """
    replies = int(owners.max()) + 1
    return torch.zeros(replies, device=values.device).index_add(0, owners, values).view(-1, 2)
