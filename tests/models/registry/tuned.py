"""A tiny model with an adapter of its own in the user's catalogue."""

from __future__ import annotations

from pathlib import Path

from models.backends.base import CodeBy
from models.calibration import Calibration
from models.export.gguf_file import GgufFile, Output, entry, write_file
from models.export.metadata import AdapterMetadata, to_keys
from tests.models.registry.material import sha256

CALIBRATION = Calibration(scale=2.0, bias=1.0)


def with_metadata(lora: Path, code_by: CodeBy = "adapter") -> bytes:
    """The adapter with what ClarifyCoder writes into its files."""
    file = GgufFile(lora)
    metadata = AdapterMetadata(
        name="tuned",
        base="someone/tiny",
        recipe="r",
        calibration=CALIBRATION,
        licence="MIT",
        code_by=code_by,
    )
    pairs = [file.pair(key) for key in file.header.layout.pairs]
    pairs += [entry(key, value) for key, value in to_keys(metadata).items()]
    tensors = [
        Output(name, tensor.shape, tensor.kind, lambda name=name: iter([file.packed(name)]))  # type: ignore[misc]
        for name, tensor in file.tensors.items()
    ]
    whole = lora.with_suffix(".whole")
    write_file(whole, pairs, tensors, alignment=32)
    return whole.read_bytes()


def write_catalogue(home: Path, model: bytes, adapter: bytes, code_by: CodeBy | None = None) -> None:
    """The user's catalogue: a model whose file is there, and its adapter, whose file is written.

    Args:
        home: of the test.
        model: content of `models/tiny.gguf`.
        adapter: content of its adapter's file.
        code_by: what the catalogue says of who writes code; None says nothing.
    """
    said = "" if code_by is None else f'code_by = "{code_by}"'
    (home / "models" / "tuned.gguf").write_bytes(adapter)
    (home / "models.toml").write_text(
        f'''default = "tiny"

[[models]]
name = "tiny"
base = "someone/tiny"
parameters = 1000
quantisation = "F32"
file = "tiny.gguf"
size_bytes = {len(model)}
sha256 = "{sha256(model)}"
licence = "MIT"
context_tokens = 1024
adapter = "tuned"
sources.hub = {{ repo_id = "someone/tiny", filename = "tiny.gguf" }}

[[adapters]]
name = "tuned"
base = "someone/tiny"
file = "tuned.gguf"
size_bytes = {len(adapter)}
sha256 = "{sha256(adapter)}"
licence = "MIT"
merge = true
{said}
sources.hub = {{ repo_id = "someone/tiny", filename = "tuned.gguf" }}
''',
        encoding="utf-8",
    )
