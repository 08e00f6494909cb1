"""Lengths: what does not fit the training sequence would be cut there, the reply first."""

from __future__ import annotations

from dataclasses import dataclass

from models.backends.base import Message
from models.reply import first_round, second_round
from synth.gate.reason import Reason
from synth.gate.tokens import TokenCounter
from synth.schema import Problem, Sample

_MARKERS = 6
"""Tokens that a chat template spends on one message."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """A sample as it is trained on, instruction and conversation included, has to fit.

    Args:
        count: counts the tokens of a text, at most one a byte.
        request_tokens: most tokens of the request.
        sample_tokens: most tokens of all messages and the reply.
    """

    count: TokenCounter
    request_tokens: int
    sample_tokens: int

    def __call__(self, sample: Sample, source: Problem) -> Reason | None:
        """The request or the whole conversation is too long."""
        request = self.count(sample.problem)
        if request > self.request_tokens:
            return Reason("too long", f"the request has {request} tokens of {self.request_tokens}")
        messages: tuple[Message, ...]
        if sample.answers:
            messages = second_round(sample.problem, sample.answers)
        else:
            messages = first_round(sample.problem)
        texts = [*(message.content for message in messages), sample.answer]
        # A token of a byte-level vocabulary holds a byte or more, so few bytes need no counting.
        if sum(len(text.encode()) + _MARKERS for text in texts) <= self.sample_tokens:
            return None
        total = sum(self.count(text) + _MARKERS for text in texts)
        if total > self.sample_tokens:
            return Reason("too long", f"the sample has {total} tokens of {self.sample_tokens}")
        return None
