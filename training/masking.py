"""Token ids of a conversation, and which of them are learned: prompt and reply are tokenised apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.errors import UserError
from training.rendering import Conversation, ReplyEnd, render, reply_end
from training.vocabulary import encode_conversation

if TYPE_CHECKING:
    from synth.schema import Sample
    from training.recipe import Supervise
    from training.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Encoded:
    """A conversation as tokens.

    Args:
        ids: prompt and reply, the token that ends the reply included.
        reply_start: place of the reply's first token; at least 1.
        learned_from: place of the first token that is supervised; all from there on are. At least 1, since
            nothing predicts the first token.
    """

    ids: tuple[int, ...]
    reply_start: int
    learned_from: int

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def prompt(self) -> tuple[int, ...]:
        """The tokens before the reply."""
        return self.ids[: self.reply_start]

    @property
    def supervised(self) -> tuple[int, ...]:
        """The tokens that the loss is of."""
        return self.ids[self.learned_from :]

    @property
    def decision(self) -> Encoded:
        """The same up to the reply's first token, which decides between asking and coding."""
        return replace(self, ids=self.ids[: self.reply_start + 1])


@dataclass(frozen=True, slots=True)
class EncodedSamples:
    """The samples that can be learned from.

    Args:
        samples: of them.
        encoded: the same as tokens, in the same order.
        too_long: how many were dropped for their length; nothing is ever cut.
    """

    samples: tuple[Sample, ...]
    encoded: tuple[Encoded, ...]
    too_long: int

    @property
    def tokens(self) -> int:
        """Of all samples."""
        return sum(map(len, self.encoded))


def encode(
    conversation: Conversation, vocabulary: Vocabulary, end: ReplyEnd, supervise: Supervise = "answer"
) -> Encoded:
    """A conversation as tokens.

    The prompt's tokens are those that the runtime computes before it lets the model reply, so that the
    reply's first token is learned where it will be asked for.

    Args:
        conversation: what is said before, and the reply.
        vocabulary: of the model.
        end: of the reply (`reply_end`).
        supervise: the reply alone, or all.

    Raises:
        UserError: the model's chat template does not take the conversation.
    """
    prompt = encode_conversation(vocabulary, conversation.messages)
    reply = vocabulary.encode_continuation(conversation.reply + end.text)
    ids = (*prompt, *reply, vocabulary.controls[end.token])
    return Encoded(ids, len(prompt), len(prompt) if supervise == "answer" else 1)


def encode_samples(
    samples: Iterable[Sample], vocabulary: Vocabulary, *, supervise: Supervise, max_tokens: int
) -> EncodedSamples:
    """Samples as tokens; those of more than `max_tokens` are dropped and counted.

    Raises:
        UserError: the model has no chat template, or it does not take these conversations; or all are too
            long.
    """
    end = reply_end(vocabulary)
    kept: list[Sample] = []
    encoded: list[Encoded] = []
    too_long = 0
    for sample in samples:
        one = encode(render(sample), vocabulary, end, supervise)
        if len(one) > max_tokens:
            too_long += 1
            continue
        kept.append(sample)
        encoded.append(one)
    if too_long and not kept:
        raise UserError(
            f"all {too_long} samples have more than {max_tokens} tokens", do="set a larger data.max_tokens"
        )
    return EncodedSamples(tuple(kept), tuple(encoded), too_long)


def token_weights(
    one: Encoded, *, by_sample: bool, opener_weight: float = 1.0, weight: float = 1.0
) -> Sequence[float]:
    """How much each supervised token counts in the loss.

    Args:
        one: the conversation.
        by_sample: make the weights of the sample add up to `weight`, however long the reply is.
        opener_weight: of the reply's first token, against 1 for each of the others.
        weight: of the sample.
    """
    weights = [1.0] * (len(one) - one.learned_from)
    weights[one.reply_start - one.learned_from] = opener_weight
    scale = weight / sum(weights) if by_sample else weight
    return [scale * value for value in weights]
