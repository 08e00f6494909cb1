"""What of a conversation reaches the model.

The conversation is kept whole until it does not fit. Then the oldest turns are left out, each whole: the
request with its questions, answers and code. The instruction, the added files and the newest request always
stay; when these alone do not fit, that is an error. Where only a service knows its tokens, nothing is left
out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.chat import attachments
from assistant.chat.attachments import Attachment
from assistant.chat.state import Turn
from assistant.decision.request import Request
from models.backends.base import Message, Prompt, TextBackend
from models.errors import ContextOverflow
from models.reply import Answer, first_round, render_request, second_round


@dataclass(frozen=True, slots=True)
class Fitted:
    """A request that fits.

    Args:
        request: with the turns that stayed as its history.
        left_out: how many of the oldest turns are not in it.
        tokens: of the prompt; None where only the service knows.
    """

    request: Request
    left_out: int
    tokens: int | None


def fit(
    backend: TextBackend,
    text: str,
    *,
    files: Sequence[Attachment] = (),
    turns: Sequence[Turn] = (),
    answers: tuple[Answer, ...] = (),
    left_out: int = 0,
    reply_tokens: int = 0,
) -> Fitted:
    """Build the request, leaving out as few of the oldest turns as the context window demands.

    Args:
        backend: the model, which counts and has a window.
        text: the newest request.
        files: what the user added.
        turns: earlier ones, oldest first.
        answers: of the second round; empty in the first.
        left_out: turns that earlier requests left out; they stay out, so that the start of the prompt stays
            the same and its KV cache can be used again.
        reply_tokens: room to keep for the reply; at most a quarter of the window is.

    Raises:
        ContextOverflow: the newest request does not fit by itself.
    """
    context, context_name = attachments.rendered(files)
    window = backend.capabilities.context_tokens
    room = window - min(reply_tokens, window // 4) if window else None
    dropped = min(left_out, len(turns))
    while True:
        history = tuple(message for turn in turns[dropped:] for message in turn.messages())
        request = Request(text, context, context_name, attachments.language(files), history)
        tokens = backend.count_tokens(Prompt(messages_of(request, answers)))
        if tokens is None or room is None or tokens <= room:
            return Fitted(request, dropped, tokens)
        if dropped == len(turns):
            break
        dropped += 1
    if window is not None and tokens > window:
        raise ContextOverflow(tokens, window, where=_largest(text, files))
    return Fitted(request, dropped, tokens)  # it fits, only with less room for the reply


def messages_of(request: Request, answers: tuple[Answer, ...] = ()) -> tuple[Message, ...]:
    """The messages that a round puts to the model."""
    rendered = render_request(request.text, request.context, request.context_name)
    if answers:
        return second_round(rendered, answers, request.history)
    return first_round(rendered, request.history)


def _largest(text: str, files: Sequence[Attachment]) -> str:
    """The part that a reader had best shorten."""
    file = max(files, key=lambda file: len(file.text), default=None)
    return file.name if file is not None and len(file.text) > len(text) else "the request"
