"""What `clarify models list` and `verify` tell: the documents of --json, and the tables of it for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from models.errors import UserError
from models.registry import catalogue, index, merged, records, store
from models.registry.entry import AdapterEntry, FileEntry, ModelEntry
from models.registry.index import Known, Origin
from models.registry.progress import Progress
from models.registry.sizes import readable, readable_count
from models.registry.store import State, Verification


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ListedModel(_Frozen):
    """A model and its state here."""

    entry: ModelEntry = Field(description="What the registry knows of it.")
    origin: Origin = Field(description="`catalogue` for what can be pulled, `added` for the user's own file.")
    state: State = Field(description="`broken`: there, but not what it should be.")
    path: Path = Field(description="Where its file is, or will be.")
    is_default: bool = Field(description="Whether it is used when none is named.")


class ListedAdapter(_Frozen):
    """An adapter and its state here."""

    entry: AdapterEntry = Field(description="What the registry knows of it.")
    origin: Origin = Field(description="As of models; `shipped` for a part of the package.")
    state: State = Field(description="As of models.")
    path: Path = Field(description="Where its file is, or will be.")
    merged_into: tuple[str, ...] = Field(
        description="Models that it is merged into here, which then run faster."
    )


class Listing(_Frozen):
    """The document of `clarify models list --json`."""

    version: Literal[1] = Field(default=1, description="Of this format.")
    models: tuple[ListedModel, ...] = Field(description="All known models.")
    adapters: tuple[ListedAdapter, ...] = Field(description="All known adapters.")


class VerifiedFile(_Frozen):
    """A file and its hash."""

    name: str = Field(description="Of the model or adapter.")
    path: Path = Field(description="The file.")
    ok: bool = Field(description="Whether nothing speaks against the file.")
    expected: str | None = Field(description="The SHA-256 it should have; null when none is known.")
    found: str = Field(description="The SHA-256 it has.")


class VerifyReport(_Frozen):
    """The document of `clarify models verify --json`."""

    version: Literal[1] = Field(default=1, description="Of this format.")
    files: tuple[VerifiedFile, ...] = Field(description="Those that were checked.")

    @property
    def bad(self) -> tuple[VerifiedFile, ...]:
        """The files that are not what they should be."""
        return tuple(file for file in self.files if not file.ok)


def listing() -> Listing:
    """All that is known, and its state.

    Raises:
        UserError: the user's catalogue, or the record of what was added, is broken.
    """
    default = catalogue.default()
    return Listing(
        models=tuple(
            ListedModel(
                entry=known.entry,
                origin=known.origin,
                state=store.state(known),
                path=known.path,
                is_default=known.entry.name == default,
            )
            for known in index.models()
        ),
        adapters=tuple(
            ListedAdapter(
                entry=known.entry,
                origin=known.origin,
                state=store.state(known),
                path=known.path,
                merged_into=tuple(
                    one.model for one in records.load().merged if one.adapter_sha256 == known.entry.sha256
                ),
            )
            for known in index.adapters()
        ),
    )


def verify_files(name: str | None, progress: Progress) -> VerifyReport:
    """Hash the file of a model or an adapter, or all that are here.

    Args:
        name: of a model or adapter; None for all.
        progress: told of every file.

    Raises:
        UserError: the name is unknown, its file is not here, or nothing at all is.
    """
    if name is not None:
        chosen: list[Known[FileEntry]] = [index.model_or_adapter(name)]
    else:
        chosen = [known for known in (*index.models(), *index.adapters()) if known.path.is_file()]
        if not any(isinstance(known.entry, ModelEntry) for known in chosen):
            raise UserError("no model is on this machine", do="run `clarify models pull`")
    files = [_verified(known, store.verify(known, progress)) for known in chosen]
    hashes = {known.entry.sha256 for known in chosen}
    for made in records.load().merged:
        if hashes & {made.base_sha256, made.adapter_sha256} and merged.place(made).is_file():
            files.append(_verified_merged(made, progress))
    return VerifyReport(files=tuple(files))


def _verified_merged(made: records.Merged, progress: Progress) -> VerifiedFile:
    found = merged.hash_now(made, progress)
    return VerifiedFile(
        name=made.model, path=merged.place(made), ok=found == made.sha256, expected=made.sha256, found=found
    )


def _verified(known: Known[FileEntry], outcome: Verification) -> VerifiedFile:
    return VerifiedFile(
        name=known.entry.name,
        path=known.path,
        ok=outcome.ok,
        expected=outcome.expected,
        found=outcome.found,
    )


def as_table(document: Listing) -> str:
    """The listing for people, a line per model and adapter."""
    rows: list[tuple[str, ...]] = [
        ("", "NAME", "STATE", "SIZE", "WEIGHTS", "QUANTISATION", "CONTEXT", "LICENCE", "ADAPTER")
    ]
    for listed in document.models:
        entry = listed.entry
        rows.append((
            "*" if listed.is_default else "",
            entry.name,
            _told(listed.state, listed.origin),
            _size(entry),
            readable_count(entry.parameters),
            entry.quantisation,
            str(entry.context_tokens),
            entry.licence,
            entry.adapter or "-",
        ))
    lines = _aligned(rows)
    if document.adapters:
        rows = [("", "ADAPTER", "STATE", "SIZE", "LICENCE", "FOR")]
        for adapter in document.adapters:
            entry_of = adapter.entry
            rows.append((
                "",
                entry_of.name,
                _told(adapter.state, adapter.origin) + (", merged" if adapter.merged_into else ""),
                _size(entry_of),
                entry_of.licence,
                entry_of.base,
            ))
        lines += ["", *_aligned(rows)]
    return "\n".join(lines)


def as_report(document: VerifyReport) -> str:
    """The outcome for people, a line per file."""
    return "\n".join(f"{file.name}: {_verdict(file)} ({file.path})" for file in document.files)


def _verdict(file: VerifiedFile) -> str:
    if file.expected is None:
        return f"no SHA-256 is known to compare with; it has {file.found}"
    return "ok" if file.ok else f"SHA-256 {file.found[:12]}… where {file.expected[:12]}… should be"


def _told(state: State, origin: Origin) -> str:
    if state == "absent":
        return "not pulled" if origin == "catalogue" else "gone"
    return {"present": "here", "partial": "partly here", "broken": "broken"}[state]


def _size(entry: FileEntry) -> str:
    return readable(entry.size_bytes) if entry.size_bytes is not None else "?"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
