"""The interface of evidence: looks at a request through a backend and reports one finding, or nothing."""

from __future__ import annotations

from typing import Protocol

from assistant.decision.outcome import Finding
from assistant.decision.request import Request
from models.backends.base import Prompt, TextBackend


class Evidence(Protocol):
    """One kind of evidence about whether a request is unclear."""

    name: str

    def look(self, request: Request, prompt: Prompt, backend: TextBackend) -> Finding | None:
        """Examine one request.

        Args:
            request: what is to be decided.
            prompt: the first round's messages, as the reply will be generated from; a piece of evidence
                that needs only the prefill shares it with the reply through the KV cache.
            backend: the model.

        Returns:
            A finding, or None when this evidence cannot say anything about the request.

        Raises:
            UserError: the backend failed. A failure is never silently "clear".
        """
