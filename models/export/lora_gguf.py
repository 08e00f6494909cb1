"""Writes an adapter as a GGUF LoRA, which llama.cpp attaches to its base."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from models.export.base_model import read_base
from models.export.gguf_file import F16, Q8_0, pack
from models.export.metadata import AdapterMetadata, to_keys
from models.export.peft_folder import PeftAdapter, read_peft
from models.files import replacing

if TYPE_CHECKING:
    from models.export.peft_folder import Matrix

Precision = Literal["f16", "q8_0"]


def write_lora(
    adapter_folder: Path, base: Path, out: Path, metadata: AdapterMetadata, *, precision: Precision = "f16"
) -> None:
    """Write an adapter's GGUF file; the file appears whole or not at all.

    Args:
        adapter_folder: as peft saves it.
        base: the model that it was trained on: a GGUF file, or a folder of transformers.
        out: the file to write; replaced when it is there.
        metadata: kept in the file.
        precision: of the matrices; where a row's length is no multiple of 32, q8_0 is not possible and f16
            is taken.

    Raises:
        UserError: the adapter is broken, of a kind that GGUF cannot hold, or does not fit the base; the
            file cannot be written.
    """
    model = read_base(base)
    adapter = read_peft(adapter_folder, model)
    with replacing(out) as temporary:
        _write(temporary, model.architecture, adapter, metadata, precision)


def _write(
    path: Path, architecture: str, adapter: PeftAdapter, metadata: AdapterMetadata, precision: Precision
) -> None:
    import gguf

    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, adapter.alpha)
    writer.add_name(metadata.name)
    writer.add_license(metadata.licence)
    writer.add_base_model_count(1)
    writer.add_base_model_name(0, metadata.base)
    for key, value in to_keys(metadata).items():
        match value:
            case str():
                writer.add_string(key, value)
            case int():
                writer.add_uint32(key, value)
            case float():
                writer.add_float64(key, value)
    for name, lora in adapter.loras.items():
        for half, matrix in (("lora_a", lora.a), ("lora_b", lora.b)):
            packed, kind = _packed(name, matrix, precision)
            writer.add_tensor(f"{name}.{half}", packed, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _packed(name: str, matrix: Matrix, precision: Precision) -> tuple[Any, Any]:
    """The matrix as it is stored, and its type."""
    import gguf

    kind = Q8_0 if precision == "q8_0" and matrix.shape[1] % 32 == 0 else F16
    return pack(matrix, kind, name), gguf.GGMLQuantizationType(kind)
