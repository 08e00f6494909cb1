"""Code replies: how they are asked for, how they can fail, and what is read from them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from assistant.decision.outcome import Code, Verdict
from assistant.decision.request import OnText, Request
from models.backends.base import Completion, Message, Prompt, Sampling, TextBackend
from models.errors import UserError
from models.reply import (
    CODE_INSTRUCTION,
    FENCE_OPENER,
    INSTRUCTION,
    CodeBlock,
    first_round,
    parse,
    render_request,
)

_ASSUMPTION = re.compile(r"^\s*(?:#|//|--|;)+\s*assumption:\s*(\S.*)$", re.IGNORECASE)


class Unusable(UserError):
    """A reply of which nothing can be made; its text is kept in `completion`."""

    def __init__(self, what: str, completion: Completion, *, do: str) -> None:
        self.completion = completion
        super().__init__(what, do=do)


class Stopped(UserError):
    """The reply was interrupted; what there was of it is kept in `completion`."""

    exit_code = 130

    def __init__(self, completion: Completion) -> None:
        self.completion = completion
        super().__init__("stopped before the reply was complete")


def rendered(request: Request) -> str:
    """The request as the model reads it."""
    return render_request(request.text, request.context, request.context_name)


def complete(
    backend: TextBackend, prompt: Prompt, sampling: Sampling, on_text: OnText | None = None
) -> Completion:
    """A whole reply; the prefix that it was started with is shown, too.

    Raises:
        Stopped: Ctrl-C came before it was complete.
        ContextOverflow: the prompt does not fit.
        UserError: the backend failed.
    """
    if on_text is not None and prompt.reply_prefix:
        on_text(prompt.reply_prefix)
    completion = backend.complete(prompt, sampling, on_text)
    if completion.finish == "interrupted":
        raise Stopped(completion)
    return completion


def code_messages(backend: TextBackend, request: Request) -> tuple[Message, ...]:
    """The conversation that code comes from at once, without questions before it."""
    instruction = INSTRUCTION if backend.capabilities.reply_prefix else CODE_INSTRUCTION
    return first_round(rendered(request), request.history, instruction=instruction)


def complete_code(
    backend: TextBackend,
    messages: tuple[Message, ...],
    request: Request,
    sampling: Sampling,
    on_text: OnText | None = None,
) -> Completion:
    """A reply that is code, started as such where the backend takes a started reply.

    Raises:
        Stopped: Ctrl-C came before it was complete.
        ContextOverflow: the conversation does not fit.
        UserError: the backend failed.
    """
    if not backend.capabilities.reply_prefix:
        return complete(backend, Prompt(messages, code=True), sampling, on_text)
    # What follows the closing fence is of no use, so decoding ends there.
    stopping = dataclasses.replace(sampling, stop=("\n" + FENCE_OPENER,))
    prompt = Prompt(messages, FENCE_OPENER + request.language, code=True)
    return complete(backend, prompt, stopping, on_text)


def code_of(
    completion: Completion,
    language: str,
    assumptions: Sequence[str] = (),
    verdict: Verdict | None = None,
) -> Code:
    """The code of a reply.

    Raises:
        Unusable: there is none in it, or it was cut off.
    """
    reply = parse(completion.text, language)
    if not isinstance(reply, CodeBlock) or not reply.code.strip():
        raise Unusable("the reply holds no code", completion, do="try another wording or another model")
    if completion.finish == "length" and not reply.closed:
        tokens = completion.usage.generated_tokens
        raise Unusable(
            f"the code was cut off at {tokens} tokens", completion, do="give a larger --max-tokens"
        )
    stated = [match[1] for line in reply.code.splitlines() if (match := _ASSUMPTION.match(line))]
    return Code(
        code=reply.code,
        language=reply.language,
        assumptions=tuple([*assumptions, *stated]),
        **judged(verdict),
    )


def judged(verdict: Verdict | None) -> dict[str, object]:
    """The fields of an outcome that say what it rests on."""
    return {} if verdict is None else {"p_ask": verdict.p_ask, "findings": verdict.findings}
