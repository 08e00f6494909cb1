"""Reads the head of a GGUF file: is it one, is it whole, and what does it say about itself.

It reads no weights and loads no engine. Every length in the file is distrusted, so that a truncated or
hostile file gives an error and not a crash. Layout: the GGUF specification of the ggml project, v2 and v3.
"""

from __future__ import annotations

import math
import mmap
import struct
from dataclasses import dataclass, replace
from pathlib import Path

from models.errors import UserError

# fmt: off
# ggml type -> (weights per block, bytes per block).
BLOCKS: dict[int, tuple[int, int]] = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24),
    8: (32, 34), 9: (32, 40), 10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176),
    14: (256, 210), 15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50),
    20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2),
    26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54),
    35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18),
}

# `general.file_type` -> llama.cpp's name of the mixture.
FILE_TYPES: dict[int, str] = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1",
    10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S",
    17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS",
    24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS",
    31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4_MOE", 39: "NVFP4", 40: "Q1_0",
}
# fmt: on

_STRING, _ARRAY = 8, 9
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_ALIGNMENT = 32
_DEEPEST = 4  # nesting of arrays, and dimensions of a tensor


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One tensor of a file.

    Args:
        shape: its sizes, the outermost first, as numpy has them (the file has them the other way round).
        kind: number of its ggml type.
        start: where its bytes begin in the file.
        size_bytes: how many they are; 0 for a type that is not known.
    """

    shape: tuple[int, ...]
    kind: int
    start: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a file lie.

    Args:
        pairs: start and end of each metadata entry in the file, by its key.
        alignment: of the tensors, in bytes.
        tensors: by name, in the file's order.
    """

    pairs: dict[str, tuple[int, int]]
    alignment: int
    tensors: dict[str, TensorInfo]


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says about itself.

    Args:
        values: the metadata, arrays left out.
        layout: where its parts lie.
    """

    values: dict[str, str | int | float | bool]
    layout: Layout

    @property
    def parameters(self) -> int:
        """Number of weights in all tensors."""
        return sum(math.prod(tensor.shape) for tensor in self.layout.tensors.values())

    def text(self, key: str) -> str | None:
        """The text at a key; None when there is none."""
        value = self.values.get(key)
        return value if isinstance(value, str) and value else None

    def number(self, key: str) -> int | None:
        """The whole number at a key; None when there is none."""
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def architecture(self) -> str:
        """llama.cpp's name of the architecture, such as `qwen2`."""
        return self.text("general.architecture") or "unknown"

    @property
    def is_adapter(self) -> bool:
        """Whether this is a LoRA and not a model."""
        return self.text("general.type") == "adapter"

    @property
    def context_tokens(self) -> int | None:
        """The longest context that the model was made for."""
        return self.number(f"{self.architecture}.context_length")

    @property
    def quantisation(self) -> str:
        """How most weights are stored, as llama.cpp names it."""
        kind = self.number("general.file_type")
        return FILE_TYPES.get(kind, f"type {kind}") if kind is not None else "unknown"


class _Truncated(Exception):
    """The file ends before what it announces."""


class _Malformed(Exception):
    """The file holds what no GGUF file may hold."""


class _Cursor:
    """Reads little-endian values from a buffer, and never past its end."""

    def __init__(self, buffer: mmap.mmap) -> None:
        self._buffer = buffer
        self._end = len(buffer)
        self.position = 0

    def skip(self, count: int) -> None:
        if count > self._end - self.position:
            raise _Truncated
        self.position += count

    def scalar(self, code: str) -> int | float | bool:
        start = self.position
        self.skip(struct.calcsize("<" + code))
        value: int | float | bool = struct.unpack_from("<" + code, self._buffer, start)[0]
        return value

    def count(self, code: str = "Q") -> int:
        return int(self.scalar(code))

    def text(self) -> str:
        length = self.count()
        start = self.position
        self.skip(length)
        return self._buffer[start : start + length].decode("utf-8", errors="replace")

    def skip_texts(self, count: int) -> None:
        # A vocabulary has hundreds of thousands of these: locals, no calls of our own.
        buffer, end, position = self._buffer, self._end, self.position
        unpack = struct.Struct("<Q").unpack_from
        for _ in range(count):
            if position + 8 > end:
                raise _Truncated
            position += 8 + unpack(buffer, position)[0]
        if position > end:
            raise _Truncated
        self.position = position


