"""An adapter as GGUF: the file says what it is; what GGUF cannot hold is refused by name."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.backends.base import CodeBy
from models.calibration import Calibration
from models.errors import UserError
from models.export.lora_gguf import write_lora
from models.export.metadata import AdapterMetadata, read_metadata
from models.export.peft_folder import CONFIG, WEIGHTS, permute
from models.registry.gguf_header import read_header
from tests.models.export.material import METADATA
from tests.models.export.tiny import train_lora, transformers_model, write_gguf

Change = Callable[[Path, dict[str, Any]], None]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(transformers_model("qwen2"), tmp_path_factory.mktemp("base") / "base.gguf", "qwen2")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    train_lora("qwen2", folder)
    return folder


def alpha_of(path: Path) -> float:
    value = read_header(path).values["adapter.lora.alpha"]
    assert isinstance(value, float)
    return value


def test_the_file_says_what_it_is(base: Path, saved: Path, tmp_path: Path) -> None:
    write_lora(saved, base, tmp_path / "lora.gguf", METADATA)
    header = read_header(tmp_path / "lora.gguf")
    assert header.is_adapter
    assert header.architecture == "qwen2"
    assert header.text("general.name") == "tuned"
    assert header.text("general.license") == "Apache-2.0"
    assert header.text("general.base_model.0.name") == "someone/tiny"
    assert (alpha_of(tmp_path / "lora.gguf"), len(header.layout.tensors)) == (16.0, 2 * 2 * 7)
    assert read_metadata(tmp_path / "lora.gguf") == METADATA


@given(
    name=st.text(min_size=1).filter(lambda text: "\x00" not in text),
    recipe=st.text(),
    calibration=st.none() | st.builds(Calibration, scale=st.floats(0, 1e6), bias=st.floats(-1e6, 1e6)),
    digest=st.none() | st.just("0f" * 32),
    code_by=st.sampled_from(["base", "adapter"]),
)
def test_metadata_comes_back_as_it_went(
    tmp_path_factory: pytest.TempPathFactory,
    base: Path,
    name: str,
    recipe: str,
    calibration: Calibration | None,
    digest: str | None,
    code_by: CodeBy,
) -> None:
    from models.export.gguf_file import entry, write_file
    from models.export.metadata import to_keys

    path = tmp_path_factory.mktemp("metadata") / "file.gguf"
    metadata = AdapterMetadata(
        name=name,
        base="b",
        base_sha256=digest,
        recipe=recipe,
        data_sha256=digest,
        calibration=calibration,
        licence="x",
        code_by=code_by,
    )
    write_file(path, [entry(key, value) for key, value in to_keys(metadata).items()], [], alignment=32)
    assert read_metadata(path) == metadata


def test_a_file_that_says_nothing_of_code_leaves_it_to_the_adapter(tmp_path: Path) -> None:
    from models.export.gguf_file import entry, write_file
    from models.export.metadata import to_keys

    keys = to_keys(METADATA)
    assert keys.pop("clarify.code_by") == "adapter"
    write_file(tmp_path / "a", [entry(key, value) for key, value in keys.items()], [], alignment=32)
    assert read_metadata(tmp_path / "a") == METADATA


def test_other_files_have_no_metadata(base: Path) -> None:
    assert read_metadata(base) is None


@pytest.mark.parametrize(
    ("pairs", "line"),
    [
        ({"clarify.format": 2}, "adapter metadata of format 2; update clarifycoder"),
        ({"clarify.format": 1}, "broken adapter metadata: name: "),
        (
            {"clarify.format": 1, "clarify.name": "a", "clarify.base": "b", "clarify.recipe": "r",
             "clarify.licence": "l", "clarify.calibration.scale": -1.0, "clarify.calibration.bias": 0.0},
            "broken adapter metadata: calibration.scale: ",
        ),
        (
            {"clarify.format": 1, "clarify.name": "a", "clarify.base": "b", "clarify.recipe": "r",
             "clarify.licence": "l", "clarify.code_by": "me"},
            "broken adapter metadata: code_by: ",
        ),
    ],
)  # fmt: skip
def test_broken_metadata_is_a_line(tmp_path: Path, pairs: dict[str, str | int | float], line: str) -> None:
    from models.export.gguf_file import entry, write_file

    path = tmp_path / "file.gguf"
    write_file(path, [entry(key, value) for key, value in pairs.items()], [], alignment=32)
    with pytest.raises(UserError, match=line) as caught:
        read_metadata(path)
    assert caught.value.where == str(path)


def test_rank_stabilised_alpha_is_said_in_llama_cpps_terms(base: Path, tmp_path: Path) -> None:
    train_lora("qwen2", tmp_path / "peft", r=9, lora_alpha=6, use_rslora=True)
    write_lora(tmp_path / "peft", base, tmp_path / "lora.gguf", METADATA)
    assert alpha_of(tmp_path / "lora.gguf") / 9 == pytest.approx(6 / math.sqrt(9))


@pytest.mark.parametrize("architecture", ["qwen2", "llama"])
def test_a_folder_serves_as_the_base_too(tmp_path: Path, architecture: str) -> None:
    model = transformers_model(architecture)
    file = write_gguf(model, tmp_path / "base.gguf", architecture)
    model.save_pretrained(tmp_path / "base")
    train_lora(architecture, tmp_path / "peft")
    for name, base in (("by-file", file), ("by-folder", tmp_path / "base")):
        write_lora(tmp_path / "peft", base, tmp_path / name, METADATA)
    assert (tmp_path / "by-file").read_bytes() == (tmp_path / "by-folder").read_bytes()


@given(heads=st.integers(1, 4), half=st.integers(1, 5), columns=st.integers(1, 3))
def test_permuting_puts_the_halves_of_a_head_side_by_side(heads: int, half: int, columns: int) -> None:
    rows = np.arange(heads * 2 * half * columns, dtype=np.float32).reshape(-1, columns)
    found = permute(rows, heads)
    for head in range(heads):
        for pair in range(half):
            first = head * 2 * half
            assert (found[first + 2 * pair] == rows[first + pair]).all()
            assert (found[first + 2 * pair + 1] == rows[first + half + pair]).all()


def _setting(**changes: object) -> Change:
    return lambda _, config: config.update(changes)


def _tensor(key: str, values: Any = None) -> Change:
    def change(folder: Path, _: dict[str, Any]) -> None:
        from safetensors.numpy import load_file, save_file

        tensors = load_file(folder / WEIGHTS)
        if values is None:
            del tensors[key]
        else:
            tensors[key] = values
        save_file(tensors, folder / WEIGHTS)

    return change


def _truncate(folder: Path, _: dict[str, Any]) -> None:
    content = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(content[: len(content) // 2])


def _nonsense(folder: Path, _: dict[str, Any]) -> None:
    (folder / WEIGHTS).write_bytes(b"x" * 9)


_QUERIES = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
_REFUSED: dict[str, tuple[Change, str]] = {
    "another kind": (_setting(peft_type="IA3"), "a IA3 adapter, not a LoRA"),
    "DoRA": (_setting(use_dora=True), "GGUF cannot hold this adapter, which has DoRA"),
    "whole modules": (_setting(modules_to_save=["lm_head"]), "whole modules saved beside it"),
    "trained tokens": (_setting(trainable_token_indices=[1]), "trained tokens"),
    "biases": (_setting(bias="lora_only"), "biases"),
    "other ranks": (_setting(rank_pattern={"q_proj": 2}), "a rank that differs"),
    "other alphas": (_setting(alpha_pattern={"q_proj": 2}), "an alpha that differs"),
    "a changed base": (_setting(init_lora_weights="pissa_niter_4"), "belongs to a changed base"),
    "no rank": (_setting(r=None), "it has no rank or no alpha"),
    "wrong rank": (_setting(r=5), "has no A and B of rank 5"),
    "embeddings": (
        _tensor("base_model.model.model.embed_tokens.lora_embedding_A", np.zeros((8, 259), np.float32)),
        "GGUF cannot hold base_model.model.model.embed_tokens.lora_embedding_A",
    ),
    "the output layer": (
        _tensor("base_model.model.lm_head.lora_A.weight", np.zeros((8, 256), np.float32)),
        "GGUF cannot hold base_model.model.lm_head.lora_A.weight",
    ),
    "a layer too many": (
        _tensor("base_model.model.model.layers.7.mlp.up_proj.lora_A.weight", np.zeros((8, 256), np.float32)),
        r"GGUF cannot hold base_model.model.model.layers.7",
    ),
    "half of a pair": (_tensor(_QUERIES), "blk.0.attn_q.weight has no A and B of rank 8"),
    "not a number": (_tensor(_QUERIES, np.full((8, 256), np.nan, np.float32)), "numbers that are not finite"),
    "too large": (_tensor(_QUERIES, np.full((8, 256), 1e6, np.float32)), "numbers that 16 bits cannot hold"),
    "another width": (
        _tensor(_QUERIES, np.ones((8, 32), np.float32)),
        "is 256 x 256 there",
    ),
    "a torn file": (_truncate, "the file is truncated|a broken safetensors file"),
    "no weights": (lambda folder, _: (folder / WEIGHTS).unlink(), "no such file; save the adapter as"),
    "no safetensors": (
        lambda folder, _: (folder / WEIGHTS).write_bytes(b"x" * 9) and None,
        "a broken safetensors",
    ),
}


@pytest.mark.parametrize("kind", _REFUSED)
def test_what_gguf_cannot_hold_is_refused(base: Path, saved: Path, tmp_path: Path, kind: str) -> None:
    import shutil

    change, line = _REFUSED[kind]
    folder = tmp_path / "peft"
    shutil.copytree(saved, folder)
    config = json.loads((folder / CONFIG).read_text("utf-8"))
    change(folder, config)
    (folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(UserError, match=line) as caught:
        write_lora(folder, base, tmp_path / "out.gguf", METADATA)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir() if path.name != "work"] == ["peft"]


def test_a_base_of_an_unknown_architecture_is_refused(saved: Path, tmp_path: Path) -> None:
    from tests.stubs.tiny_gguf import write_tiny_model

    other = write_tiny_model(tmp_path / "other.gguf", architecture="gemma")
    with pytest.raises(UserError, match="adapters for gemma cannot be exported; known are: llama, qwen2"):
        write_lora(saved, other, tmp_path / "out.gguf", METADATA)
    with pytest.raises(UserError, match="no such file"):
        write_lora(saved, tmp_path, tmp_path / "out.gguf", METADATA)  # a folder without config.json
