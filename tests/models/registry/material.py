"""Small files for the tests of the registry: real GGUF by the official writer, wheels, entries."""

from __future__ import annotations

import base64
import functools
import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from models.paths import models_dir
from models.registry.entry import HubFile, ModelEntry, PackagePart, Sources
from models.registry.index import Known
from models.registry.progress import Silent
from tests.stubs.hub import HubStub

REPO, FILE, NAME = "someone/small-GGUF", "small.gguf", "small"


def sha256(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@functools.cache
def model_bytes(
    weights: int = 40_000, name: str = "Small", *, adapter: bool = False, split: int = 0
) -> bytes:
    """A GGUF file as its official writer makes it, with a vocabulary and a tensor of 4 bytes a weight."""
    import gguf
    import numpy as np

    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_name(name)
        writer.add_license("mit")
        if adapter:
            writer.add_type("adapter")
        else:
            writer.add_context_length(512)
            writer.add_file_type(gguf.LlamaFileType.ALL_F32)
            writer.add_token_list(["<s>", "a", "é", ""])
            writer.add_token_scores([0.0, 1.0, 2.0, 3.0])
        if split:
            writer.add_uint16("split.count", split)
        writer.add_tensor("output.weight", np.arange(weights, dtype=np.float32).reshape(-1, 8))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path.read_bytes()


def pieces_of(data: bytes, count: int) -> list[bytes]:
    """The data in so many pieces, the last one shorter."""
    size = -(-len(data) // count) + 1
    return [data[at : at + size] for at in range(0, len(data), size)]


def part_of(piece: bytes, number: int) -> PackagePart:
    """What the catalogue says of a piece."""
    return PackagePart(name=f"small-part{number}", version="1.0", sha256=sha256(piece), size_bytes=len(piece))


def write_wheel(folder: Path, number: int, piece: bytes, *, copies: int = 1) -> Path:
    """A wheel that holds a piece, or several copies of it."""
    package, info = f"small_part{number}", f"small_part{number}-1.0.dist-info"
    files = {
        f"{package}/__init__.py": b"",
        **{f"{package}/data/part{number:02}{'x' * copy}.bin": piece for copy in range(copies)},
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: small-part{number}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b'=').decode()},{len(body)}"
        for name, body in files.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]).encode()
    path = folder / f"small_part{number}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, body in files.items():
            wheel.writestr(name, body)
    return path


def known_model(
    data: bytes, *, hub: bool = True, pieces: Sequence[bytes] = (), known_hash: bool = True, **changes: Any
) -> Known[ModelEntry]:
    """A model of a catalogue, whose file is or will be this data."""
    entry = ModelEntry(
        name=NAME,
        base="someone/small",
        file=FILE,
        size_bytes=len(data) if known_hash else None,
        sha256=sha256(data) if known_hash else None,
        licence="MIT",
        parameters=40_000,
        quantisation="F32",
        context_tokens=512,
        sources=Sources(
            hub=HubFile(repo_id=REPO, filename=FILE) if hub else None,
            packages=tuple(part_of(piece, number) for number, piece in enumerate(pieces, 1)),
        ),
    )
    return Known(entry.model_copy(update=changes), models_dir() / FILE, "catalogue")


def write_catalogue(home: Path, data: bytes, *, known_hash: bool = True) -> None:
    """Make the small model, on the Hub only, part of the user's own catalogue."""
    fixed = f'size_bytes = {len(data)}\nsha256 = "{sha256(data)}"\n' if known_hash else ""
    home.mkdir(parents=True, exist_ok=True)
    (home / "models.toml").write_text(
        f'[[models]]\nname = "{NAME}"\nbase = "someone/small"\nparameters = 40000\nquantisation = "F32"\n'
        f'file = "{FILE}"\nlicence = "MIT"\ncontext_tokens = 512\n{fixed}'
        f'[models.sources]\nhub = {{ repo_id = "{REPO}", filename = "{FILE}" }}\n',
        encoding="utf-8",
    )


@contextmanager
def hub_with(data: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubStub]:
    """A Hub that has the small model, and to which HF_ENDPOINT points."""
    from huggingface_hub import close_session

    with HubStub({(REPO, FILE): data}) as stub:
        monkeypatch.setenv("HF_ENDPOINT", stub.url)
        yield stub
        close_session()


class Heard(Silent):
    """Remembers the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, line: str) -> None:
        self.notes.append(line)
