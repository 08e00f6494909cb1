"""Reads and writes whole GGUF files row by row: memory for some rows, not for a model.

The metadata of the file that is read is copied byte for byte, so that tokenizer and chat template stay what
they are; reading and writing it through values would take ten seconds and half a gigabyte for a vocabulary of
150,000 words.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from models.errors import UserError
from models.registry.gguf_header import BLOCKS, GgufHeader, TensorInfo, read_header

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]
    Packed = NDArray[np.uint8]

F32, F16, Q8_0 = 0, 1, 8  # ggml's numbers

_MAGIC, _VERSION = b"GGUF", 3
_STRING = 8
_F16_MOST = 65504.0
_CHUNK_WEIGHTS = 4 * 2**20


class GgufFile:
    """A GGUF file to read from.

    Args:
        path: the file.

    Raises:
        UserError: it is not a whole GGUF file.
    """

    def __init__(self, path: Path) -> None:
        import numpy as np

        self.path = path
        self.header: GgufHeader = read_header(path)
        self._bytes = np.memmap(path, mode="r")

    @property
    def tensors(self) -> Mapping[str, TensorInfo]:
        """By name, in the file's order."""
        return self.header.layout.tensors

    def pair(self, key: str) -> bytes:
        """A metadata entry as it stands in the file."""
        start, end = self.header.layout.pairs[key]
        return self._bytes[start:end].tobytes()

    def packed(self, name: str) -> Packed:
        """A tensor as it is stored, shape (rows, bytes of a row); mapped, not copied.

        Raises:
            UserError: its type is not known.
        """
        tensor = self.tensors[name]
        if not tensor.size_bytes:
            raise UserError(f"{name} is of an unknown type ({tensor.kind})", where=str(self.path))
        rows = math.prod(tensor.shape[:-1])
        return self._bytes[tensor.start : tensor.start + tensor.size_bytes].reshape(rows, -1)

    def matrix(self, name: str) -> Rows:
        """A whole tensor as 32-bit floats, in its own shape.

        Raises:
            UserError: its type cannot be unpacked.
        """
        return unpack(self.packed(name), self.tensors[name].kind, name).reshape(self.tensors[name].shape)


@dataclass(frozen=True, slots=True)
class Output:
    """A tensor to be written.

    Args:
        name: of the tensor.
        shape: outermost size first.
        kind: number of its ggml type.
        rows: gives its content piece by piece, packed, in order.
    """

    name: str
    shape: tuple[int, ...]
    kind: int
    rows: Callable[[], Iterator[Packed]]

    @property
    def size_bytes(self) -> int:
        """How much it takes in the file."""
        per_block, block = BLOCKS[self.kind]
        return math.prod(self.shape) // per_block * block


def write_file(
    path: Path,
    pairs: Sequence[bytes],
    tensors: Sequence[Output],
    *,
    alignment: int,
    on_bytes: Callable[[int], None] | None = None,
) -> None:
    """Write a GGUF file.

    Args:
        path: of the file.
        pairs: metadata entries as `entry` makes them, or as another file has them.
        tensors: in the order they will have.
        alignment: of the tensors, in bytes; the same as `general.alignment` among the pairs, if it is there.
        on_bytes: told how many bytes of tensors are written.
    """
    with path.open("wb") as file:
        file.write(_MAGIC + struct.pack("<IQQ", _VERSION, len(tensors), len(pairs)))
        for pair in pairs:
            file.write(pair)
        offset = 0
        for tensor in tensors:
            file.write(_text(tensor.name) + struct.pack("<I", len(tensor.shape)))
            file.write(struct.pack(f"<{len(tensor.shape)}QIQ", *reversed(tensor.shape), tensor.kind, offset))
            offset += _padded(tensor.size_bytes, alignment)
        file.write(bytes(_padded(file.tell(), alignment) - file.tell()))
        done = 0
        for tensor in tensors:
            done += _write_tensor(file, tensor)
            file.write(bytes(_padded(file.tell(), alignment) - file.tell()))
            if on_bytes is not None:
                on_bytes(done)


def entry(key: str, value: str | int | float) -> bytes:
    """A metadata entry: a text, a whole number of 32 bits, or a float of 64."""
    match value:
        case str():
            return _text(key) + struct.pack("<I", _STRING) + _text(value)
        case int():
            return _text(key) + struct.pack("<II", 4, value)
        case float():
            return _text(key) + struct.pack("<Id", 12, value)


def unpack(packed: Packed, kind: int, name: str) -> Rows:
    """Rows as 32-bit floats.

    Raises:
        UserError: the type cannot be unpacked.
    """
    import gguf

    with _known_types(name):
        return gguf.dequantize(packed, gguf.GGMLQuantizationType(kind))


def pack(rows: Rows, kind: int, name: str) -> Packed:
    """Rows as a type stores them.

    Raises:
        UserError: a number is too large for the type, or nothing packs it.
    """
    import gguf
    import numpy as np

    if kind == F16 and float(np.abs(rows).max(initial=0.0)) > _F16_MOST:
        raise UserError(f"{name} holds numbers that 16 bits cannot hold", do="use q8_0")
    with _known_types(name):
        packed: Any = gguf.quantize(np.ascontiguousarray(rows), gguf.GGMLQuantizationType(kind))
    return packed.view(np.uint8)  # type: ignore[no-any-return]


def chunks(shape: tuple[int, ...]) -> Iterator[slice]:
    """Slices over the rows of a tensor, each of some million weights."""
    rows, width = math.prod(shape[:-1]), shape[-1]
    step = max(1, _CHUNK_WEIGHTS // width)
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def _write_tensor(file: BinaryIO, tensor: Output) -> int:
    written = 0
    for piece in tensor.rows():
        written += file.write(piece.tobytes())
    assert written == tensor.size_bytes, tensor.name
    return written


@contextmanager
def _known_types(name: str) -> Iterator[None]:
    try:
        yield
    except (NotImplementedError, ValueError) as error:
        raise UserError(f"the type of {name} cannot be converted: {error}") from error


def _text(text: str) -> bytes:
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def _padded(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment
