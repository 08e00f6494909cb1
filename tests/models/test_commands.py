"""The `clarify models` commands: what they print, where, and how they fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from models.commands import models
from models.errors import UserError
from tests.models.registry.material import FILE, hub_with, model_bytes, sha256, write_catalogue
from tests.stubs.hub import HubStub


@pytest.fixture
def data() -> bytes:
    return model_bytes()


@pytest.fixture
def hub(data: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubStub]:
    with hub_with(data, monkeypatch) as stub:
        yield stub


def run(*arguments: str) -> Result:
    return CliRunner().invoke(models, arguments)


def failed(*arguments: str) -> str:
    result = run(*arguments)
    assert isinstance(result.exception, UserError), result.output
    return str(result.exception)


def every_command(group: click.Group) -> list[tuple[str, click.Command]]:
    return sorted(group.commands.items())


def test_every_command_and_option_has_help() -> None:
    names = [name for name, _ in every_command(models)]
    assert names == ["add", "exec", "export", "list", "path", "pull", "rm", "verify"]
    for name, command in every_command(models):
        assert command.help, name
        for parameter in command.params:
            assert isinstance(parameter, click.Argument) or getattr(parameter, "help", None), (
                name,
                parameter,
            )


def test_pull_prints_the_place_and_tells_the_rest_on_stderr(hub: HubStub, home: Path, data: bytes) -> None:
    write_catalogue(home, data)
    result = run("pull", "small")
    assert result.exit_code == 0
    assert result.stdout == f"{home / 'models' / FILE}\n"
    assert result.stderr.splitlines() == [
        "fetching (hub) (0 MiB)",
        "checking small (0 MiB)",
        "small is in place, and its SHA-256 is right",
    ]
    assert run("path", "small").stdout == result.stdout


def test_pull_without_a_name_takes_the_default(hub: HubStub) -> None:
    assert "there is no Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF on the Hub" in failed("pull", "--source", "hub")


def test_list_shows_all_models_and_their_state(hub: HubStub, home: Path, data: bytes) -> None:
    write_catalogue(home, data)
    before = run("list").stdout.splitlines()
    assert before[0].split() == [
        "NAME", "STATE", "SIZE", "WEIGHTS", "QUANTISATION", "CONTEXT", "LICENCE", "ADAPTER"
    ]  # fmt: skip
    assert before[1] == (
        "*  qwen2.5-coder-0.5b   not pulled  469 MiB   494M     Q4_K_M        32768    Apache-2.0  "
        "clarify-0.5b"
    )
    assert [line.split()[:3] for line in before[2:5]] == [
        ["qwen2.5-coder-1.5b", "not", "pulled"],
        ["deepseek-coder-6.7b", "not", "pulled"],
        ["small", "not", "pulled"],
    ]
    assert before[7].split()[:2] == ["clarify-0.5b", "here"]
    run("pull", "small")
    assert run("list").stdout.splitlines()[4].split()[:2] == ["small", "here"]


def test_list_as_json_is_one_versioned_document(home: Path, data: bytes) -> None:
    write_catalogue(home, data)
    document = json.loads(run("list", "--json").stdout)
    assert document["version"] == 1
    small = document["models"][-1]
    assert small["entry"]["sha256"] == sha256(data)
    assert (small["state"], small["origin"], small["is_default"]) == ("absent", "catalogue", False)
    assert small["path"] == str(home / "models" / FILE)
    assert [model["entry"]["name"] for model in document["models"] if model["is_default"]] == [
        "qwen2.5-coder-0.5b"
    ]


def test_verify_hashes_one_or_all(hub: HubStub, home: Path, data: bytes) -> None:
    write_catalogue(home, data)
    assert failed("verify") == "no model is on this machine; run `clarify models pull`"
    assert "the file of small is not here" in failed("verify", "small")
    run("pull", "small")
    place = home / "models" / FILE
    checked = run("verify").stdout.splitlines()
    assert checked[0] == f"small: ok ({place})"
    assert [line.split(": ")[0] for line in checked[1:]] == ["clarify-0.5b"]
    place.write_bytes(data[:-1] + b"?")
    result = run("verify", "small", "--json")
    assert str(result.exception) == (
        "not what it should be: small; run `clarify models pull small`, which keeps it aside and fetches it "
        "again"
    )
    report = json.loads(result.stdout)
    assert report["files"] == [
        {
            "name": "small",
            "path": str(place),
            "ok": False,
            "expected": sha256(data),
            "found": sha256(data[:-1] + b"?"),
        }
    ]


def test_add_and_rm(home: Path, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(data)
    assert run("add", str(path), "--name", "my-model").stdout == (
        "added my-model; use it with --model my-model\n"
    )
    assert run("path", "my-model").stdout == f"{path}\n"
    assert ["my-model", "here"] in [line.split()[:2] for line in run("list").stdout.splitlines()]
    assert run("rm", "my-model").stdout == f"forgot my-model; {path} stays\n"
    assert path.exists()
    assert "unknown model `my-model`" in failed("rm", "my-model")


def test_rm_deletes_what_was_pulled(hub: HubStub, home: Path, data: bytes) -> None:
    write_catalogue(home, data)
    run("pull", "small")
    assert run("rm", "small").stdout == "freed 0 MiB\n"
    assert not (home / "models" / FILE).exists()
    assert "nothing of small is on this machine" in failed("rm", "small")


def test_an_added_adapter_is_listed_with_its_base(tmp_path: Path) -> None:
    path = tmp_path / "lora.gguf"
    path.write_bytes(model_bytes(adapter=True))
    result = run("add", str(path), "--adapter-of", "qwen2.5-coder-0.5b")
    assert result.stdout == "added lora; use it with --model qwen2.5-coder-0.5b --adapter lora\n"
    assert run("list").stdout.splitlines()[-1].split() == [
        "lora", "here", "0", "MiB", "mit", "Qwen/Qwen2.5-Coder-0.5B-Instruct"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["path"], "qwen2.5-coder-0.5b is not on this machine; run `clarify models pull"),
        (["path", "qwen-coder"], "unknown model `qwen-coder`; did you mean"),
        (["pull", "qwen"], "unknown model `qwen`"),
        (["verify", "qwen"], "unknown model `qwen`"),
        (["add", "gone.gguf"], "no such file"),
        (["add", "."], "not a file"),
        (["pull", "qwen2.5-coder-0.5b", "--relock"], "cannot be taken anew"),
        (["pull", "deepseek-coder-6.7b", "--source", "packages"], "cannot be had from: packages"),
    ],
)
def test_a_failure_is_a_line(arguments: list[str], line: str) -> None:
    assert line in failed(*arguments)
