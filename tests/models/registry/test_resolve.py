"""From what was named to a file: names, paths, adapters; what was added; each failure a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import UserError
from models.registry import index, records, store
from models.registry.add import add_adapter, add_model
from models.registry.pull import pull
from models.registry.resolve import ModelNotPulled, locate, resolve, resolve_adapter
from tests.models.registry.material import REPO, model_bytes, sha256, write_catalogue
from tests.stubs.hub import HubStub

LORA = model_bytes(adapter=True)


def written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_known_model_that_is_not_here_names_the_command_and_the_size() -> None:
    with pytest.raises(ModelNotPulled) as caught:
        resolve()
    assert str(caught.value) == (
        "qwen2.5-coder-0.5b is not on this machine; run `clarify models pull qwen2.5-coder-0.5b` (469 MiB)"
    )
    with pytest.raises(ModelNotPulled, match="run `clarify models pull deepseek-coder-6.7b`$"):
        resolve("deepseek-coder-6.7b")


def test_a_pulled_model_is_found_by_its_name(home: Path, data: bytes) -> None:
    write_catalogue(home, data)
    path = written(home / "models" / "small.gguf", data)
    model = resolve("small")
    assert (model.path, model.entry.sha256, model.adapter) == (path, sha256(data), None)
    assert locate("small") == path
    assert resolve_adapter(None, model) is None
    assert resolve_adapter("none", model) is None


def test_an_unknown_name_is_a_line() -> None:
    with pytest.raises(UserError, match=r"unknown model `qwen3`; .*\(or name a .gguf file\)"):
        resolve("qwen3")


def test_a_pulled_model_that_is_damaged_is_a_line(home: Path, data: bytes) -> None:
    write_catalogue(home, data)
    written(home / "models" / "small.gguf", data[:1000])
    with pytest.raises(UserError, match="has 1000 bytes and should have"):
        resolve("small")


def test_a_model_whose_hash_is_not_known_must_at_least_be_whole(home: Path, data: bytes) -> None:
    write_catalogue(home, data, known_hash=False)
    path = written(home / "models" / "small.gguf", data)
    assert resolve("small").path == path
    written(path, data[:1000])
    with pytest.raises(UserError, match="truncated"):
        resolve("small")


def test_a_file_works_by_its_path_without_being_added(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path / "work" / "my model.gguf", data)
    for named in (str(path), "my model.gguf", "./my model.gguf"):
        model = resolve(named)
        assert model.path == path
        assert model.entry.name == "my-model"
        assert model.entry.base == "Small"
        assert (model.entry.licence, model.entry.context_tokens, model.entry.parameters) == (
            "mit",
            512,
            40_000,
        )
        assert model.entry.sha256 is None
    assert records.load() == records.Records()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, "no such file"),
        (b"not a model", "not a GGUF file"),
        (model_bytes()[:5000], "truncated"),
        (LORA, "an adapter, not a model"),
        (model_bytes(split=3), "one of 3 pieces of a model"),
    ],
)
def test_a_path_that_is_no_model_is_a_line(tmp_path: Path, content: bytes | None, line: str) -> None:
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    for use in (lambda: resolve(str(path)), lambda: add_model(path)):
        with pytest.raises(UserError, match=line) as caught:
            use()
        assert str(caught.value).startswith(f"{path}: ")
    assert records.load() == records.Records()


def test_an_added_model_is_found_by_its_name_and_kept_when_it_is_forgotten(
    tmp_path: Path, data: bytes
) -> None:
    path = written(tmp_path / "work" / "mine.gguf", data)
    entry = add_model(Path("mine.gguf"), "my-model")
    assert entry.sha256 == sha256(data)
    model = resolve("my-model")
    assert (model.path, model.entry) == (path, entry)
    store.remove(index.model("my-model"))
    assert path.exists()
    with pytest.raises(UserError, match="unknown model `my-model`"):
        resolve("my-model")


def test_an_added_model_that_changed_or_went_is_a_line(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path / "mine.gguf", data)
    add_model(path)
    written(path, model_bytes(name="Other"))
    with pytest.raises(UserError, match="add it again, if that is meant"):
        resolve("mine")
    path.unlink()
    with pytest.raises(UserError, match="the file of mine is gone; bring it back, or run `clarify models rm"):
        resolve("mine")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("qwen2.5-coder-0.5b", "the name `qwen2.5-coder-0.5b` is taken; give another with --name"),
        ("none", "the name `none` is taken"),
        ("a:b", "name: string should match pattern"),
        ("a/b", "name: string should match pattern"),
    ],
)
def test_a_name_that_cannot_be_used_is_a_line(tmp_path: Path, data: bytes, name: str, line: str) -> None:
    path = written(tmp_path / "mine.gguf", data)
    with pytest.raises(UserError, match=line):
        add_model(path, name)


def test_an_adapter_is_found_by_its_name_and_by_its_path(home: Path, tmp_path: Path, data: bytes) -> None:
    write_catalogue(home, data)
    written(home / "models" / "small.gguf", data)
    path = written(tmp_path / "lora.gguf", LORA)
    add_adapter(path, "small", "tuned")
    model = resolve("small")
    by_name = resolve_adapter("tuned", model)
    assert by_name is not None
    assert by_name.entry is not None
    assert (by_name.name, by_name.path, by_name.entry.base) == ("tuned", path, "someone/small")
    by_path = resolve_adapter(str(path), model)
    assert by_path is not None
    assert (by_path.name, by_path.path, by_path.entry) == ("lora", path, None)
    assert resolve_adapter(None, model) is None  # it is not the model's own


def test_an_adapter_of_another_model_is_refused(home: Path, tmp_path: Path, data: bytes) -> None:
    write_catalogue(home, data)
    written(home / "models" / "small.gguf", data)
    add_adapter(written(tmp_path / "lora.gguf", LORA), "qwen2.5-coder-0.5b")
    with pytest.raises(UserError, match="the adapter lora is for Qwen/.*, not for someone/small"):
        resolve_adapter("lora", resolve("small"))


def test_what_is_no_adapter_is_refused(home: Path, tmp_path: Path, data: bytes) -> None:
    write_catalogue(home, data)
    path = written(home / "models" / "small.gguf", data)
    with pytest.raises(UserError, match="a model, not an adapter; name it with --model"):
        resolve_adapter(str(path), resolve("small"))
    with pytest.raises(UserError, match="a model, not an adapter; leave out --adapter-of"):
        add_adapter(path, "small")
    with pytest.raises(UserError, match="unknown adapter `tuned`"):
        resolve_adapter("tuned", resolve("small"))


def test_the_adapter_that_belongs_to_a_model_comes_with_it(hub: HubStub, home: Path, data: bytes) -> None:
    hub.files[REPO, "tuned.gguf"] = LORA
    write_catalogue(home, data)
    catalogue = home / "models.toml"
    text = catalogue.read_text(encoding="utf-8").replace(
        "[models.sources]", 'adapter = "tuned"\n[models.sources]'
    )
    catalogue.write_text(
        f'{text}\n[[adapters]]\nname = "tuned"\nbase = "someone/small"\nfile = "tuned.gguf"\n'
        f'licence = "MIT"\nsources.hub = {{ repo_id = "{REPO}", filename = "tuned.gguf" }}\n',
        encoding="utf-8",
    )
    written(home / "models" / "small.gguf", data)
    model = resolve("small")
    assert model.adapter is not None
    assert model.adapter.name == "tuned"
    with pytest.raises(ModelNotPulled, match="tuned is not on this machine; run `clarify models pull tuned`"):
        resolve_adapter(None, model)
    pull("small")
    adapter = resolve_adapter(None, model)
    assert adapter is not None
    assert (adapter.name, adapter.path.read_bytes()) == ("tuned", LORA)
    assert records.load().locks["tuned"].sha256 == sha256(LORA)
