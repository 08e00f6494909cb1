"""Reading what a service answers instead of a reply: which failure it is, and the numbers it names.

Status codes say too little (Gemini refuses a key with 400, a used-up quota and a short pause share 429), so
the services' own error names are looked for too. Nothing here raises.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

FailureName = Literal[
    "key-refused",
    "forbidden",
    "not-found",
    "redirected",
    "too-large",
    "refused-request",
    "rate-limited",
    "out-of-quota",
    "overloaded",
    "server-error",
    "timeout",
    "connection-refused",
    "no-network",
    "certificate",
    "connection-lost",
    "malformed",
    "other-protocol",
    "blocked",
    "empty",
]
"""The rows of the table in `failures`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of a service that is no reply.

    Args:
        status: the HTTP status.
        message: the service's words for people.
        body: the whole answer as text, where the service's own error names and numbers are looked for.
        headers: of the answer.
    """

    status: int
    message: str = ""
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


# Not "billing": Gemini speaks of it when a quota per minute is used up, too.
_QUOTA = re.compile(r"insufficient_quota|insufficient balance|PerDay", re.IGNORECASE)
_BAD_KEY = re.compile(r"API_KEY_INVALID|api key not valid|invalid_api_key", re.IGNORECASE)
_BY_STATUS: dict[int, FailureName] = {
    401: "key-refused",
    402: "out-of-quota",
    403: "forbidden",
    404: "not-found",
    408: "timeout",
    409: "overloaded",
    413: "too-large",
    503: "overloaded",
    529: "overloaded",
}


def failure_name(refusal: Refusal) -> FailureName:
    """Which row of the table an answer belongs to."""
    status = refusal.status
    if status == 429:
        return "out-of-quota" if _QUOTA.search(refusal.body) else "rate-limited"
    if status == 400 and _BAD_KEY.search(refusal.body):  # Gemini's way to say 401
        return "key-refused"
    if known := _BY_STATUS.get(status):
        return known
    if 300 <= status < 400:
        return "redirected"
    return "server-error" if status >= 500 else "refused-request"


# The wordings of OpenAI, vLLM, the llama.cpp server, llama-cpp-python's server and Gemini.
_OVERFLOW = re.compile(
    r"context_length_exceeded|exceed_context_size_error|maximum context length|model's context length"
    r"|available context size|exceed context window|max_tokens must be at least 1, got -"
    r"|exceeds the maximum number of tokens",
    re.IGNORECASE,
)
_CONTEXT_TOKENS = re.compile(
    r"(?:maximum context length is|context length is only|context window of|n_ctx\W+"
    r"|available context size \(|maximum number of tokens allowed \(?)\s*(\d+)",
    re.IGNORECASE,
)
_PROMPT_TOKENS = (
    re.compile(r"n_prompt_tokens\W+(\d+)"),
    re.compile(r"(\d+) in the messages|(\d+) input tokens|resulted in (\d+) tokens", re.IGNORECASE),
    re.compile(r"input token count \(?(\d+)|requested tokens \((\d+)|request \((\d+) tokens", re.IGNORECASE),
    re.compile(r"requested (\d+) tokens", re.IGNORECASE),
)


def overflows(refusal: Refusal) -> bool:
    """Whether a service says that the prompt does not fit its model's context."""
    said = f"{refusal.message} {refusal.body}"
    return refusal.status in (400, 413, 422, 500) and bool(_OVERFLOW.search(said))


def sizes(refusal: Refusal) -> tuple[int, int]:
    """Tokens of the prompt and of the context as the service gives them; 0 where it does not."""
    text = f"{refusal.message} {refusal.body}"
    context = _CONTEXT_TOKENS.search(text)
    prompts = (found for pattern in _PROMPT_TOKENS if (found := pattern.search(text)))
    prompt = next(prompts, None)
    return (
        int(next(group for group in prompt.groups() if group)) if prompt else 0,
        int(context[1]) if context else 0,
    )


_RETRY_DELAY = re.compile(r"retryDelay\W+(\d+(?:\.\d+)?)s")


def retry_after(refusal: Refusal, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
    """Seconds that a service asks to wait: header `Retry-After` (seconds or a date), or Gemini's retryDelay.

    Returns:
        A finite number >= 0; None when nothing usable is said.
    """
    header = refusal.headers.get("retry-after", "")
    if not header:
        delay = _RETRY_DELAY.search(refusal.body)
        return float(delay[1]) if delay else None
    try:
        seconds = float(header)
    except ValueError:
        try:
            when = parsedate_to_datetime(header)
        except ValueError:
            return None
        seconds = (when.replace(tzinfo=when.tzinfo or UTC) - now()).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None
