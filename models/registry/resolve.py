"""From what a user named, or nothing, to the file of a model or an adapter that is on this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError
from models.registry import index, store
from models.registry.add import model_of_file
from models.registry.entry import AdapterEntry, FileEntry, ModelEntry
from models.registry.gguf_header import read_header
from models.registry.hashes import remembered_hash
from models.registry.sizes import readable

NO_ADAPTER = "none"


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A model that can be loaded.

    Args:
        entry: what is known of it.
        path: its GGUF file, which is there.
        adapter: the ClarifyCoder adapter that belongs to it; None when it has none.
    """

    entry: ModelEntry
    path: Path
    adapter: AdapterEntry | None


@dataclass(frozen=True, slots=True)
class ResolvedAdapter:
    """An adapter that can be attached.

    Args:
        name: the registry's, or the file's without its suffix.
        path: its GGUF file, which is there.
        entry: what is known of it; None for a file that was named by its path.
    """

    name: str
    path: Path
    entry: AdapterEntry | None


class ModelNotPulled(UserError):
    """The registry knows the model or adapter, but its file is not on this machine."""

    def __init__(self, name: str, size_bytes: int | None) -> None:
        size = f" ({readable(size_bytes)})" if size_bytes is not None else ""
        super().__init__(f"{name} is not on this machine", do=f"run `clarify models pull {name}`{size}")


def resolve(name_or_path: str | None = None) -> ResolvedModel:
    """Find a model.

    Args:
        name_or_path: a name of the registry, or a GGUF file, which need not have been added; the name of an
            adapter stands for its base with it; None for the default model.

    Raises:
        ModelNotPulled: it is known and not here.
        UserError: the name is unknown, or the file is missing, damaged or no model.
    """
    if name_or_path is not None and _is_path(name_or_path, index.models()):
        path = Path(name_or_path).expanduser().absolute()
        return ResolvedModel(model_of_file(path, sha256=remembered_hash(path)), path, adapter=None)
    if name_or_path in {adapter.entry.name for adapter in index.adapters()}:
        return _base_with(index.adapter(str(name_or_path)).entry)
    try:
        known = index.model(name_or_path)
    except UserError as error:
        raise UserError(error.what, do=f"{error.do} (or name a .gguf file)") from error
    _ensure_here(known)
    own = index.adapter(known.entry.adapter).entry if known.entry.adapter else None
    return ResolvedModel(known.entry, known.path, own)


def _base_with(adapter: AdapterEntry) -> ResolvedModel:
    """An adapter's base, with the adapter as its own; of several files of the base one that is here."""
    bases = [known for known in index.models() if known.entry.base == adapter.base]
    if not bases:
        raise UserError(f"no model is known that is {adapter.base}, the base of {adapter.name}")
    known = next((base for base in bases if base.path.is_file()), bases[0])
    _ensure_here(known)
    return ResolvedModel(known.entry, known.path, adapter)


def resolve_adapter(name_or_path: str | None, model: ResolvedModel) -> ResolvedAdapter | None:
    """Find an adapter for a model.

    Args:
        name_or_path: a name of the registry, or a GGUF LoRA file; `none` for the bare model; None for the
            model's own, if it has one.
        model: what it is to be attached to.

    Raises:
        ModelNotPulled: it is known and not here.
        UserError: the name is unknown, it belongs to another base, or the file is missing or no adapter.
    """
    if name_or_path == NO_ADAPTER:
        return None
    if name_or_path is None:
        if model.adapter is None:
            return None
        name_or_path = model.adapter.name
    if _is_path(name_or_path, index.adapters()):
        path = Path(name_or_path).expanduser().absolute()
        if not read_header(path).is_adapter:
            raise UserError("a model, not an adapter", where=str(path), do="name it with --model")
        return ResolvedAdapter(path.stem, path, None)
    known = index.adapter(name_or_path)
    if known.entry.base != model.entry.base:
        raise UserError(
            f"the adapter {known.entry.name} is for {known.entry.base}, not for {model.entry.base}",
            do=f"leave it out, or give --adapter {NO_ADAPTER}",
        )
    _ensure_here(known)
    return ResolvedAdapter(known.entry.name, known.path, known.entry)


def locate(name: str | None = None) -> Path:
    """Where the file of a model or an adapter is; the default model's for None. The file is not checked.

    Raises:
        ModelNotPulled: it is known and not here.
        UserError: the name is unknown, or an added file is gone.
    """
    known = index.model_or_adapter(name)
    _ensure_exists(known)
    return known.path


def _is_path(text: str, known: Sequence[index.Known[FileEntry]]) -> bool:
    """Whether a file is meant: a known name never is one."""
    if any(candidate.entry.name == text for candidate in known):
        return False
    separators = {os.sep, os.altsep} - {None}
    return text.endswith(".gguf") or any(str(mark) in text for mark in separators) or Path(text).is_file()


def _ensure_here(known: index.Known[FileEntry]) -> None:
    _ensure_exists(known)
    store.ensure_unchanged(known)
    if known.entry.sha256 is None:
        read_header(known.path)


def _ensure_exists(known: index.Known[FileEntry]) -> None:
    if known.path.is_file():
        return
    if known.origin == "catalogue":
        raise ModelNotPulled(known.entry.name, known.entry.size_bytes)
    raise UserError(
        f"the file of {known.entry.name} is gone",
        where=str(known.path),
        do=f"bring it back, or run `clarify models rm {known.entry.name}`",
    )
