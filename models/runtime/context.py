"""A context of llama.cpp: the KV caches of its sequences, and the batch that is computed at a time."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.errors import UserError
from models.runtime.batches import CHUNK
from models.runtime.library import collected_errors
from models.runtime.model import Model
from models.runtime.owner import Aborted, AbortFlag

if TYPE_CHECKING:
    from models.runtime.logits import Row

_ABORTED = 2  # of llama_decode


@dataclass(frozen=True, slots=True)
class Placed:
    """A token to compute.

    Args:
        token: its id.
        position: in its sequence.
        sequence: which one.
        logits: whether those after it are wanted.
    """

    token: int
    position: int
    sequence: int
    logits: bool


class Context:
    """Each sequence has a cache of its own, so what one holds changes nothing in what another one computes.

    Args:
        library: the `llama_cpp` module.
        model: the model, which must outlive this.
        context_tokens: most tokens of a sequence.
        threads: to compute with.
        abort: stops a computation while it is set.
        sequences: how many.
        chunk: most tokens in a batch.

    Raises:
        UserError: there is not enough memory.
    """

    def __init__(
        self,
        library: Any,
        model: Model,
        *,
        context_tokens: int,
        threads: int,
        abort: AbortFlag,
        sequences: int = 1,
        chunk: int = CHUNK,
    ) -> None:
        self._library = library
        self._abort = abort
        self._callback, data = abort.callback(library.ggml_abort_callback)
        self.context_tokens = context_tokens
        self.sequences = sequences
        self.vocabulary_size = model.vocabulary.size
        self._row_type = ctypes.c_float * model.vocabulary.size
        parameters = library.llama_context_default_params()
        parameters.n_ctx = context_tokens * sequences
        parameters.n_seq_max = sequences
        parameters.kv_unified = False
        parameters.n_batch = parameters.n_ubatch = chunk
        parameters.n_outputs_max = sequences  # the logits of all tokens would be 78 MB a chunk
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.abort_callback, parameters.abort_callback_data = self._callback, data
        with collected_errors() as errors:
            self.handle = library.llama_init_from_model(model.handle, parameters)
        if not self.handle:
            raise UserError(
                f"no room for a context of {context_tokens * sequences} tokens: "
                f"{'; '.join(errors) or 'unknown reason'}",
                do="give a smaller --context",
            )
        self._memory = library.llama_get_memory(self.handle)
        self._batch = library.llama_batch_init(chunk, 0, 1)
        for index in range(chunk):
            self._batch.n_seq_id[index] = 1

    def decode(self, placed: Sequence[Placed]) -> None:
        """Compute tokens, at most a chunk; those of one sequence in their order.

        Raises:
            Aborted: the flag was set; some of the tokens may be in the caches.
            UserError: the library failed; the same.
        """
        if self._abort.is_set():
            raise Aborted
        batch = self._batch
        batch.n_tokens = len(placed)
        for index, one in enumerate(placed):
            batch.token[index] = one.token
            batch.pos[index] = one.position
            batch.seq_id[index][0] = one.sequence
            batch.logits[index] = one.logits
        code = self._library.llama_decode(self.handle, batch)
        if code == _ABORTED:
            raise Aborted
        if code != 0:
            raise UserError(f"the model cannot compute these tokens (llama_decode: {code})", do="report this")

    def row(self, index: int) -> Row:
        """Logits after a token of the last batch, shape (vocabulary,); valid until the next one.

        Args:
            index: of the token in the batch; -1 for the last one with logits.
        """
        import numpy as np

        pointer = self._library.llama_get_logits_ith(self.handle, index)
        # Not numpy's as_array: its cast leaves a reference cycle behind at every call.
        floats = self._row_type.from_address(ctypes.addressof(pointer.contents))
        return np.frombuffer(memoryview(floats), dtype=np.float32)

    def cut(self, sequence: int, kept: int) -> bool:
        """Leave only the first tokens of a sequence; false where the model cannot go back that far."""
        return bool(self._library.llama_memory_seq_rm(self._memory, sequence, kept, -1))

    def clear(self, sequence: int) -> None:
        """Empty a sequence's cache."""
        if self.sequences == 1:
            self._library.llama_memory_clear(self._memory, False)
        else:
            self._library.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def last_position(self, sequence: int) -> int:
        """Of a sequence's tokens; -1 when it has none."""
        return int(self._library.llama_memory_seq_pos_max(self._memory, sequence))

    def use_adapter(self, adapter: Any | None) -> None:
        """Compute with this LoRA adapter's handle, or with none; the caches are left to the caller."""
        if adapter is None:
            self._library.llama_set_adapters_lora(self.handle, None, 0, None)
        else:
            adapters = (type(adapter) * 1)(adapter)
            self._library.llama_set_adapters_lora(self.handle, adapters, 1, (ctypes.c_float * 1)(1.0))

    def state(self, sequence: int) -> bytes:
        """A cache's content, for `restore`; about `ModelInfo.token_bytes` a token."""
        size = self._library.llama_state_seq_get_size(self.handle, sequence)
        data = (ctypes.c_uint8 * size)()
        written = self._library.llama_state_seq_get_data(self.handle, data, size, sequence)
        return bytes(data)[:written]

    def restore(self, sequence: int, state: bytes) -> bool:
        """Fill a cache from a saved state; false when it does not fit."""
        data = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        return bool(self._library.llama_state_seq_set_data(self.handle, data, len(state), sequence))

    def free(self) -> None:
        """Give the memory back, before the model's."""
        self._library.llama_batch_free(self._batch)
        self._library.llama_free(self.handle)
        self.handle = None
