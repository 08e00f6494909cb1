"""A local model at work: reads a prompt, scores how a reply would open, writes the reply.

Everything that touches llama.cpp runs on the engine's own thread (`owner`), so the caller can be interrupted
at any time and the engine goes on working after. Results are the same to the bit whether the KV cache was
warm or cold (`batches`).
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from models.backends.base import OpenerMass, Sampling, Usage
from models.chat_template import Fragment
from models.errors import ContextOverflow
from models.runtime.generation import Generated
from models.runtime.machine import default_threads
from models.runtime.model import ModelInfo
from models.runtime.owner import AbortFlag, Interrupted, Owner
from models.runtime.parts import Parts
from models.runtime.state import place

if TYPE_CHECKING:
    from models.runtime.logits import LogProbabilities


class Engine:
    """One loaded model with one KV cache; `Engine.load` makes it, `close` or a `with` block ends it.

    Any thread may call it; calls take turns.
    """

    def __init__(self, parts: Parts, owner: Owner) -> None:
        self._parts = parts
        self._owner = owner
        # Also runs when nobody closed the engine, at the latest before the interpreter ends: freed any
        # later, the library would write to a log that is gone.
        self._close = weakref.finalize(self, owner.close, parts.free)

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        name: str | None = None,
        context_tokens: int | None = None,
        threads: int | None = None,
        prefix_folder: Path | None = None,
        sha256: str | None = None,
    ) -> Self:
        """Map a model file into memory and make room for its context.

        Args:
            path: a GGUF file.
            name: what the user calls the model, for errors; the file's name when absent.
            context_tokens: most tokens of prompt and reply; by default the model's training context, at most
                8,192, less where the KV cache would take more than a quarter of the memory.
            threads: to compute with; by default the physical cores that this process may use.
            prefix_folder: where to keep what was read of fixed instructions; None keeps nothing.
            sha256: of the file, where known; else its place, size and time stand for it in that folder.

        Raises:
            UserError: the file or the installed llama-cpp-python cannot be used, or the memory is too small.
        """
        abort = AbortFlag()
        owner = Owner(abort)
        parts = Parts(abort)
        try:
            owner.call(
                lambda: parts.load(
                    path,
                    name=name or path.stem,
                    context_tokens=context_tokens,
                    threads=threads or default_threads(),
                )
            )
        except BaseException:
            owner.close(parts.free)
            raise
        if prefix_folder is not None:
            parts.keep_prefixes(prefix_folder, sha256 or place(path))
        return cls(parts, owner)

    @property
    def info(self) -> ModelInfo:
        """What the model file says about itself."""
        return self._parts.info

    @property
    def context_tokens(self) -> int:
        """Most tokens of prompt and reply."""
        return self._parts.context_tokens

    @property
    def threads(self) -> int:
        """Threads that compute."""
        return self._parts.threads

    @functools.cached_property
    def controls(self) -> Collection[str]:
        """The vocabulary's control tokens by name."""
        return self._owner.call(lambda: self._parts.model.vocabulary.controls.keys())

    def metadata(self, key: str) -> str | None:
        """A metadata value of the model file as text, floats rounded; None when it has none of this name."""
        return self._owner.call(lambda: self._parts.model.metadata(key))

    def encode(self, text: str) -> list[int]:
        """Plain text that continues other text, as tokens; no control token, whatever it says."""
        return self._owner.call(lambda: self._parts.model.vocabulary.encode_continuation(text))

    def encode_fragments(self, fragments: Iterable[Fragment]) -> list[int]:
        """A rendered conversation as tokens."""
        return self._owner.call(lambda: self._parts.model.vocabulary.encode_fragments(fragments))

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
        self._check_room(len(prompt))
        self._check_room(len(prompt) + max(map(len, openers), default=1) - 1)
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

    def attach(self, path: Path) -> None:
        """Use a LoRA adapter from now on, instead of any other; the model is not loaded again.

        Raises:
            UserError: it does not fit the model, or changes nothing; the adapter before stays in use.
        """
        self._owner.call(lambda: self._parts.attach(path))

    def detach(self) -> None:
        """Use the model as it is from now on."""
        self._owner.call(self._parts.detach)

    def close(self) -> None:
        """Stop what runs and free everything; safe to call twice."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_room(self, tokens: int) -> None:
        if tokens > self.context_tokens:
            raise ContextOverflow(tokens, self.context_tokens)
