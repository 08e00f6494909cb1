"""A local GGUF model as a text backend: its own chat template, its own process, no network."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from models import paths
from models.backends.base import (
    Capabilities,
    Completion,
    Identity,
    Message,
    OpenerMass,
    Prompt,
    Sampling,
    Usage,
)
from models.chat_template import fragments
from models.errors import UserError
from models.export.metadata import ADAPTER_SHA256, FORMAT, read_metadata
from models.registry.hashes import current_hash

if TYPE_CHECKING:
    from models.calibration import Calibration
    from models.runtime.engine import Engine
    from models.runtime.parallel import ParallelEngine


class GgufBackend:
    """Replies of a model file on this machine, read with the template that the file carries.

    Args:
        path: the GGUF file.
        name: what the user calls the model.
        adapter_path: a LoRA adapter in GGUF form to use from the start.
        adapter_name: what the user calls the adapter; the file's name when absent.
        merged_adapter: what the user calls the adapter that the file itself has merged in.
        sha256: of the model file, where known.
        context_tokens: most tokens of prompt and reply; None takes what suits model and machine.
        threads: to compute with; None takes the physical cores that this process may use.
        parallel: most replies at a time, for as many threads that call; with 1, replies are streamed.

    Raises:
        UserError: model, adapter or the installed engine cannot be used; the file has no chat template.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        adapter_path: Path | None = None,
        adapter_name: str | None = None,
        merged_adapter: str | None = None,
        sha256: str | None = None,
        context_tokens: int | None = None,
        threads: int | None = None,
        parallel: int = 1,
    ) -> None:
        self._name = name
        self._sha256 = sha256
        self._merged_adapter = self._adapter_name = merged_adapter
        self._calibration: Calibration | None = None
        self._adapter_sha256: str | None = None
        self._engine: Engine | ParallelEngine = _load(parallel)(
            path,
            name=name,
            context_tokens=context_tokens,
            threads=threads,
            prefix_folder=paths.cache_dir() / "prefixes",
            sha256=sha256,
        )
        try:
            self._template = self._engine.info.chat_template or ""
            if not self._template.strip():
                raise UserError(
                    "the model file has no chat template",
                    where=str(path),
                    do="use an instruct model, which carries one",
                )
            if merged_adapter is not None:
                self._adapter_sha256 = self._engine.metadata(ADAPTER_SHA256)
            if self._engine.metadata(FORMAT) is not None:
                self._calibration = _calibration(path)
            self._own_calibration = self._calibration
            if adapter_path is not None:
                self.use_adapter(adapter_path, adapter_name)
        except BaseException:
            self._engine.close()
            raise

    @property
    def identity(self) -> Identity:
        """Which model answers."""
        return Identity(
            model=self._name,
            adapter=self._adapter_name,
            sha256=self._sha256,
            adapter_sha256=self._adapter_sha256,
        )

    @property
    def capabilities(self) -> Capabilities:
        """All there are."""
        return Capabilities(
            opener_mass=True,
            reply_prefix=True,
            context_tokens=self._engine.context_tokens,
            calibration=self._calibration,
        )

    @property
    def takes_adapters(self) -> bool:
        """Whether `use_adapter` can work: not for a file that has one merged in."""
        return self._merged_adapter is None

    def use_adapter(self, path: Path | None, name: str | None = None) -> None:
        """Answer with another adapter, or with none, from now on; the model is not loaded again.

        Args:
            path: the adapter's file; None for the model as it is.
            name: what the user calls it; the file's name when absent.

        Raises:
            UserError: it does not fit the model, or changes nothing; what was in use stays in use.
        """
        if not self.takes_adapters:
            raise UserError(
                f"{self._merged_adapter} is a part of this model's file", do="open the model anew"
            )
        if path is None:
            self._engine.detach()
            self._adapter_name, self._calibration = None, self._own_calibration
            self._adapter_sha256 = None
        else:
            calibration = _calibration(path) if path.is_file() else None
            self._engine.attach(path)
            self._adapter_name, self._calibration = name or path.stem, calibration
            self._adapter_sha256 = current_hash(path)

    def count_tokens(self, prompt: Prompt) -> int | None:
        """Tokens of the rendered prompt, a started reply included."""
        return len(self._tokens(prompt.messages)) + len(self._engine.encode(prompt.reply_prefix))

    def opener_mass(self, prompt: Prompt, openers: Sequence[str]) -> OpenerMass | None:
        """One prefill, and one decoded token for each opener's beginning; no sampling.

        The prompt's reply_prefix, if any, is a part of what was read.

        Raises:
            ContextOverflow: the prompt does not fit.
            UserError: the template refuses the conversation.
            KeyboardInterrupt: Ctrl-C, at once; the backend stays usable.
        """
        tokens = self._tokens(prompt.messages)
        return self._engine.opener_mass(
            tokens + self._engine.encode(prompt.reply_prefix),
            [self._engine.encode(opener) for opener in openers],
            fixed=self._fixed(prompt.messages, tokens),
        )

    def complete(
        self, prompt: Prompt, sampling: Sampling, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        """Generate a reply, streaming its new text to `on_text` piece by piece, whole characters only.

        Ctrl-C ends it at once and returns what there is, with finish `interrupted`.

        Raises:
            ContextOverflow: the prompt does not fit.
            UserError: the template refuses the conversation.
        """
        try:
            tokens = self._tokens(prompt.messages)
            generated = self._engine.generate(
                tokens,
                sampling,
                on_text,
                prefix=self._engine.encode(prompt.reply_prefix),
                fixed=self._fixed(prompt.messages, tokens),
            )
        except KeyboardInterrupt:
            return Completion(prompt.reply_prefix, "interrupted", Usage())
        return Completion(prompt.reply_prefix + generated.text, generated.finish, generated.usage)

    def interrupt(self) -> None:
        """End the replies of other threads, as Ctrl-C does that of the main thread."""
        from models.runtime.parallel import ParallelEngine

        if isinstance(self._engine, ParallelEngine):
            self._engine.interrupt()

    def close(self) -> None:
        """Free the model; safe to call twice."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tokens(self, messages: Sequence[Message], *, add_generation_prompt: bool = True) -> list[int]:
        info = self._engine.info
        return self._engine.encode_fragments(
            fragments(
                self._template,
                messages,
                controls=self._engine.controls,
                bos=info.bos,
                eos=info.eos,
                add_generation_prompt=add_generation_prompt,
            )
        )

    def _fixed(self, messages: Sequence[Message], tokens: Sequence[int]) -> int:
        """How many leading tokens are the instruction, which the next request will share."""
        if not messages or messages[0].role != "system":
            return 0
        try:
            alone = self._tokens(messages[:1], add_generation_prompt=False)
        except UserError:  # the template wants a user's message too
            return 0
        pairs = zip(alone, tokens, strict=False)
        return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _load(parallel: int) -> Callable[..., Engine | ParallelEngine]:
    if parallel > 1:
        from models.runtime.parallel import ParallelEngine

        return partial(ParallelEngine.load, sequences=parallel)
    from models.runtime.engine import Engine

    return Engine.load


def _calibration(path: Path) -> Calibration | None:
    metadata = read_metadata(path)
    return metadata.calibration if metadata else None
