"""From what the user chose to an open backend; the one place that knows all of them."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.backends.base import CodeBy, TextBackend
from models.errors import UserError

if TYPE_CHECKING:
    from models.backends.gguf import GgufBackend
    from models.registry.resolve import ResolvedAdapter, ResolvedModel


@dataclass(frozen=True, slots=True)
class BackendChoice:
    """What the user chose.

    Args:
        model: a registry name, a GGUF file, `openai:NAME`, `gemini:NAME`; with base_url, the name that the
            server knows; None for the default model.
        adapter: a GGUF LoRA file or a known adapter; `none` for the bare model; None for the model's own.
        code_by: who writes code where there is an adapter; None leaves it to the adapter's maker.
        base_url: of an OpenAI-compatible server.
        server_api_key: sent to base_url; no other key ever is.
        openai_api_key: else OPENAI_API_KEY; sent to OpenAI alone.
        gemini_api_key: else GEMINI_API_KEY.
        context_tokens: size of the context window; None for the engine's default.
        threads: CPU threads; None for the engine's default.
        parallel: most replies of a local model at a time, for as many threads that call.
    """

    model: str | None = None
    adapter: str | None = None
    code_by: CodeBy | None = None
    base_url: str | None = None
    server_api_key: str | None = None
    openai_api_key: str | None = None
    gemini_api_key: str | None = None
    context_tokens: int | None = None
    threads: int | None = None
    parallel: int = 1


def open_backend(choice: BackendChoice) -> TextBackend:
    """Open the model that was chosen.

    Raises:
        UserError: unknown model, not pulled, a broken file, no key, an adapter or who writes code where there
            is no choice; says what to do.
    """
    service, _, name = (choice.model or "").partition(":")
    if service in {"openai", "gemini"}:
        # A service that is named wins over a server from the settings.
        choice = replace(choice, base_url=None)
    if choice.base_url or service in {"openai", "gemini"}:
        if choice.adapter not in {None, "none"}:
            raise UserError("an adapter goes with a local model only", do="give --adapter none")
        if choice.code_by is not None:
            raise _nobody_to_choose()
        return _remote(choice, service, name)
    return _local(choice)


def _remote(choice: BackendChoice, service: str, name: str) -> TextBackend:
    if service == "gemini":
        from models.backends.gemini import GeminiBackend

        return GeminiBackend(
            _named(name, "gemini"), api_key=choice.gemini_api_key or os.environ.get("GEMINI_API_KEY")
        )
    from models.backends.openai import OpenAIBackend

    if choice.base_url:
        return OpenAIBackend(
            _named(choice.model, "--base-url"), base_url=choice.base_url, api_key=choice.server_api_key
        )
    return OpenAIBackend(
        _named(name, "openai"), api_key=choice.openai_api_key or os.environ.get("OPENAI_API_KEY")
    )


def _named(model: str | None, service: str) -> str:
    if not model:
        raise UserError(f"{service} needs the name of a model", do="give one with --model")
    return model


def code_by(choice: BackendChoice, adapter: ResolvedAdapter | None) -> CodeBy | None:
    """Who writes code: as chosen, else as the registry says, else as the adapter's file does.

    Args:
        choice: of a local model.
        adapter: that goes with it.

    Returns:
        None without an adapter.

    Raises:
        UserError: it was chosen, and there is no adapter; or the file is broken.
    """
    if adapter is None:
        if choice.code_by is not None:
            raise _nobody_to_choose()
        return None
    told = choice.code_by or (adapter.entry.code_by if adapter.entry else None)
    if told is not None:
        return told
    from models.export.metadata import read_metadata

    metadata = read_metadata(adapter.path)
    return metadata.code_by if metadata else "adapter"


def _nobody_to_choose() -> UserError:
    return UserError(
        "without an adapter there is only one to write code",
        do="leave out --code-by, and the setting code_by",
    )


def _local(choice: BackendChoice) -> TextBackend:
    from models.registry.resolve import resolve, resolve_adapter

    model = resolve(choice.model)
    adapter = resolve_adapter(choice.adapter, model)
    if code_by(choice, adapter) != "base":
        return _gguf(choice, model, adapter)
    from models.backends.split import SplitBackend

    tuned = _gguf(choice, model, adapter)
    alike = replace(choice, context_tokens=tuned.capabilities.context_tokens)
    return SplitBackend(tuned, lambda: _gguf(alike, model, None))


def _gguf(choice: BackendChoice, model: ResolvedModel, adapter: ResolvedAdapter | None) -> GgufBackend:
    """The model with the adapter, in one file where that was made."""
    from models.backends.gguf import GgufBackend
    from models.registry import merged

    if adapter is not None and adapter.entry is not None:
        made = merged.find(model.entry, adapter.entry)
        if made is not None:
            return GgufBackend(
                merged.place(made),
                name=model.entry.name,
                sha256=made.sha256,
                merged_adapter=adapter.name,
                context_tokens=choice.context_tokens,
                threads=choice.threads,
                parallel=choice.parallel,
            )
    return GgufBackend(
        model.path,
        name=model.entry.name,
        sha256=model.entry.sha256,
        adapter_path=adapter.path if adapter else None,
        adapter_name=adapter.name if adapter else None,
        context_tokens=choice.context_tokens,
        threads=choice.threads,
        parallel=choice.parallel,
    )
