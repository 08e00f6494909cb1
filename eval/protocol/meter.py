"""A backend that counts what is asked of it, so that all systems are charged alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from models.backends.base import (
    Capabilities,
    Completion,
    Identity,
    Message,
    OpenerMass,
    Prompt,
    Sampling,
    TextBackend,
    Usage,
)


@dataclass(slots=True)
class Spent:
    """What was spent so far.

    Args:
        prompt_tokens: of the prompts; a prompt that was read before in the same count is not read again.
        generated_tokens: of the replies.
        seconds: wall time, of the work between the calls too.
    """

    prompt_tokens: int = 0
    generated_tokens: int = 0
    seconds: float = 0.0


class Meter:
    """Passes everything on to a backend, and counts inside a `counting` block.

    Args:
        backend: that does the work; closing this closes it.
    """

    def __init__(self, backend: TextBackend) -> None:
        self._backend = backend
        self._spent: Spent | None = None
        self._read: dict[tuple[tuple[Message, ...], bool], int] = {}

    @contextmanager
    def counting(self, spent: Spent) -> Iterator[None]:
        """Add to `spent` what is used while the block runs."""
        started = time.perf_counter()
        self._spent = spent
        try:
            yield
        finally:
            self._spent = None
            spent.seconds += time.perf_counter() - started

    def forget(self) -> None:
        """Begin a new row: prompts of earlier ones count as unread."""
        self._read.clear()

    @property
    def identity(self) -> Identity:
        """Which model answers."""
        return self._backend.identity

    @property
    def capabilities(self) -> Capabilities:
        """The backend's."""
        return self._backend.capabilities

    def count_tokens(self, prompt: Prompt) -> int | None:
        """Tokens of the rendered prompt; None when only the service knows."""
        return self._backend.count_tokens(prompt)

    def opener_mass(self, prompt: Prompt, openers: Sequence[str]) -> OpenerMass | None:
        """As the backend does."""
        mass = self._backend.opener_mass(prompt, openers)
        if mass is not None:
            self._count(prompt, mass.usage)
        return mass

    def complete(
        self, prompt: Prompt, sampling: Sampling, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        """As the backend does."""
        completion = self._backend.complete(prompt, sampling, on_text)
        self._count(prompt, completion.usage)
        return completion

    def close(self) -> None:
        """Close the backend; safe to call twice."""
        self._backend.close()

    def _count(self, prompt: Prompt, usage: Usage) -> None:
        if self._spent is None:
            return
        # A base that writes the code reads for itself.
        key = (prompt.messages, prompt.code and self.identity.code_by is not None)
        read = self._read.get(key, 0)
        self._spent.prompt_tokens += max(0, usage.prompt_tokens - read)
        self._read[key] = max(read, usage.prompt_tokens)
        self._spent.generated_tokens += usage.generated_tokens
