"""The head of a GGUF file: what the official writer writes is read, and nothing crashes the reader."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import UserError
from models.registry.gguf_header import BLOCKS, FILE_TYPES, read_header
from tests.models.registry.material import model_bytes

SMALL = model_bytes(800)
# The file's folder may serve all examples: each one rewrites the file.
many = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "file.gguf"
    path.write_bytes(content)
    return path


def test_what_the_official_writer_wrote_is_read(tmp_path: Path) -> None:
    header = read_header(written(tmp_path, SMALL))
    assert header.architecture == "llama"
    assert header.context_tokens == 512
    assert header.quantisation == "F32"
    assert header.parameters == 800
    assert header.text("general.name") == "Small"
    assert header.text("general.license") == "mit"
    assert not header.is_adapter
    assert read_header(written(tmp_path, model_bytes(adapter=True))).is_adapter


def test_the_tables_are_those_of_the_official_library() -> None:
    import gguf

    official = {int(kind): sizes for kind, sizes in gguf.GGML_QUANT_SIZES.items()}
    assert {kind: BLOCKS[kind] for kind in official} == official
    named = {int(kind): kind.name for kind in gguf.LlamaFileType if kind.name != "GUESSED"}
    assert {kind: FILE_TYPES[kind] for kind in named} == {
        kind: name.removeprefix("ALL_").removeprefix("MOSTLY_") for kind, name in named.items()
    }


@pytest.mark.model
def test_the_real_model_is_read(model_path: Path) -> None:
    header = read_header(model_path)
    assert (header.architecture, header.context_tokens, header.quantisation) == ("qwen2", 32768, "Q4_K_M")


@many
@given(kept=st.integers(0, len(SMALL) - 1))
def test_a_file_that_ends_too_soon_is_refused(tmp_path: Path, kept: int) -> None:
    with pytest.raises(UserError, match="truncated" if kept >= 4 else "not a GGUF file"):
        read_header(written(tmp_path, SMALL[:kept]))


@many
@given(at=st.integers(4, len(SMALL) - 3201), value=st.binary(min_size=1, max_size=9))
def test_damage_gives_an_error_or_a_header_and_never_a_crash(tmp_path: Path, at: int, value: bytes) -> None:
    damaged = SMALL[:at] + value + SMALL[at + len(value) :]
    with suppress(UserError):
        assert read_header(written(tmp_path, damaged)).parameters >= 0


@many
@given(content=st.binary(max_size=200))
def test_anything_behind_the_magic_is_survived(tmp_path: Path, content: bytes) -> None:
    with suppress(UserError):
        read_header(written(tmp_path, b"GGUF" + content))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "not a GGUF file"),
        (b"PK\x03\x04" + bytes(100), "not a GGUF file"),
        (b"GGUF" + struct.pack(">I", 3) + bytes(100), "version 50331648"),
        (b"GGUF" + struct.pack("<I", 1) + bytes(100), "version 1 "),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60) + bytes(100), "value type|truncated"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0) + bytes(100), "truncated"),
        (b"GGUF" + struct.pack("<IQQQI", 3, 0, 1, 0, 77) + bytes(100), "value type 77"),
        (b"GGUF" + struct.pack("<IQQQIIQ", 3, 0, 1, 0, 9, 8, 2**60) + bytes(100), "truncated"),
        (b"GGUF" + struct.pack("<IQQQI", 3, 1, 0, 0, 99) + bytes(100), "99 dimensions"),
    ],
)
def test_what_is_no_gguf_file_is_told_apart(tmp_path: Path, content: bytes, line: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(UserError, match=line) as caught:
        read_header(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_missing_file_and_a_folder_are_lines(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_header(tmp_path / "gone.gguf")
    with pytest.raises(UserError, match="not a file"):
        read_header(tmp_path)
