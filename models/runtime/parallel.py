"""Several replies at a time from one local model, for work in bulk: their tokens are decoded in one batch.

Decoding a token reads all weights; for several sequences they are read once. Each caller waits for its own
reply; `worker` writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self, Unpack

from models.backends.base import OpenerMass, Sampling
from models.runtime.generation import Generated
from models.runtime.loaded import LoadedModel, LoadOptions
from models.runtime.owner import AbortFlag
from models.runtime.parts import Parts
from models.runtime.worker import Wanted, Worker


class ParallelEngine(LoadedModel):
    """One loaded model with several KV caches; `ParallelEngine.load` makes it, `close` ends it.

    Any number of threads may call it at a time; each waits for its own result. A score is the same to the
    bit as `Engine`'s. A reply may differ from it where two tokens are nearly alike, since which sequences are
    computed together changes the last bits.
    """

    def __init__(self, parts: Parts, worker: Worker) -> None:
        super().__init__(parts, worker, worker.close)
        self._worker = worker

    @classmethod
    def load(cls, path: Path, *, sequences: int, **options: Unpack[LoadOptions]) -> Self:
        """Map a model file into memory and make room for its contexts.

        Args:
            path: a GGUF file.
            sequences: most replies at a time.
            options: see `LoadOptions`.

        Raises:
            UserError: the file or the installed llama-cpp-python cannot be used, or the memory is too small.
        """
        abort = AbortFlag()
        parts = Parts(abort)
        return cls(parts, Worker(parts, abort))._load(path, sequences=sequences, **options)

    def opener_mass(
        self, prompt: Sequence[int], openers: Sequence[Sequence[int]], *, fixed: int = 0
    ) -> OpenerMass:
        """As `Engine.opener_mass`; it waits for a sequence that writes nothing."""
        self._check_room(len(prompt), max(map(len, openers), default=1) - 1)
        return self._worker.call_in_session(
            prompt, lambda session: self._parts.opener_mass(session, prompt, openers, fixed)
        )

    def generate(
        self,
        prompt: Sequence[int],
        sampling: Sampling,
        on_text: Callable[[str], None] | None = None,
        *,
        prefix: Sequence[int] = (),
        fixed: int = 0,
    ) -> Generated:
        """As `Engine.generate`, but `on_text` gets all pieces when the reply has ended."""
        self._check_room(len(prompt) + len(prefix))
        wanted = Wanted(prompt, prefix, fixed, sampling)
        generated = self._worker.generate(wanted)
        if on_text is not None:
            for piece in wanted.pieces:
                on_text(piece)
        return generated

    def interrupt(self) -> None:
        """End all replies that are being written, or wait; they keep the text there is, as after Ctrl-C."""
        self._worker.interrupt()
