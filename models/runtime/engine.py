"""A local model at work: reads a prompt, scores how a reply would open, writes the reply.

Everything that touches llama.cpp runs on the engine's own thread (`owner`), so the caller can be interrupted
at any time and the engine goes on working after. Results are the same to the bit whether the KV cache was
warm or cold (`batches`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self, Unpack

from models.backends.base import OpenerMass, Sampling, Usage
from models.runtime.generation import Generated
from models.runtime.loaded import LoadedModel, LoadOptions
from models.runtime.owner import AbortFlag, Interrupted, Owner
from models.runtime.parts import Parts

if TYPE_CHECKING:
    from models.runtime.logits import LogProbabilities


class Engine(LoadedModel):
    """One loaded model with one KV cache; `Engine.load` makes it, `close` or a `with` block ends it.

    Any thread may call it; calls take turns.
    """

    def __init__(self, parts: Parts, owner: Owner) -> None:
        super().__init__(parts, owner, functools.partial(owner.close, parts.free))
        self._owner = owner

    @classmethod
    def load(cls, path: Path, **options: Unpack[LoadOptions]) -> Self:
        """Map a model file into memory and make room for its context.

        Args:
            path: a GGUF file.
            options: see `LoadOptions`.

        Raises:
            UserError: the file or the installed llama-cpp-python cannot be used, or the memory is too small.
        """
        abort = AbortFlag()
        return cls(Parts(abort), Owner(abort))._load(path, **options)

    def log_probabilities(self, prompt: Sequence[int]) -> LogProbabilities:
        """Log-probabilities of the token after a prompt, in nats: shape (vocabulary,), float64.

        Raises:
            ContextOverflow: the prompt does not fit.
            KeyboardInterrupt: Ctrl-C, at once; the engine stays usable.
        """
        self._check_room(len(prompt))
        return self._owner.call(lambda: self._parts.score(prompt))

    def opener_mass(
        self, prompt: Sequence[int], openers: Sequence[Sequence[int]], *, fixed: int = 0
    ) -> OpenerMass:
        """How likely a reply to the prompt is to start with each opener, over its full token sequence.

        One prefill, and one decoded token for each beginning that openers of several tokens have.

        Args:
            prompt: tokens, not empty.
            openers: token sequences, none empty.
            fixed: how many leading tokens are an instruction that other prompts share.

        Raises:
            ContextOverflow: the prompt with the longest opener does not fit.
            KeyboardInterrupt: Ctrl-C, at once; the engine stays usable.
        """
        self._check_room(len(prompt), max(map(len, openers), default=1) - 1)
        return self._owner.call(lambda: self._parts.opener_mass(self._parts.session, prompt, openers, fixed))

    def generate(
        self,
        prompt: Sequence[int],
        sampling: Sampling,
        on_text: Callable[[str], None] | None = None,
        *,
        prefix: Sequence[int] = (),
        fixed: int = 0,
    ) -> Generated:
        """Write a reply; Ctrl-C ends it at once and keeps the text there is.

        Args:
            prompt: tokens, not empty.
            sampling: how to choose; stop texts are looked for in what is generated, not in the prefix.
            on_text: gets new text piece by piece, whole characters only, in the caller's thread.
            prefix: the reply's first tokens, written for the model.
            fixed: how many leading tokens are an instruction that other prompts share.

        Raises:
            ContextOverflow: the prompt does not fit.
        """
        self._check_room(len(prompt) + len(prefix))
        try:
            return self._owner.stream(
                lambda emit: self._parts.generate(prompt, prefix, fixed, sampling, emit), on_text
            )
        except Interrupted as interrupted:
            whole: Generated = interrupted.value
            return Generated(whole.text, "interrupted", whole.usage)
        except KeyboardInterrupt:
            return Generated("", "interrupted", Usage(prompt_tokens=len(prompt) + len(prefix)))
