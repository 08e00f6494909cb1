"""Reading what servers of OpenAI's chat protocol send: events of a stream, whole answers, usage, errors.

Answers are taken as the plain JSON that they are: servers differ, and every field here may be missing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from models.backends.base import Usage
from models.backends.first_token import Alternative
from models.backends.refusals import Refusal
from models.backends.streamed import Piece

if TYPE_CHECKING:
    from openai import APIError

_REASONING = ("reasoning_content", "reasoning")  # llama.cpp and vLLM; newer vLLM and Ollama


def piece_of(event: Any) -> Piece:
    """Read an event of a stream.

    Raises:
        ValueError: it is no event of the protocol.
    """
    return _piece(event, "delta")


def whole_piece_of(answer: Any) -> Piece:
    """Read an answer that was not streamed.

    Raises:
        ValueError: it is no answer of the protocol.
    """
    return _piece(answer, "message")


def _piece(document: Any, place: str) -> Piece:
    if not isinstance(document, dict) or "choices" not in document:
        raise ValueError("it has no choices")
    usage = document.get("usage")
    choice = _at(document, "choices", 0)  # none in the last event, which holds the usage
    text = _at(choice, place, "content")
    if text is not None and not isinstance(text, str):
        raise ValueError("the content is no text")
    return Piece(
        text=text or "",
        thinking=any(_at(choice, place, name) for name in _REASONING),
        reason=str(_at(choice, "finish_reason") or ""),
        usage=None if usage is None else usage_of(usage),
    )


def usage_of(told: Any) -> Usage:
    """The token counts of an answer's `usage`; 0 for what is not told."""
    return Usage(
        prompt_tokens=_count(_at(told, "prompt_tokens")),
        cached_tokens=_count(_at(told, "prompt_tokens_details", "cached_tokens")),
        generated_tokens=_count(_at(told, "completion_tokens")),
    )


def first_tokens(answer: Any) -> list[Alternative]:
    """The alternatives listed for the reply's first token; none where the model begins with reasoning."""
    choice = _at(answer, "choices", 0)
    listed = _at(choice, "logprobs", "content", 0, "top_logprobs")
    top: list[Alternative] = []
    for entry in listed if isinstance(listed, list) else ():
        token, logprob = _at(entry, "token"), _at(entry, "logprob")
        if isinstance(token, str) and isinstance(logprob, int | float) and math.isfinite(logprob):
            top.append((token, math.exp(min(logprob, 0.0))))
    likeliest = max(top, key=lambda entry: entry[1], default=("", 0.0))[0]
    thinks = any(_at(choice, "message", name) for name in _REASONING)
    return [] if thinks or likeliest.lstrip().startswith("<think") else top


def _at(value: Any, *path: str | int) -> Any:
    """The value at a path of names and positions, None where the path ends early."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def refusal_of(error: APIError) -> Refusal:
    """What a service said, from the client's exception."""
    body = error.body
    said = body if isinstance(body, str) else ""
    if isinstance(body, dict):
        said = str(body.get("message") or body.get("detail") or body.get("error") or "")
    if "<html" in said.lower():  # some proxy's page
        said = ""
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or _status_within(error)
    return Refusal(status, said, str(body), response.headers if response is not None else {})


def _status_within(error: APIError) -> int:
    """The status of an error that came within a stream, where the answer's own was 200."""
    if (error.code or "").isdecimal():
        return int(error.code or 0)
    kind = f"{error.type} {error.code}"
    return 429 if "rate_limit" in kind or "quota" in kind else 400 if "invalid_request" in kind else 500