def read_header(path: Path) -> GgufHeader:
    """Read and check the head of a GGUF file.

    Raises:
        UserError: there is no such file, it is not GGUF, or it ends before its weights do.
    """
    if not path.exists():
        raise UserError("no such file", where=str(path))
    if not path.is_file():
        raise UserError("not a file", where=str(path), do="name the .gguf file itself")
    try:
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise UserError("not a GGUF file", where=str(path))
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as buffer:
                return _parse(_Cursor(buffer), size=len(buffer))
    except _Truncated as error:
        raise UserError("the file is truncated", where=str(path), do="fetch it again") from error
    except _Malformed as error:
        raise UserError(f"a broken GGUF file: {error}", where=str(path), do="fetch it again") from error
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror or error}", where=str(path)) from error


def _parse(cursor: _Cursor, size: int) -> GgufHeader:
    cursor.skip(4)
    version = cursor.count("I")
    if version not in {2, 3}:
        raise _Malformed(f"version {version} (little-endian 2 and 3 are known)")
    tensors, pairs = cursor.count(), cursor.count()
    values: dict[str, str | int | float | bool] = {}
    spans: dict[str, tuple[int, int]] = {}
    for _ in range(pairs):
        start = cursor.position
        key = cursor.text()
        value = _value(cursor, cursor.count("I"))
        if value is not None:
            values[key] = value
        spans[key] = (start, cursor.position)
    alignment = values.get("general.alignment") or _ALIGNMENT
    if not isinstance(alignment, int) or alignment < 1:
        raise _Malformed(f"alignment {alignment}")
    return GgufHeader(values, Layout(spans, alignment, _tensors(cursor, tensors, alignment, size)))


def _value(cursor: _Cursor, kind: int, depth: int = 0) -> str | int | float | bool | None:
    """One metadata value; arrays are skipped and give None."""
    if kind == _STRING:
        return cursor.text()
    if kind in _SCALARS:
        return cursor.scalar(_SCALARS[kind])
    if kind != _ARRAY or depth > _DEEPEST:
        raise _Malformed(f"value type {kind}")
    inner, count = cursor.count("I"), cursor.count()
    if inner in _SCALARS:
        cursor.skip(count * struct.calcsize("<" + _SCALARS[inner]))
    elif inner == _STRING:
        cursor.skip_texts(count)
    else:
        for _ in range(count):
            _value(cursor, inner, depth + 1)
    return None


def _tensors(cursor: _Cursor, count: int, alignment: int, size: int) -> dict[str, TensorInfo]:
    """Read the table of tensors, check that the file holds the last byte of each."""
    listed: list[tuple[str, TensorInfo]] = []
    last = 0
    for _ in range(count):
        name = cursor.text()
        dimensions = cursor.count("I")
        if dimensions > _DEEPEST:
            raise _Malformed(f"a tensor of {dimensions} dimensions")
        shape = tuple(cursor.count() for _ in range(dimensions))[::-1]
        kind, offset = cursor.count("I"), cursor.count()
        weights = math.prod(shape)
        # Of a type newer than the table only the start can be checked.
        per_block, block = BLOCKS.get(kind, (weights or 1, 0))
        tensor = TensorInfo(shape, kind, offset, weights // per_block * block)
        last = max(last, offset + (tensor.size_bytes or 1))
        listed.append((name, tensor))
    start = -(-cursor.position // alignment) * alignment
    if start + last > size:
        raise _Truncated
    return {name: replace(tensor, start=start + tensor.start) for name, tensor in listed}
