"""Takes a model or adapter file of the user's own into the registry; the file stays where it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from models.errors import UserError
from models.registry import index, records
from models.registry.catalogue import first_fault
from models.registry.entry import AdapterEntry, FileEntry, ModelEntry
from models.registry.gguf_header import GgufHeader, read_header
from models.registry.hashes import hash_file
from models.registry.progress import Progress, Silent

E = TypeVar("E", bound=FileEntry)

_NOT_OF_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def model_of_file(path: Path, *, name: str | None = None, sha256: str | None = None) -> ModelEntry:
    """What a model file says about itself, as an entry.

    Args:
        path: a GGUF file.
        name: what to call it; None makes a name from the file's.
        sha256: its hash, if known.

    Raises:
        UserError: it is not a whole GGUF file, or holds no model that can be used alone.
    """
    header = read_header(path)
    if header.is_adapter:
        raise UserError("an adapter, not a model", where=str(path), do="name the model it belongs to")
    pieces = header.number("split.count") or 1
    if pieces > 1:
        raise UserError(f"one of {pieces} pieces of a model", where=str(path), do="join them first")
    if header.context_tokens is None or header.parameters == 0:
        raise UserError("a GGUF file without a language model in it", where=str(path))
    facts = {
        "parameters": header.parameters,
        "quantisation": header.quantisation,
        "context_tokens": header.context_tokens,
    }
    return _entry(ModelEntry, path, header, name=name, sha256=sha256, facts=facts)


def add_model(path: Path, name: str | None = None, progress: Progress | None = None) -> ModelEntry:
    """Add a model file.

    Args:
        path: a GGUF file.
        name: what to call it; None makes a name from the file's.
        progress: told of the hashing.

    Raises:
        UserError: the file is no usable model, or the name is taken.
    """
    path = path.expanduser().absolute()
    entry = _hashed(model_of_file(path, name=name), path, progress)

    def step(record: records.Records) -> records.Records:
        _ensure_free(entry.name)
        added = records.AddedModel(entry=entry, path=path)
        return record.model_copy(update={"models": (*record.models, added)})

    records.change(step)
    return entry


def add_adapter(
    path: Path, model: str, name: str | None = None, progress: Progress | None = None
) -> AdapterEntry:
    """Add an adapter file.

    Args:
        path: a GGUF LoRA.
        model: name of the model that it belongs to.
        name: what to call it; None makes a name from the file's.
        progress: told of the hashing.

    Raises:
        UserError: the file is no adapter, the model is unknown, or the name is taken.
    """
    base = index.model(model).entry.base
    path = path.expanduser().absolute()
    header = read_header(path)
    if not header.is_adapter:
        raise UserError("a model, not an adapter", where=str(path), do="leave out --adapter-of")
    # The hash comes last: a name that cannot be used is told before a large file is read.
    entry = _entry(AdapterEntry, path, header, name=name, sha256="0" * 64, facts={"base": base})
    entry = _hashed(entry, path, progress)

    def step(record: records.Records) -> records.Records:
        _ensure_free(entry.name)
        added = records.AddedAdapter(entry=entry, path=path)
        return record.model_copy(update={"adapters": (*record.adapters, added)})

    records.change(step)
    return entry


def _hashed(entry: E, path: Path, progress: Progress | None) -> E:
    _ensure_free(entry.name)
    with (progress or Silent()).bar(f"hashing {path.name}", path.stat().st_size) as bar:
        return entry.model_copy(update={"sha256": hash_file(path, bar.at)})


def _ensure_free(name: str) -> None:
    taken = {known.entry.name for known in (*index.models(), *index.adapters())}
    if name in taken or name == "none":
        raise UserError(f"the name `{name}` is taken", do="give another with --name")


def _entry(
    kind: type[E],
    path: Path,
    header: GgufHeader,
    *,
    name: str | None,
    sha256: str | None,
    facts: dict[str, Any],
) -> E:
    document = {
        "name": name or _NOT_OF_A_NAME.sub("-", path.stem).strip("-._") or "model",
        "base": header.text("general.basename") or header.text("general.name") or header.architecture,
        "file": path.name,
        "size_bytes": path.stat().st_size,
        "sha256": sha256,
        "licence": header.text("general.license") or "unknown",
        **facts,
    }
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        raise UserError(f"cannot be added: {first_fault(error, document)}", where=str(path)) from error
