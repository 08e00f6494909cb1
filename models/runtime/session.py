"""A context and its KV cache: what is in it is known batch by batch. The owner thread alone may use it."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from models.errors import UserError
from models.runtime.batches import CHUNK, Batch, common, length
from models.runtime.library import collected_errors
from models.runtime.model import Model
from models.runtime.owner import Aborted, AbortFlag

if TYPE_CHECKING:
    from models.runtime.logits import Row

_ABORTED = 2  # of llama_decode
_SEQUENCE = 0


class Session:
    """One sequence of tokens that the model has read.

    Args:
        library: the `llama_cpp` module.
        model: the model, which must outlive this.
        context_tokens: most tokens to hold.
        threads: to compute with.
        abort: stops a computation while it is set.
        chunk: most tokens in a batch.

    Raises:
        UserError: there is not enough memory for the context.
    """

    def __init__(
        self,
        library: Any,
        model: Model,
        *,
        context_tokens: int,
        threads: int,
        abort: AbortFlag,
        chunk: int = CHUNK,
    ) -> None:
        self._library = library
        self._abort = abort
        self._callback, data = abort.callback(library.ggml_abort_callback)
        self.context_tokens = context_tokens
        self.tokens = 0  # in the KV cache
        self._held: list[Batch] = []
        self.vocabulary_size = model.vocabulary.size
        self._row_type = ctypes.c_float * model.vocabulary.size
        parameters = library.llama_context_default_params()
        parameters.n_ctx = context_tokens
        parameters.n_batch = parameters.n_ubatch = chunk
        parameters.n_outputs_max = 1  # one row of logits: the table of all would be 78 MB a chunk
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.abort_callback, parameters.abort_callback_data = self._callback, data
        with collected_errors() as errors:
            self.handle = library.llama_init_from_model(model.handle, parameters)
        if not self.handle:
            raise UserError(
                f"no room for a context of {context_tokens} tokens: {'; '.join(errors) or 'unknown reason'}",
                do="give a smaller --context",
            )
        self._memory = library.llama_get_memory(self.handle)
        self._batch = library.llama_batch_init(chunk, 0, 1)
        for index in range(chunk):
            self._batch.n_seq_id[index] = 1
            self._batch.seq_id[index][0] = _SEQUENCE

    def shared(self, batches: Sequence[Batch]) -> int:
        """How many leading batches are in the KV cache, computed just as they would be now."""
        return common(self._held, batches)

    def read(self, batches: Sequence[Batch]) -> int:
        """Bring the KV cache to hold just these batches; there are no logits after.

        Returns:
            Tokens that were there already.

        Raises:
            Aborted: the flag was set; what was finished stays.
        """
        kept = self._keep(batches, self.shared(batches))
        for batch in batches[kept:]:
            self._decode(batch, logits=False)
        return length(batches[:kept])

    def evaluate(self, batches: Sequence[Batch]) -> int:
        """As `read`, with logits of the last token (`row`); so the last batch is always computed."""
        last = len(batches) - 1
        kept = self._keep(batches, min(self.shared(batches), last))
        for index in range(kept, last + 1):
            self._decode(batches[index], logits=index == last)
        return length(batches[:kept])

    def append(self, token: int) -> None:
        """Read one more token.

        Raises:
            Aborted: the flag was set; the token was not read.
        """
        self._decode((token,), logits=True)

    def row(self) -> Row:
        """Logits after the last token, shape (vocabulary,); valid until the next token is read."""
        import numpy as np

        pointer = self._library.llama_get_logits_ith(self.handle, -1)
        # Not numpy's as_array: its cast leaves a reference cycle behind at every call.
        floats = self._row_type.from_address(ctypes.addressof(pointer.contents))
        return np.frombuffer(memoryview(floats), dtype=np.float32)

    def use_adapter(self, adapter: Any | None) -> None:
        """Compute with this LoRA adapter's handle, or with none; the KV cache is emptied."""
        if adapter is None:
            self._library.llama_set_adapters_lora(self.handle, None, 0, None)
        else:
            adapters = (type(adapter) * 1)(adapter)
            self._library.llama_set_adapters_lora(self.handle, adapters, 1, (ctypes.c_float * 1)(1.0))
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._library.llama_memory_clear(self._memory, False)
        self._held.clear()
        self.tokens = 0

    def state(self) -> bytes:
        """The KV cache's content, for `restore`; about `ModelInfo.token_bytes` a token."""
        size = self._library.llama_state_seq_get_size(self.handle, _SEQUENCE)
        data = (ctypes.c_uint8 * size)()
        written = self._library.llama_state_seq_get_data(self.handle, data, size, _SEQUENCE)
        return bytes(data)[:written]

    def restore(self, batches: Sequence[Batch], state: bytes) -> bool:
        """Fill the KV cache with these batches from a saved state; false, and empty, when it does not fit."""
        self.clear()
        data = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        if not self._library.llama_state_seq_set_data(self.handle, data, len(state), _SEQUENCE):
            self.clear()
            return False
        self._held, self.tokens = list(batches), length(batches)
        if self._library.llama_memory_seq_pos_max(self._memory, _SEQUENCE) != self.tokens - 1:
            self.clear()
            return False
        return True

    def free(self) -> None:
        """Give the memory back, before the model's."""
        self._library.llama_batch_free(self._batch)
        self._library.llama_free(self.handle)
        self.handle = None

    def _keep(self, batches: Sequence[Batch], count: int) -> int:
        """Remove what follows the first `count` batches; returns how many could be kept.

        In a cache filled from its start and cut only at its end, a token's cell is its position. So the
        attention sums in the same order as in a fresh cache, and warm results equal cold ones to the bit.
        """
        if count == len(self._held):
            return count
        kept = length(batches[:count])
        # Recurrent models keep no past to go back to.
        if count == 0 or not self._library.llama_memory_seq_rm(self._memory, _SEQUENCE, kept, -1):
            self.clear()
            return 0
        del self._held[count:]
        self.tokens = kept
        return count

    def _decode(self, tokens: Batch, *, logits: bool) -> None:
        if self._abort.is_set():
            raise Aborted
        batch, start = self._batch, self.tokens
        batch.n_tokens = len(tokens)
        for index, token in enumerate(tokens):
            batch.token[index] = token
            batch.pos[index] = start + index
            batch.logits[index] = False
        batch.logits[len(tokens) - 1] = logits
        code = self._library.llama_decode(self.handle, batch)
        if code == 0:
            self._held.append(tokens)
            self.tokens += len(tokens)
            return
        # What the library had finished of this batch goes, so that cache and record agree.
        if not self._library.llama_memory_seq_rm(self._memory, _SEQUENCE, start, -1):
            self.clear()
        if code == _ABORTED:
            raise Aborted
        raise UserError(f"the model cannot compute these tokens (llama_decode: {code})", do="report this")
