"""Merges a LoRA into its base: a model in one file, that runs anywhere and as fast as the base alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from models.errors import UserError
from models.export.gguf_file import F16, Q8_0, GgufFile, Output, chunks, entry, pack, unpack, write_file
from models.export.metadata import ADAPTER_SHA256, of_header, to_keys
from models.files import replacing
from models.registry.gguf_header import TensorInfo
from models.registry.hashes import current_hash
from models.registry.progress import Progress, Silent

if TYPE_CHECKING:
    from models.export.gguf_file import Packed, Rows

Kind = Literal["f16", "q8_0"]
"""How matrices are stored; q8_0 where a row's length allows, else f16."""

_FILE_TYPES: dict[Kind, int] = {"f16": 1, "q8_0": 7}
_REPLACED = "general.file_type"


def merge(
    base: Path,
    adapter: Path,
    out: Path,
    kind: Kind = "f16",
    *,
    only_adapted: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write base and adapter as one model: W + alpha / rank * B A, computed in 32-bit floats.

    Tokenizer, chat template and all other metadata are the base's, byte for byte; the adapter's metadata
    joins them. Memory is taken for some rows of one matrix.

    Args:
        base: a GGUF model, of any quantisation that can be unpacked.
        adapter: a GGUF LoRA for it.
        out: the file to write; it appears whole or not at all.
        kind: how the matrices are stored.
        only_adapted: leave those that the adapter does not change packed as they are in the base.
        progress: told of the bytes written.

    Raises:
        UserError: the adapter does not fit the base, a type cannot be converted, or the file cannot be
            written.
    """
    model, lora_file = GgufFile(base), GgufFile(adapter)
    lora = Lora(lora_file, model)
    names = lora.names if only_adapted else set(model.tensors)
    outputs = [_output(model, lora, name, kind if name in names else None) for name in model.tensors]
    with replacing(out) as temporary:
        total = sum(output.size_bytes for output in outputs)
        with (progress or Silent()).bar(f"merging into {out.name}", total) as bar:
            write_file(
                temporary,
                _pairs(model, lora_file, kind),
                outputs,
                alignment=model.header.layout.alignment,
                on_bytes=bar.at,
            )


class Lora:
    """The updates of a LoRA file, checked against the base.

    Args:
        file: a GGUF LoRA.
        base: the model that it is for.

    Raises:
        UserError: it is no LoRA, or does not fit.
    """

    def __init__(self, file: GgufFile, base: GgufFile) -> None:
        header, where = file.header, str(file.path)
        alpha = header.values.get("adapter.lora.alpha")
        if not header.is_adapter or header.text("adapter.type") != "lora" or not isinstance(alpha, float):
            raise UserError("not a LoRA adapter", where=where)
        if base.header.is_adapter:
            raise UserError("an adapter, not a model", where=str(base.path))
        if header.architecture != base.header.architecture:
            raise UserError(
                f"an adapter for {header.architecture}, not for {base.header.architecture}", where=where
            )
        self._file = file
        self._alpha = alpha
        self.names = {name.rpartition(".")[0] for name in file.tensors}
        for name in sorted(self.names):
            self._check(name, base, where)

    def update(self, name: str) -> tuple[Rows, Rows]:
        """B, already scaled, and A of a matrix: what is added to it is their product."""
        a, b = (self._file.matrix(f"{name}.{half}") for half in ("lora_a", "lora_b"))
        return b * (self._alpha / a.shape[0]), a

    def _check(self, name: str, base: GgufFile, where: str) -> None:
        halves = [self._file.tensors.get(f"{name}.{half}") for half in ("lora_a", "lora_b")]
        target = base.tensors.get(name)
        shapes = [half.shape if half else () for half in halves]
        if target is None or [len(shape) for shape in shapes] != [2, 2]:
            raise UserError(f"the adapter does not fit the base: {name} is not in both", where=where)
        (rank, inputs), (outputs, rank_b) = shapes
        if rank != rank_b or target.shape != (outputs, inputs):
            raise UserError(f"the adapter does not fit the base: {name} is of another shape", where=where)


def _output(model: GgufFile, lora: Lora, name: str, kind: Kind | None) -> Output:
    """A tensor of the merged model, of this kind where it is a matrix, else as it is in the base."""
    tensor = model.tensors[name]
    number = _number(tensor, kind)

    def rows() -> Iterator[Packed]:
        packed = model.packed(name)
        update = lora.update(name) if name in lora.names else None
        for part in chunks(tensor.shape):
            if number == tensor.kind and update is None:
                yield packed[part]
                continue
            values = unpack(packed[part], tensor.kind, name)
            if update is not None:
                b, a = update
                values = values + b[part] @ a
            yield pack(values, number, name)

    return Output(name, tensor.shape, number, rows)


def _number(tensor: TensorInfo, kind: Kind | None) -> int:
    if kind is None or len(tensor.shape) < 2:
        return tensor.kind
    return Q8_0 if kind == "q8_0" and tensor.shape[-1] % 32 == 0 else F16


def _pairs(model: GgufFile, adapter: GgufFile, kind: Kind) -> list[bytes]:
    kept = [model.pair(key) for key in model.header.layout.pairs if key != _REPLACED]
    own = of_header(adapter.header, str(adapter.path))
    if own is not None:
        kept += [entry(key, value) for key, value in to_keys(own).items()]
    return [
        *kept,
        entry(_REPLACED, _FILE_TYPES[kind]),
        entry(ADAPTER_SHA256, current_hash(adapter.path)),
    ]
