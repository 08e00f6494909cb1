"""Two backends as one: an adapter decides and asks, its base alone writes the code.

What a small model learns of asking costs it in code. The base is opened at the first code reply, so that who
is only asked waits for nothing; both keep what they read, each for its own prompts.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from models.backends.base import (
    Capabilities,
    Completion,
    Identity,
    Interruptible,
    OpenerMass,
    Prompt,
    Sampling,
    TextBackend,
    Usage,
)


class SplitBackend:
    """Leaves code to the base, all else to the tuned model; as many threads may call it as may call these.

    Args:
        tuned: decides, asks, and says what this backend is and can do.
        open_base: opens the same model without its adapter, with the same context; called once, at the first
            code reply.
    """

    def __init__(self, tuned: TextBackend, open_base: Callable[[], TextBackend]) -> None:
        self._tuned = tuned
        self._open_base = open_base
        self._base: TextBackend | None = None
        self._opening = threading.Lock()
        self._closed = False
        self._interruptions = 0

    @property
    def identity(self) -> Identity:
        """The tuned model, and that its base writes the code."""
        return dataclasses.replace(self._tuned.identity, code_by="base")

    @property
    def capabilities(self) -> Capabilities:
        """Those of the tuned model."""
        return self._tuned.capabilities

    def count_tokens(self, prompt: Prompt) -> int | None:
        """Tokens of the rendered prompt, the same for both."""
        return self._tuned.count_tokens(prompt)

    def opener_mass(self, prompt: Prompt, openers: Sequence[str]) -> OpenerMass | None:
        """As the tuned model does.

        Raises:
            ContextOverflow: the prompt does not fit.
            UserError: the backend failed.
        """
        return self._tuned.opener_mass(prompt, openers)

    def complete(
        self, prompt: Prompt, sampling: Sampling, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        """Code by the base, any other reply by the tuned model.

        Ctrl-C ends it at once, also while the base is loaded, and returns what there is, with finish
        `interrupted`.

        Raises:
            ContextOverflow: the prompt does not fit.
            UserError: the backend failed, or the base cannot be opened.
        """
        if not prompt.code:
            return self._tuned.complete(prompt, sampling, on_text)
        before = self._interruptions
        try:
            base = self._opened()
        except KeyboardInterrupt:
            return Completion(prompt.reply_prefix, "interrupted", Usage())
        if self._interruptions != before:  # it came before the base was there to hear of it
            return Completion(prompt.reply_prefix, "interrupted", Usage())
        return base.complete(prompt, sampling, on_text)

    def interrupt(self) -> None:
        """End the replies of other threads, as Ctrl-C does that of the main thread."""
        self._interruptions += 1
        for half in (self._tuned, self._base):
            if isinstance(half, Interruptible):
                half.interrupt()

    def close(self) -> None:
        """Free both models; safe to call twice."""
        try:
            self._tuned.close()
        finally:
            with self._opening:
                self._closed = True
                if self._base is not None:
                    self._base.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self) -> TextBackend:
        with self._opening:
            if self._closed:
                raise RuntimeError("the backend is closed")
            if self._base is None:
                self._base = self._open_base()
            return self._base
