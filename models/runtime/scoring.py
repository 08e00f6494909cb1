"""Scores whole texts: the loss of each token. A context of its own, since it needs the logits of all tokens.

The engine keeps the logits of one token, for speed and memory; this is for statistics.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from models.errors import UserError
from models.runtime.library import collected_errors, library
from models.runtime.logits import log_softmax
from models.runtime.machine import default_threads
from models.runtime.model import Model
from models.runtime.owner import AbortFlag

_CHUNK = 64
"""Tokens computed together; the logits of a chunk take 4 bytes for each and each word of the vocabulary."""


class Scorer:
    """A loaded model that scores texts; `Scorer.load` makes it, `close` or a `with` block ends it.

    One thread may use it. Scores are the same whatever was scored before.
    """

    def __init__(self, model: Model, handle: Any, context_tokens: int) -> None:
        self._library = library()
        self._model = model
        self._handle = handle
        self._context_tokens = context_tokens
        self._row = ctypes.c_float * model.vocabulary.size
        self._batch = self._library.llama_batch_init(_CHUNK, 0, 1)
        for index in range(_CHUNK):
            self._batch.n_seq_id[index] = 1
            self._batch.seq_id[index][0] = 0

    @classmethod
    def load(cls, path: Path, *, context_tokens: int, threads: int | None = None) -> Self:
        """Map a model file into memory.

        Args:
            path: a GGUF file.
            context_tokens: most tokens of a text that are scored.
            threads: to compute with; by default the physical cores that this process may use.

        Raises:
            UserError: the file cannot be used, or the memory is too small.
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
        return cls(model, handle, context_tokens)

    def losses(self, text: str) -> list[float]:
        """The loss of each token of a text but the first: -ln P(token | the tokens before it), in nats.

        Args:
            text: cut at the context's size; of fewer than two tokens there are no losses.
        """
        tokens = self._model.vocabulary.encode(text)[: self._context_tokens]
        self._library.llama_memory_clear(self._library.llama_get_memory(self._handle), False)
        found: list[float] = []
        for start in range(0, len(tokens) - 1, _CHUNK):
            chunk = tokens[start : min(start + _CHUNK, len(tokens) - 1)]
            self._decode(chunk, start)
            for index in range(len(chunk)):
                found.append(-float(self._log_probabilities(index)[tokens[start + index + 1]]))
        return found

    def close(self) -> None:
        """Free everything; safe to call twice."""
        if self._handle is None:
            return
        self._library.llama_batch_free(self._batch)
        self._library.llama_free(self._handle)
        self._model.free()
        self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _decode(self, tokens: Sequence[int], start: int) -> None:
        self._batch.n_tokens = len(tokens)
        for index, token in enumerate(tokens):
            self._batch.token[index] = token
            self._batch.pos[index] = start + index
            self._batch.logits[index] = True
        code = self._library.llama_decode(self._handle, self._batch)
        if code != 0:
            raise UserError(f"the model cannot compute these tokens (llama_decode: {code})", do="report this")

    def _log_probabilities(self, index: int) -> Any:
        import numpy as np

        pointer = self._library.llama_get_logits_ith(self._handle, index)
        floats = self._row.from_address(ctypes.addressof(pointer.contents))
        return log_softmax(np.frombuffer(memoryview(floats), dtype=np.float32))
