"""Which parameters of OpenAI's chat protocol one server takes, learnt from what it refuses."""

from __future__ import annotations

import re
from typing import Any

from models.backends.refusals import Refusal, overflows

# What a request can do without, and what stands in for it: newer OpenAI models want `max_completion_tokens`
# and no temperature, strict servers know no `stream_options`. A `stop` is looked for in the text as well.
_OPTIONAL = ("stream_options", "seed", "temperature", "top_p", "top_k", "stop", "max_tokens")
_INSTEAD = {"max_tokens": "max_completion_tokens"}


class Dialect:
    """Remembers what a server refused, so that each parameter is refused once."""

    def __init__(self) -> None:
        self._refused: set[str] = set()

    def put(self, request: dict[str, Any]) -> dict[str, Any]:
        """The request in the words that the server takes."""
        body = {}
        for name, value in request.items():
            word = _INSTEAD.get(name) if name in self._refused else name
            if word is not None:
                body[word] = value
        return body

    def learn(self, refusal: Refusal, parameter: str | None, request: dict[str, Any]) -> str | None:
        """Find out whether a refusal is about a parameter that the request can do without.

        Args:
            refusal: what the server answered.
            parameter: the parameter that the answer is about, where it has a field for that.
            request: what was asked, before `put`.

        Returns:
            The parameter, left out from now on; None when the refusal is about something else, or about a
            parameter that was left out already.
        """
        if overflows(refusal):  # such a message may name max_tokens
            return None
        known = [name for name in _OPTIONAL if name in request and name not in self._refused]
        named = [name for name in known if name == parameter] or [
            name for name in known if re.search(rf"\b{name}\b", refusal.message)
        ]
        if not named:
            return None
        self._refused.add(named[0])
        return named[0]
