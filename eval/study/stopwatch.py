"""A backend that tells how long the model was writing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from models.backends.base import Capabilities, Completion, Identity, OpenerMass, Prompt, Sampling, TextBackend


class Stopwatch:
    """Passes everything on to a backend.

    Args:
        backend: that does the work.
    """

    def __init__(self, backend: TextBackend) -> None:
        self._backend = backend
        self.writing_seconds = 0.0

    @property
    def identity(self) -> Identity:
        """Which model answers."""
        return self._backend.identity

    @property
    def capabilities(self) -> Capabilities:
        """The backend's."""
        return self._backend.capabilities

    def count_tokens(self, prompt: Prompt) -> int | None:
        """As the backend does."""
        return self._backend.count_tokens(prompt)

    def opener_mass(self, prompt: Prompt, openers: Sequence[str]) -> OpenerMass | None:
        """As the backend does; no text is written."""
        return self._backend.opener_mass(prompt, openers)

    def complete(
        self, prompt: Prompt, sampling: Sampling, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        """As the backend does; its time is counted."""
        started = time.perf_counter()
        try:
            return self._backend.complete(prompt, sampling, on_text)
        finally:
            self.writing_seconds += time.perf_counter() - started

    def close(self) -> None:
        """Close the backend."""
        self._backend.close()
