"""A loaded model as its callers see it: what both engines do alike, whichever thread runs the library."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypedDict, TypeVar, Unpack

from models.chat_template import Fragment
from models.errors import ContextOverflow
from models.runtime.machine import default_threads
from models.runtime.model import ModelInfo
from models.runtime.parts import Parts
from models.runtime.state import place

T = TypeVar("T")


class LoadOptions(TypedDict, total=False):
    """How a model file is loaded.

    Args:
        name: what the user calls the model, for errors; the file's name when absent.
        context_tokens: most tokens of prompt and reply, of each sequence; by default the model's training
            context, at most 8,192, less where the KV cache would take more than a quarter of the memory.
        threads: to compute with; by default the physical cores that this process may use.
        prefix_folder: where to keep what was read of fixed instructions; None keeps nothing.
        sha256: of the file, where known; else its place, size and time stand for it in that folder.
    """

    name: str | None
    context_tokens: int | None
    threads: int | None
    prefix_folder: Path | None
    sha256: str | None


class LibraryThread(Protocol):
    """The thread that alone calls the library."""

    def call(self, work: Callable[[], T]) -> T:
        """Do something on that thread and wait for it."""
        ...


class LoadedModel:
    """One loaded model; `close` or a `with` block ends it.

    Args:
        parts: what the library made, or will make.
        thread: calls the library.
        close: frees the parts and ends the thread; it must not hold this object.
    """

    def __init__(self, parts: Parts, thread: LibraryThread, close: Callable[[], None]) -> None:
        self._parts = parts
        self._thread = thread
        # Also runs when nobody closed the engine, at the latest before the interpreter ends: freed any
        # later, the library would write to a log that is gone.
        self._close = weakref.finalize(self, close)

    def _load(self, path: Path, *, sequences: int = 1, **options: Unpack[LoadOptions]) -> Self:
        """Have the parts made; what was made when that fails is freed."""
        try:
            self._thread.call(
                lambda: self._parts.load(
                    path,
                    name=options.get("name") or path.stem,
                    context_tokens=options.get("context_tokens"),
                    threads=options.get("threads") or default_threads(),
                    sequences=sequences,
                )
            )
        except BaseException:
            self.close()
            raise
        folder = options.get("prefix_folder")
        if folder is not None:
            self._parts.keep_prefixes(folder, options.get("sha256") or place(path))
        return self

    @property
    def info(self) -> ModelInfo:
        """What the model file says about itself."""
        return self._parts.info

    @property
    def context_tokens(self) -> int:
        """Most tokens of prompt and reply, of each sequence."""
        return self._parts.context_tokens

    @property
    def threads(self) -> int:
        """Threads that compute."""
        return self._parts.threads

    @functools.cached_property
    def controls(self) -> Collection[str]:
        """The vocabulary's control tokens by name."""
        return self._thread.call(lambda: self._parts.model.vocabulary.controls.keys())

    def metadata(self, key: str) -> str | None:
        """A metadata value of the model file as text, floats rounded; None when it has none of this name."""
        return self._thread.call(lambda: self._parts.model.metadata(key))

    def encode(self, text: str) -> list[int]:
        """Plain text that continues other text, as tokens; no control token, whatever it says."""
        return self._thread.call(lambda: self._parts.model.vocabulary.encode_continuation(text))

    def encode_fragments(self, fragments: Iterable[Fragment]) -> list[int]:
        """A rendered conversation as tokens."""
        return self._thread.call(lambda: self._parts.model.vocabulary.encode_fragments(fragments))

    def attach(self, path: Path) -> None:
        """Use a LoRA adapter from now on, instead of any other; the model is not loaded again.

        Raises:
            UserError: it does not fit the model, or changes nothing; the adapter before stays in use.
        """
        self._thread.call(lambda: self._parts.attach(path))

    def detach(self) -> None:
        """Use the model as it is from now on."""
        self._thread.call(self._parts.detach)

    def close(self) -> None:
        """Stop what runs and free everything; safe to call twice."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_room(self, tokens: int, more: int = 0) -> None:
        """Refuse a prompt that does not fit, alone or with more tokens after it."""
        for needed in (tokens, tokens + more):
            if needed > self.context_tokens:
                raise ContextOverflow(needed, self.context_tokens)
