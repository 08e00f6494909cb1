"""Scores whole texts: the loss of each token. A context of its own, since it needs the logits of all tokens.

The engine keeps the logits of one token, for speed and memory; this is for statistics.
"""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from models.chat_template import Fragment
from models.errors import UserError
from models.runtime.adapter import Adapter
from models.runtime.library import collected_errors, library
from models.runtime.logits import log_softmax
from models.runtime.machine import default_threads
from models.runtime.model import Model, ModelInfo
from models.runtime.owner import AbortFlag

if TYPE_CHECKING:
    from models.runtime.logits import LogProbabilities

_CHUNK = 64
"""Tokens computed together; the logits of a chunk take 4 bytes for each and each word of the vocabulary."""


class Scorer:
    """A loaded model that scores texts; `Scorer.load` makes it, `close` or a `with` block ends it.

    One thread may use it. Scores are the same whatever was scored before.
    """

    def __init__(
        self, model: Model, handle: Any, context_tokens: int, adapter: Adapter | None = None
    ) -> None:
        self._library = library()
        self._model = model
        self._handle = handle
        self._adapter: Adapter | None = None
        self._context_tokens = context_tokens
        self._row = ctypes.c_float * model.vocabulary.size
        self._batch = self._library.llama_batch_init(_CHUNK, 0, 1)
        for index in range(_CHUNK):
            self._batch.n_seq_id[index] = 1
            self._batch.seq_id[index][0] = 0

    @classmethod
    def load(
        cls, path: Path, *, context_tokens: int, adapter: Path | None = None, threads: int | None = None
    ) -> Self:
        """Map a model file into memory.

        Args:
            path: a GGUF file.
            context_tokens: most tokens of a text that are scored.
            adapter: a GGUF LoRA to score with.
            threads: to compute with; by default the physical cores that this process may use.

        Raises:
            UserError: a file cannot be used, or the memory is too small.
        """
        module = library()
        model = Model(module, path, path.stem, AbortFlag())
        parameters = module.llama_context_default_params()
        parameters.n_ctx = context_tokens
        parameters.n_batch = parameters.n_ubatch = parameters.n_outputs_max = _CHUNK
        parameters.n_threads = parameters.n_threads_batch = threads or default_threads()
        with collected_errors() as errors:
            handle = module.llama_init_from_model(model.handle, parameters)
        if not handle:
            model.free()
            raise UserError(
                f"no room for the model: {'; '.join(errors) or 'unknown reason'}", where=str(path)
            )
        scorer = cls(model, handle, context_tokens)
        if adapter is not None:
            try:
                scorer._attach(adapter)
            except BaseException:
                scorer.close()
                raise
        return scorer

    def losses(self, text: str) -> list[float]:
        """The loss of each token of a text but the first: -ln P(token | the tokens before it), in nats.

        Args:
            text: cut at the context's size; of fewer than two tokens there are no losses.
        """
        tokens = self._model.vocabulary.encode(text)[: self._context_tokens]
        rows = self.log_probabilities(tokens[:-1])
        return [-float(row[following]) for row, following in zip(rows, tokens[1:], strict=True)]

    def log_probabilities(self, tokens: Sequence[int], first: int = 0) -> Iterator[LogProbabilities]:
        """Log-probabilities of what follows each token, in nats: shape (vocabulary,), float64 each.

        Args:
            tokens: at most as many as the context holds.
            first: from which of them on; those before are only read.
        """
        self._library.llama_memory_clear(self._library.llama_get_memory(self._handle), False)
        for start in range(0, len(tokens), _CHUNK):
            chunk = tokens[start : start + _CHUNK]
            self._decode(chunk, start, first)
            for index in range(max(0, first - start), len(chunk)):
                yield self._row_of(index)

    def encode(self, conversation: Iterable[Fragment], reply: str = "") -> list[int]:
        """A rendered conversation as tokens, and the reply that follows it."""
        vocabulary = self._model.vocabulary
        return vocabulary.encode_fragments(conversation) + vocabulary.encode_continuation(reply)

    @property
    def controls(self) -> Collection[str]:
        """The vocabulary's control tokens by name."""
        return self._model.vocabulary.controls.keys()

    def info(self) -> ModelInfo:
        """What the model file says about itself."""
        return self._model.info()

    def close(self) -> None:
        """Free everything; safe to call twice."""
        if self._handle is None:
            return
        self._library.llama_batch_free(self._batch)
        self._library.llama_free(self._handle)
        if self._adapter is not None:
            self._adapter.free()
        self._model.free()
        self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _decode(self, tokens: Sequence[int], start: int, first: int) -> None:
        self._batch.n_tokens = len(tokens)
        for index, token in enumerate(tokens):
            self._batch.token[index] = token
            self._batch.pos[index] = start + index
            self._batch.logits[index] = start + index >= first
        code = self._library.llama_decode(self._handle, self._batch)
        if code != 0:
            raise UserError(f"the model cannot compute these tokens (llama_decode: {code})", do="report this")

    def _attach(self, path: Path) -> None:
        self._adapter = Adapter(self._library, self._model, path)
        adapters = (type(self._adapter.handle) * 1)(self._adapter.handle)
        self._library.llama_set_adapters_lora(self._handle, adapters, 1, (ctypes.c_float * 1)(1.0))

    def _row_of(self, index: int) -> LogProbabilities:
        import numpy as np

        pointer = self._library.llama_get_logits_ith(self._handle, index)
        floats = self._row.from_address(ctypes.addressof(pointer.contents))
        return log_softmax(np.frombuffer(memoryview(floats), dtype=np.float32))
