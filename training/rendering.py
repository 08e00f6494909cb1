"""A sample as the conversation that the model will be in when it has to give the sample's reply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.backends.base import Message
from models.chat_template import fragments
from models.errors import UserError
from models.reply import first_round, render_request, second_round

if TYPE_CHECKING:
    from synth.schema import Sample
    from training.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is said before a reply, and the reply.

    Args:
        messages: the instruction, the request, and in a second round the questions and answers.
        reply: questions or code, as `models.reply` renders them.
    """

    messages: tuple[Message, ...]
    reply: str


@dataclass(frozen=True, slots=True)
class ReplyEnd:
    """How a model's template ends a reply.

    Args:
        text: what stands between the reply and the token, such as a newline.
        token: the control token by name.
    """

    text: str
    token: str


def render(sample: Sample) -> Conversation:
    """The first round, or the second for a sample that holds the user's answers."""
    request = render_request(sample.problem)
    messages = second_round(request, sample.answers) if sample.answers else first_round(request)
    return Conversation(messages, sample.answer.strip("\n"))


def reply_end(vocabulary: Vocabulary) -> ReplyEnd:
    """How the template ends what the assistant says: this, too, is learned, or replies never end.

    Raises:
        UserError: there is no template, it takes no system message or no reply, or it ends none.
    """
    mark = "\N{OBJECT REPLACEMENT CHARACTER}reply\N{OBJECT REPLACEMENT CHARACTER}"
    pieces = fragments(
        vocabulary.template,
        (*first_round("request"), Message("assistant", mark)),
        controls=vocabulary.controls,
        bos=vocabulary.bos,
        eos=vocabulary.eos,
        add_generation_prompt=False,
    )
    after: str | None = None
    for piece in pieces:
        if after is None:
            if not piece.control and mark in piece.text:
                after = piece.text.partition(mark)[2]
        elif piece.control:
            return ReplyEnd(after, piece.text)
        else:
            after += piece.text
    if after is None:
        raise UserError("the model's chat template drops the reply", do="use an instruct model")
    if vocabulary.eos in vocabulary.controls:
        return ReplyEnd("", vocabulary.eos)
    raise UserError("the model's chat template ends no reply with a control token", do="use another model")
