"""The backend of systems that need no model: it refuses, instead of a model being loaded for nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.backends.base import Capabilities, Completion, Identity, OpenerMass, Prompt, Sampling
from models.errors import UserError


class NoModel:
    """Has no model."""

    def __init__(self) -> None:
        self.identity = Identity(model="")
        self.capabilities = Capabilities(opener_mass=False, reply_prefix=False, context_tokens=None)

    def count_tokens(self, prompt: Prompt) -> int | None:
        """Not known."""
        return None

    def opener_mass(self, prompt: Prompt, openers: Sequence[str]) -> OpenerMass | None:
        """Raises UserError."""
        raise _needed()

    def complete(
        self, prompt: Prompt, sampling: Sampling, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        """Raises UserError."""
        raise _needed()

    def close(self) -> None:
        """Nothing to free."""


def _needed() -> UserError:
    return UserError("this system needs a model, and its row names none", do="give the row a `model`")
