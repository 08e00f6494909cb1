"""What an adapter's file says of itself: kept in the GGUF metadata of an adapter, and of a merged model.

Reading needs no GGUF library; it goes through the registry's own reader of headers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.backends.base import CodeBy
from models.calibration import Calibration
from models.errors import UserError
from models.faults import first_fault
from models.registry.entry import Sha256

if TYPE_CHECKING:
    from pathlib import Path

    from models.registry.gguf_header import GgufHeader

_VERSION = 1
_PREFIX = "clarify."
_TEXTS = ("name", "base", "base_sha256", "recipe", "data_sha256", "licence", "code_by")

FORMAT = f"{_PREFIX}format"
"""Key of the version of this metadata; where it stands, there are the others too."""

ADAPTER_SHA256 = f"{_PREFIX}adapter_sha256"
"""Key of a merged model: SHA-256 of the adapter's file."""


class AdapterMetadata(BaseModel):
    """What an adapter is, and what it was made from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="What users call it.")
    base: str = Field(min_length=1, description="The model that it was trained on, as the Hub names it.")
    base_sha256: Sha256 | None = Field(
        default=None, description="SHA-256 of the GGUF file that it was trained on; null for another form."
    )
    recipe: str = Field(description="The training recipe, by name.")
    data_sha256: Sha256 | None = Field(default=None, description="SHA-256 of the training data.")
    calibration: Calibration | None = Field(
        default=None, description="Of p_ask, fitted on held-out samples; null when it was not fitted."
    )
    licence: str = Field(description="Licence of the adapter: an SPDX name, or the maker's own.")
    code_by: CodeBy = Field(
        default="adapter",
        description="Who writes code: `adapter`, or `base` when the adapter is to judge and to ask alone.",
    )


def to_keys(metadata: AdapterMetadata) -> dict[str, str | float | int]:
    """The metadata as GGUF keys and values; texts, one whole number, and floats of 64 bits."""
    keys: dict[str, str | float | int] = {FORMAT: _VERSION}
    for name in _TEXTS:
        value = getattr(metadata, name)
        if value is not None:
            keys[_PREFIX + name] = value
    if metadata.calibration is not None:
        keys[f"{_PREFIX}calibration.scale"] = metadata.calibration.scale
        keys[f"{_PREFIX}calibration.bias"] = metadata.calibration.bias
    return keys


def of_header(header: GgufHeader, where: str) -> AdapterMetadata | None:
    """The metadata in a file's header; None when it was not written by ClarifyCoder.

    Args:
        header: of an adapter, or of a model that an adapter was merged into.
        where: the file, for the error.

    Raises:
        UserError: it is of a newer format, or not what it should be.
    """
    version = header.number(FORMAT)
    if version is None:
        return None
    if version > _VERSION:
        raise UserError(f"adapter metadata of format {version}", where=where, do="update clarifycoder")
    values = {name: header.values.get(_PREFIX + name) for name in _TEXTS}
    document: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    scale = header.values.get(f"{_PREFIX}calibration.scale")
    if scale is not None:
        document["calibration"] = {"scale": scale, "bias": header.values.get(f"{_PREFIX}calibration.bias")}
    try:
        return AdapterMetadata.model_validate(document)
    except ValidationError as error:
        raise UserError(f"broken adapter metadata: {first_fault(error)}", where=where) from error


def read_metadata(path: Path) -> AdapterMetadata | None:
    """The metadata of a GGUF file; None when it was not written by ClarifyCoder.

    Raises:
        UserError: it is not a whole GGUF file, or its metadata is broken or of a newer format.
    """
    from models.registry.gguf_header import read_header

    return of_header(read_header(path), str(path))
