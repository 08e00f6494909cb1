"""What the registry knows of a file: a model or an adapter, its hash, and where it can be fetched from."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from models.backends.base import CodeBy

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# A name is typed on command lines and becomes part of file names.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[^/\\.][^/\\]*$")]
Bytes = Annotated[int, Field(gt=0)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HubFile(_Frozen):
    """A file of a repository on the Hugging Face Hub."""

    repo_id: str = Field(description="`owner/name` of the repository.", pattern=r"^[^/\s]+/[^/\s]+$")
    filename: str = Field(description="The file's path in the repository.", min_length=1)
    revision: str = Field(default="main", description="Branch, tag or commit.", min_length=1)


class PackagePart(_Frozen):
    """A piece of a file, carried by a wheel; the pieces in order make the file."""

    name: Name = Field(description="Name of the package.")
    version: str = Field(description="Its exact version.", min_length=1)
    member: str = Field(
        default="*/data/part*.bin", description="Pattern of the one file in the wheel that is the piece."
    )
    sha256: Sha256 = Field(description="SHA-256 of the piece.")
    size_bytes: Bytes = Field(description="Size of the piece.")


class Sources(_Frozen):
    """Where a file can be fetched from; all sources give the same bytes."""

    hub: HubFile | None = Field(default=None, description="Its place on the Hub.")
    packages: tuple[PackagePart, ...] = Field(default=(), description="Its pieces in a package index.")


class FileEntry(_Frozen):
    """What models and adapters have in common."""

    name: Name = Field(description="What users call it.")
    base: str = Field(description="The model that it comes from, as the Hub names it.", min_length=1)
    file: FileName = Field(description="Name of the file, without a folder.")
    size_bytes: Bytes | None = Field(default=None, description="Size of the file; null when not known ahead.")
    sha256: Sha256 | None = Field(
        default=None, description="SHA-256 of the file; null when it is taken from the Hub at the first pull."
    )
    licence: str = Field(description="Licence of the weights: an SPDX name, or the maker's own.")
    sources: Sources = Field(default=Sources(), description="Where it can be fetched from.")

    @model_validator(mode="after")
    def _pieces_need_a_whole(self) -> Self:
        pieces = self.sources.packages
        if pieces and self.sha256 is None:
            raise ValueError("pieces in packages need the sha256 of the whole file")
        if pieces and sum(piece.size_bytes for piece in pieces) != self.size_bytes:
            raise ValueError("the sizes of the pieces do not add up to size_bytes")
        return self


class ModelEntry(FileEntry):
    """A model in one GGUF file."""

    parameters: int = Field(gt=0, description="Number of weights.")
    quantisation: str = Field(description="How the weights are stored, as llama.cpp names it.")
    context_tokens: int = Field(gt=0, description="The longest context that the model was made for.")
    adapter: Name | None = Field(default=None, description="The ClarifyCoder adapter that belongs to it.")


class AdapterEntry(FileEntry):
    """A GGUF LoRA; without sources it is shipped in the package itself."""

    merge: bool = Field(
        default=False,
        description="Whether a pull merges it into its base, once: a second file, that runs faster.",
    )
    code_by: CodeBy | None = Field(
        default=None,
        description="Who writes code: `adapter`, or `base` when the adapter is to judge and to ask alone; "
        "null when it is as the adapter's file says.",
    )

    @property
    def is_shipped(self) -> bool:
        """Whether it has no source to be fetched from."""
        return self.sources.hub is None and not self.sources.packages

    @model_validator(mode="after")
    def _shipped_is_known(self) -> Self:
        if self.is_shipped and self.sha256 is None:
            raise ValueError("an adapter without a source needs its sha256")
        return self
