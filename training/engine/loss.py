"""The loss of a batch: hidden states become logits at supervised positions only, a chunk at a time.

The head is frozen, so what flows back to the states is known as soon as the logits are: it is computed on
the way forward, and no logits are kept. A vocabulary of 150,000 takes 0.6 MB of logits for a token.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from training.engine.attention import blocks_of

if TYPE_CHECKING:
    from training.collator import Batch

CHUNK = 256
"""Tokens whose logits are there at once."""

_SLICE = 16_384
"""Rows of the head that are turned into float32 at once."""


class _FrozenHead(torch.autograd.Function):
    """Log-probabilities of tokens, from states under a frozen linear head."""

    @staticmethod
    def forward(ctx: Any, states: Tensor, head: Tensor, bias: Tensor | None, targets: Tensor) -> Tensor:
        found = torch.empty(len(states), dtype=torch.float32, device=states.device)
        slopes = torch.empty_like(states) if states.requires_grad else None
        for start in range(0, len(states), CHUNK):
            part = slice(start, start + CHUNK)
            logits = nn.functional.linear(states[part], head, bias).float()
            top = logits.amax(dim=-1, keepdim=True)
            wanted = logits.gather(-1, targets[part, None])
            logits.sub_(top).exp_()
            mass = logits.sum(dim=-1, keepdim=True)
            found[part] = (wanted - top - mass.log()).squeeze(-1)
            if slopes is not None:
                logits.div_(-mass)
                logits.scatter_add_(-1, targets[part, None], torch.ones_like(wanted))
                slopes[part] = logits.to(head.dtype) @ head
        if slopes is not None:
            ctx.save_for_backward(slopes)
        return found

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor, None, None, None]:
        (slopes,) = ctx.saved_tensors
        return (slopes * gradients[0][:, None]).to(slopes.dtype), None, None, None


def token_log_probabilities(states: Tensor, head: Tensor, bias: Tensor | None, targets: Tensor) -> Tensor:
    """The log-probability of each target, in nats: shape (tokens,), float32.

    Args:
        states: shape (tokens, width).
        head: frozen, shape (vocabulary, width).
        bias: of the head, frozen, shape (vocabulary,); None for none.
        targets: shape (tokens,).
    """
    apply: Callable[..., Tensor] = _FrozenHead.apply
    return apply(states, head, bias, targets)


def twin_loss(scores: Tensor, contrasts: Tensor) -> Tensor:
    """-ln P(the unclear one is the one to ask about), by the difference of log-odds, in nats: (pairs,).

    What is the same in both requests, their matter and style, cancels out: only their difference can be
    learned from it.

    Args:
        scores: log-probabilities of supervised tokens, shape (supervised,).
        contrasts: see `training.twins.TwinBatch`, shape (pairs, 4).
    """
    unclear_asks, unclear_codes, clear_asks, clear_codes = scores[contrasts].unbind(-1)
    return -nn.functional.logsigmoid((unclear_asks - unclear_codes) - (clear_asks - clear_codes))


def _exact_log_probabilities(states: Tensor, head: Tensor, bias: Tensor | None, targets: Tensor) -> Tensor:
    """Of targets, in float32: the head becomes it a slice at a time, since whole it is half a gigabyte."""
    exact = states.float()
    mass = torch.full((len(states),), -torch.inf, device=states.device)
    wanted = torch.zeros_like(mass)
    for start in range(0, len(head), _SLICE):
        part = slice(start, start + _SLICE)
        logits = nn.functional.linear(exact, head[part].float(), None if bias is None else bias[part].float())
        mass = torch.logaddexp(mass, logits.logsumexp(dim=-1))
        places = (targets - start).clamp(0, logits.shape[1] - 1)
        here = places == targets - start
        wanted = torch.where(here, logits.gather(-1, places[:, None]).squeeze(-1), wanted)
    return wanted - mass


class ReplyModel(nn.Module):
    """A model with adapters that gives the loss of a batch.

    Args:
        model: of peft, over a causal model of transformers.
        dtype: of what is computed; the adapters' weights keep their own.
    """

    def __init__(self, model: Any, dtype: torch.dtype) -> None:
        super().__init__()
        self.model = model
        self._dtype = dtype

    def forward(
        self,
        ids: Tensor,
        depths: Tensor,
        visible: Tensor,
        positions: Tensor,
        targets: Tensor,
        weights: Tensor,
        contrasts: Tensor | None = None,
        contrast_weights: Tensor | None = None,
    ) -> Tensor:
        """The sum of weight times loss; see `training.collator.Batch` and `training.twins.TwinBatch`."""
        scores = self.scores(ids, depths, visible, positions, targets)
        loss = -(scores * weights).sum()
        if contrasts is None or contrast_weights is None:
            return loss
        return loss + (twin_loss(scores, contrasts) * contrast_weights).sum()

    def scores(
        self, ids: Tensor, depths: Tensor, visible: Tensor, positions: Tensor, targets: Tensor
    ) -> Tensor:
        """The log-probability of each supervised token, in nats, with its gradient: shape (supervised,)."""
        with self._precision(ids):
            states, head, bias = self._supervised(ids, depths, visible, positions)
            return token_log_probabilities(states, head, bias, targets)

    @torch.no_grad()
    def log_probabilities(self, batch: Batch) -> Tensor:
        """As `scores`, without the gradient, and with logits in float32.

        In bfloat16 a logit of 20 comes in steps of 1/8, which log-odds that are calibrated would show.
        """
        with self._precision(batch["ids"]):
            states, head, bias = self._supervised(
                batch["ids"], batch["depths"], batch["visible"], batch["positions"]
            )
        return _exact_log_probabilities(states, head, bias, batch["targets"])

    def _supervised(
        self, ids: Tensor, depths: Tensor, visible: Tensor, positions: Tensor
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """States at the supervised positions, and the head's weight and bias."""
        states = self._states(ids, depths, visible).index_select(0, positions)
        head = self._head()
        return states, head.weight, getattr(head, "bias", None)

    def _precision(self, like: Tensor) -> AbstractContextManager[None]:
        # Adapters in float32 would turn every activation they see into float32 and back.
        return torch.autocast(like.device.type, dtype=self._dtype, enabled=self._dtype != torch.float32)

    def _causal(self) -> Any:
        return self.model.get_base_model()

    def _head(self) -> Any:
        return self._causal().get_output_embeddings()

    def _states(self, ids: Tensor, depths: Tensor, visible: Tensor) -> Tensor:
        """Hidden states of the rows one after another: shape (tokens, width)."""
        in_tree = visible.numel() > 0
        # A GPU keeps its fused kernel: blocks were measured on the CPU alone.
        blocks = blocks_of(visible) if in_tree and visible.device.type == "cpu" else None
        found: Tensor = (
            self
            ._causal()
            .base_model(
                input_ids=ids,
                position_ids=depths,
                attention_mask=visible if in_tree else None,
                use_cache=False,
                blocks=blocks,
            )
            .last_hidden_state
        )
        return found.flatten(0, 1)
