"""LoRA adapters: loaded beside a model that stays as it is, checked to fit it and to change it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.errors import UserError
from models.runtime.library import collected_errors
from models.runtime.model import Model
from models.runtime.session import Session

_PROBE_TOKENS = 8


class Adapter:
    """A loaded LoRA's handle; the owner thread alone may use it.

    Args:
        library: the `llama_cpp` module.
        model: the model that it is for, which must outlive this.
        path: a GGUF file with a LoRA.

    Raises:
        UserError: no such file, no LoRA, or made for another model.
    """

    def __init__(self, library: Any, model: Model, path: Path) -> None:
        if not path.is_file():
            raise UserError("no such adapter file", where=str(path), do="run `clarify models list`")
        self._library = library
        self._path = path
        with collected_errors() as errors:
            self.handle = library.llama_adapter_lora_init(model.handle, str(path).encode())
        if not self.handle:
            # `function: failed to apply lora adapter: reason (hint: maybe wrong base model?)`
            reason = errors[-1].split(": ", 2)[-1].split(" (hint", 1)[0] if errors else "unknown reason"
            raise UserError(
                f"the adapter does not fit this model: {reason}",
                where=str(path),
                do="use the model that it was trained on, or `clarify models verify` it",
            )

    def check_effect(self, session: Session) -> None:
        """Switch the session over to this adapter, unless it changes nothing; the KV cache is emptied.

        Nothing changed means that the library ignored the adapter, which has happened in forks, or that it
        was never trained (all of LoRA's B is zero). Either way the user would get the base model's answers
        under the adapter's name, so both are refused. Several tokens are read, since an adapter of the
        attention's queries and keys changes nothing while there is one token to attend to.

        Raises:
            UserError: as said; the session is then without an adapter.
        """
        import numpy as np

        step = max(1, session.vocabulary_size // _PROBE_TOKENS)
        probe = [tuple(range(step // 2, session.vocabulary_size, step))[:_PROBE_TOKENS]]
        session.use_adapter(None)
        session.evaluate(probe)
        without = session.row().copy()
        session.use_adapter(self.handle)
        session.evaluate(probe)
        same = np.array_equal(session.row(), without)
        session.clear()
        if same:
            session.use_adapter(None)
            raise UserError(
                "the adapter changes nothing: it was not trained, or the engine ignores it",
                where=str(self._path),
                do="use another adapter",
            )

    def free(self) -> None:
        """Give the memory back; no session may use it any more."""
        self._library.llama_adapter_lora_free(self.handle)
        self.handle = None
