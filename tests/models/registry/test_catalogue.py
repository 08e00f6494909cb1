"""The catalogues: the shipped one is right, and a wrong entry is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import UserError
from models.export.metadata import read_metadata
from models.registry import catalogue, index
from models.registry.entry import AdapterEntry
from models.registry.hashes import hash_file
from tests.models.registry.material import write_catalogue

ENTRY = """
[[models]]
name = "small"
base = "someone/small"
parameters = 40000
quantisation = "F32"
file = "small.gguf"
licence = "MIT"
context_tokens = 512
"""
ADAPTER = '\n[[adapters]]\nname = "tuned"\nbase = "someone/small"\nfile = "tuned.gguf"\nlicence = "MIT"\n'
HASH = 'sha256 = "' + "0" * 64 + '"\n'
PIECE = 'packages = [{ name = "p1", version = "1", size_bytes = 3, sha256 = "' + "0" * 64 + '" }]\n'


def test_the_shipped_catalogue_has_the_models_that_were_promised() -> None:
    shipped = catalogue.shipped()
    facts = {entry.name: (entry.size_bytes, entry.sha256, entry.licence) for entry in shipped.models}
    assert shipped.default == "qwen2.5-coder-0.5b"
    assert facts == {
        "qwen2.5-coder-0.5b": (
            491400064,
            "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            "Apache-2.0",
        ),
        "qwen2.5-coder-1.5b": (
            1117320768,
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            "Apache-2.0",
        ),
        "deepseek-coder-6.7b": (None, None, "deepseek"),
    }
    assert all(entry.sources.hub for entry in shipped.models)
    assert [len(entry.sources.packages) for entry in shipped.models] == [6, 22, 0]


@pytest.mark.parametrize("adapter", catalogue.shipped().adapters, ids=lambda adapter: adapter.name)
def test_a_shipped_adapter_is_what_the_catalogue_says(adapter: AdapterEntry) -> None:
    if not adapter.is_shipped:
        pytest.skip("it is fetched")
    path = catalogue.shipped_adapter(adapter)
    assert (hash_file(path), path.stat().st_size) == (adapter.sha256, adapter.size_bytes)
    assert path.stat().st_size <= 20 * 10**6
    metadata = read_metadata(path)
    assert metadata is not None
    assert (metadata.base, metadata.licence) == (adapter.base, adapter.licence)
    assert metadata.calibration is not None
    models = catalogue.shipped().models
    assert metadata.base_sha256 in {model.sha256 for model in models if model.base == adapter.base}
    used_by = {model.sha256 for model in models if model.adapter == adapter.name}
    assert used_by <= {metadata.base_sha256}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("default = 1 1", "not TOML"),
        ('default = "nobody"', "the default `nobody` is not among the models"),
        (ENTRY + 'colour = "red"', "models.`small`.colour: extra inputs are not permitted"),
        (ENTRY + 'sha256 = "abc"', "models.`small`.sha256: string should match pattern"),
        (ENTRY.replace('"small.gguf"', '"../small.gguf"'), "models.`small`.file: string should match"),
        (ENTRY.replace('"small.gguf"', '".."'), "models.`small`.file: string should match"),
        (ENTRY.replace("512", "0"), "models.`small`.context_tokens: input should be greater than 0"),
        (ENTRY.replace('licence = "MIT"\n', ""), "models.`small`.licence: field required"),
        (ENTRY.replace('name = "small"', 'name = "a:b"'), "models.`a:b`.name: string should match pattern"),
        (ENTRY + ENTRY, "`small` is there twice"),
        (ENTRY + ENTRY.replace('"small"', '"other"'), "`small.gguf` is there twice"),
        (ENTRY + 'adapter = "tuned"', "`small` names `tuned`, which is no adapter for its base"),
        (
            ENTRY + 'adapter = "tuned"' + (ADAPTER + HASH).replace("someone/small", "someone/else"),
            "`small` names `tuned`, which is no adapter for its base",
        ),
        (ADAPTER, "an adapter without a source needs its sha256"),
        (ENTRY + "sources." + PIECE, "pieces in packages need the sha256"),
        (ENTRY + HASH + "size_bytes = 4\nsources." + PIECE, "do not add up to size_bytes"),
        (ENTRY + '[models.sources]\nhub = { repo_id = "x", filename = "f" }', "hub.repo_id: string should"),
    ],
)
def test_a_wrong_entry_is_refused_by_its_name(text: str, line: str) -> None:
    with pytest.raises(UserError) as caught:
        catalogue.read(text, where="catalogue.toml")
    assert line in str(caught.value)
    assert str(caught.value).startswith("catalogue.toml: ")


def test_a_right_entry_with_its_adapter_is_read() -> None:
    read = catalogue.read(ENTRY + 'adapter = "tuned"' + ADAPTER + HASH, where="catalogue.toml")
    assert read.models[0].adapter == read.adapters[0].name == "tuned"
    assert read.adapters[0].is_shipped


def test_models_of_the_users_own_catalogue_are_known_too(home: Path, data: bytes) -> None:
    write_catalogue(home, data)
    assert index.model("small").path == home / "models" / "small.gguf"
    assert index.model(None).entry.name == "qwen2.5-coder-0.5b"
    (home / "models.toml").write_text('default = "small"' + ENTRY, encoding="utf-8")
    assert index.model(None).entry.name == "small"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("default = ", "not TOML"),
        (ENTRY.replace('"small"', '"qwen2.5-coder-0.5b"'), "`qwen2.5-coder-0.5b` is in the shipped"),
        (
            ENTRY.replace("small.gguf", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),
            "is in the shipped catalogue",
        ),
        (ADAPTER + HASH, "the adapter `tuned` has no source"),
    ],
)
def test_a_wrong_catalogue_of_the_users_own_is_a_line(home: Path, text: str, line: str) -> None:
    home.mkdir()
    path = home / "models.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        index.models()
    assert str(caught.value).startswith(f"{path}: ")
    assert line in str(caught.value)


def test_a_catalogue_that_is_not_text_is_a_line(home: Path) -> None:
    home.mkdir()
    (home / "models.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="cannot read"):
        index.models()


def test_an_unknown_name_gets_its_nearest() -> None:
    with pytest.raises(UserError, match="unknown model `qwen-coder-0.5b`; did you mean `qwen2.5-coder-0.5b`"):
        index.model("qwen-coder-0.5b")
    with pytest.raises(UserError, match="unknown adapter `x`; known are: clarify-0.5b"):
        index.adapter("x")
