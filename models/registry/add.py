"""Takes a model or adapter file of the user's own into the registry; the file stays where it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from models.errors import UserError
from models.export.metadata import AdapterMetadata, of_header
from models.faults import first_fault
from models.registry import index, records
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
    path: Path, model: str | None = None, name: str | None = None, progress: Progress | None = None
) -> AdapterEntry:
    """Add an adapter file.

    Args:
        path: a GGUF LoRA.
        model: name of the model that it belongs to; None takes the one that the file names.
        name: what to call it; None takes the file's own name for it, else makes one from the file's name.
        progress: told of the hashing.

    Raises:
        UserError: the file is no adapter, the model is unknown, or the name is taken.
    """
    known = index.model(model) if model is not None else None
    path = path.expanduser().absolute()
    header = read_header(path)
    if not header.is_adapter:
        raise UserError("a model, not an adapter", where=str(path), do="leave out --adapter-of")
    metadata = of_header(header, str(path))
    facts: dict[str, Any] = {"base": known.entry.base if known else _base_of(metadata, path)}
    if metadata is not None:
        facts["licence"] = metadata.licence
        name = name or as_name(metadata.name)
    # The hash comes last: a name that cannot be used is told before a large file is read.
    entry = _entry(AdapterEntry, path, header, name=name, sha256="0" * 64, facts=facts)
    entry = _hashed(entry, path, progress)

    def step(record: records.Records) -> records.Records:
        _ensure_free(entry.name)
        added = records.AddedAdapter(entry=entry, path=path)
        return record.model_copy(update={"adapters": (*record.adapters, added)})

    records.change(step)
    return entry


def as_name(text: str) -> str:
    """A name for the registry from any text."""
    return _NOT_OF_A_NAME.sub("-", text).strip("-._") or "model"


def _base_of(metadata: AdapterMetadata | None, path: Path) -> str:
    """The base that an adapter names, which must be of a known model.

    Raises:
        UserError: it names none, or one that nobody knows here.
    """
    if metadata is None:
        raise UserError(
            "the file does not say whose adapter it is", where=str(path), do="say it with --adapter-of"
        )
    if metadata.base not in {known.entry.base for known in index.models()}:
        raise UserError(
            f"no known model is {metadata.base}, for which this adapter is",
            where=str(path),
            do="add that model first, or name another with --adapter-of",
        )
    return metadata.base


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
        "name": name or as_name(path.stem),
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
