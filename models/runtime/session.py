"""A sequence of a context, known batch by batch: what its KV cache holds. One thread alone may use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from models.errors import UserError
from models.runtime.batches import Batch, common, length
from models.runtime.context import Context, Placed
from models.runtime.owner import Aborted

if TYPE_CHECKING:
    from models.runtime.logits import Row


class Session:
    """One sequence of tokens that the model has read.

    Args:
        context: that holds it.
        sequence: its number there.
    """

    def __init__(self, context: Context, sequence: int = 0) -> None:
        self.context = context
        self.sequence = sequence
        self.tokens = 0  # in the KV cache
        self._held: list[Batch] = []

    @property
    def context_tokens(self) -> int:
        """Most tokens to hold."""
        return self.context.context_tokens

    @property
    def vocabulary_size(self) -> int:
        """Logits in a row."""
        return self.context.vocabulary_size

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
        return self.context.row(-1)

    def use_adapter(self, adapter: Any | None) -> None:
        """Compute with this LoRA adapter's handle, or with none; the KV cache is emptied."""
        self.context.use_adapter(adapter)
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.context.clear(self.sequence)
        self._held.clear()
        self.tokens = 0

    def state(self) -> bytes:
        """The KV cache's content, for `restore`; about `ModelInfo.token_bytes` a token."""
        return self.context.state(self.sequence)

    def restore(self, batches: Sequence[Batch], state: bytes) -> bool:
        """Fill the KV cache with these batches from a saved state; false, and empty, when it does not fit."""
        self.clear()
        if not self.context.restore(self.sequence, state):
            self.clear()
            return False
        self._held, self.tokens = list(batches), length(batches)
        if self.context.last_position(self.sequence) != self.tokens - 1:
            self.clear()
            return False
        return True

    def _keep(self, batches: Sequence[Batch], count: int) -> int:
        """Remove what follows the first `count` batches; returns how many could be kept.

        In a cache filled from its start and cut only at its end, a token's cell is its position. So the
        attention sums in the same order as in a fresh cache, and warm results equal cold ones to the bit.
        """
        if count == len(self._held):
            return count
        kept = length(batches[:count])
        # Recurrent models keep no past to go back to.
        if count == 0 or not self.context.cut(self.sequence, kept):
            self.clear()
            return 0
        del self._held[count:]
        self.tokens = kept
        return count

    def _decode(self, tokens: Batch, *, logits: bool) -> None:
        last = len(tokens) - 1
        placed = [
            Placed(token, self.tokens + index, self.sequence, logits and index == last)
            for index, token in enumerate(tokens)
        ]
        try:
            self.context.decode(placed)
        except (Aborted, UserError):
            self.drop_unread()
            raise
        self.took(tokens)

    def took(self, tokens: Batch) -> None:
        """Put down that the context has computed these tokens."""
        self._held.append(tokens)
        self.tokens += len(tokens)

    def drop_unread(self) -> None:
        """Remove what a computation that failed has left, so that cache and record agree."""
        if not self.context.cut(self.sequence, self.tokens):
            self.clear()


def append_together(sessions: Sequence[Session], tokens: Sequence[int]) -> None:
    """Read one more token of each of several sessions of one context, all in one batch.

    The logits of the n-th one are the context's row n. Rows that are multiplied together change the last bits
    of a result, so these are not the same to the bit as those of `Session.append`.

    Raises:
        Aborted: the flag was set; no token was read.
        UserError: the library failed; no token was read.
    """
    placed = [
        Placed(token, session.tokens, session.sequence, True)
        for session, token in zip(sessions, tokens, strict=True)
    ]
    try:
        sessions[0].context.decode(placed)
    except (Aborted, UserError):
        for session in sessions:
            session.drop_unread()
        raise
    for session, token in zip(sessions, tokens, strict=True):
        session.took((token,))
