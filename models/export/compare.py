"""How far two forms of one model are apart: attached and merged, one quantisation and another.

Three measures, over the replies of given conversations: whether both would go on with the same token, the
Kullback-Leibler divergence of the second's next-token distribution from the first's, and what happens to the
decision itself, the log-odds of opening with a question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.backends.base import Message, Prompt
from models.calibration import logit
from models.chat_template import fragments
from models.errors import UserError
from models.reply import FENCE_OPENER, LIST_OPENER

if TYPE_CHECKING:
    from models.runtime.logits import LogProbabilities
    from models.runtime.scoring import Scorer

CONTEXT = 2048
"""Most tokens of a conversation; what follows is left out."""


@dataclass(frozen=True, slots=True)
class Form:
    """A model as it can be run.

    Args:
        path: its GGUF file.
        adapter: a GGUF LoRA that is attached to it.
    """

    path: Path
    adapter: Path | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes from one form to the other.

    Args:
        positions: tokens of replies that were compared.
        agreement: share of them where both have the same most likely token.
        mean_kl: mean over them of KL(first || second), in nats.
        worst_kl: the largest.
        ask_shift: mean over the conversations of the log-odds of asking, second minus first, in nats.
        ask_scatter: mean of the same differences' sizes.
        flips: share of the conversations where asking is more likely than not in one form only.
    """

    positions: int
    agreement: float
    mean_kl: float
    worst_kl: float
    ask_shift: float
    ask_scatter: float
    flips: float


def compare(first: Form, second: Form, conversations: Sequence[Sequence[Message]]) -> Difference:
    """Measure the difference of two forms with the same vocabulary and chat template.

    Args:
        first: the reference.
        second: what is compared with it.
        conversations: each ends with the assistant's reply.

    Raises:
        UserError: a file cannot be used, or has no chat template.
    """
    import numpy as np

    same, divergences = 0, list[float]()
    for ours, theirs in _rows(first, second, conversations):
        same += int(ours.argmax() == theirs.argmax())
        divergences.append(max(0.0, float(np.exp(ours) @ (ours - theirs))))
    before, after = (np.array(asking(form, conversations)) for form in (first, second))
    return Difference(
        positions=len(divergences),
        agreement=same / len(divergences),
        mean_kl=float(np.mean(divergences)),
        worst_kl=max(divergences),
        ask_shift=float(np.mean(after - before)),
        ask_scatter=float(np.mean(np.abs(after - before))),
        flips=float(np.mean((before >= 0) != (after >= 0))),
    )


def asking(form: Form, conversations: Sequence[Sequence[Message]]) -> list[float]:
    """The log-odds, in nats, of opening the last reply of each conversation with a question."""
    from models.backends.gguf import GgufBackend

    found: list[float] = []
    with GgufBackend(form.path, name=form.path.stem, adapter_path=form.adapter) as backend:
        for conversation in conversations:
            mass = backend.opener_mass(Prompt(tuple(conversation[:-1])), (LIST_OPENER, FENCE_OPENER))
            assert mass is not None  # a local model has log-probabilities
            asks, codes = mass.mass
            found.append(logit(asks / (asks + codes)) if asks + codes else 0.0)
    return found


def _rows(
    first: Form, second: Form, conversations: Sequence[Sequence[Message]]
) -> Iterator[tuple[LogProbabilities, LogProbabilities]]:
    """The two distributions at each token of each reply."""
    from models.runtime.scoring import Scorer

    with (
        Scorer.load(first.path, context_tokens=CONTEXT, adapter=first.adapter) as ours,
        Scorer.load(second.path, context_tokens=CONTEXT, adapter=second.adapter) as theirs,
    ):
        for conversation in conversations:
            tokens, reply = tokens_of(ours, first.path, conversation)
            scored = [scorer.log_probabilities(tokens, reply - 1) for scorer in (ours, theirs)]
            yield from zip(*scored, strict=True)


def tokens_of(scorer: Scorer, path: Path, conversation: Sequence[Message]) -> tuple[list[int], int]:
    """A conversation as tokens, and where its last reply begins."""
    info = scorer.info()
    template = info.chat_template
    if not template:
        raise UserError("the model file has no chat template", where=str(path))
    rendered = fragments(template, conversation[:-1], controls=scorer.controls, bos=info.bos, eos=info.eos)
    prompt = scorer.encode(rendered)
    whole = scorer.encode(rendered, conversation[-1].content)[:CONTEXT]
    return whole, min(len(prompt), len(whole))
