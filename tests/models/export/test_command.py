"""`clarify models export` and `add`: from what peft saved to what `clarify ask --model` uses."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from models.backends.base import Capabilities, Identity
from models.backends.select import BackendChoice, open_backend
from models.calibration import Calibration
from models.commands import models
from models.errors import UserError
from models.export.lora_gguf import write_lora
from models.export.metadata import read_metadata
from models.registry.gguf_header import read_header
from models.registry.hashes import hash_file
from tests.models.export.material import METADATA
from tests.models.export.tiny import train_lora, transformers_model, write_gguf


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(models, [str(argument) for argument in arguments])


def failed(*arguments: str | Path) -> str:
    result = run(*arguments)
    assert isinstance(result.exception, UserError), result.output
    return str(result.exception)


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a base, what peft saved, and the folder of a run."""
    folder = tmp_path_factory.mktemp("material")
    base = write_gguf(transformers_model("qwen2"), folder / "base.gguf", "qwen2")
    train_lora("qwen2", folder / "peft")
    train_lora("qwen2", folder / "run" / "adapter")
    write_lora(folder / "run" / "adapter", base, folder / "run" / "adapter.gguf", METADATA)
    return folder


def opened(**choice: str) -> tuple[Identity, Capabilities]:
    backend = open_backend(BackendChoice(**choice))
    try:
        return backend.identity, backend.capabilities
    finally:
        backend.close()


def test_what_peft_saved_becomes_a_lora_that_says_what_is_known(material: Path, tmp_path: Path) -> None:
    out = tmp_path / "lora.gguf"
    result = run("export", material / "peft", "--base", material / "base.gguf", "--out", out)
    assert result.stdout == f"{out}\n"
    metadata = read_metadata(out)
    assert metadata is not None
    assert (metadata.name, metadata.base, metadata.recipe) == ("peft", "tiny", "unknown")
    assert metadata.base_sha256 == hash_file(material / "base.gguf")
    assert metadata.calibration is None


def test_a_run_hands_its_metadata_on(material: Path, tmp_path: Path) -> None:
    for target in ("lora", "lora-q8_0", "f16", "fast", "q4_k_m"):
        out = tmp_path / f"{target}.gguf"
        run("export", material / "run", "--base", material / "base.gguf", "--to", target, "--out", out)
        assert read_metadata(out) == METADATA
        assert read_header(out).is_adapter == target.startswith("lora")


def test_a_lora_is_merged_and_asked_with_its_calibration(material: Path, tmp_path: Path) -> None:
    out = tmp_path / "tuned.gguf"
    source = material / "run" / "adapter.gguf"
    run("export", source, "--base", material / "base.gguf", "--to", "q8_0", "--out", out, "--ollama")
    assert "FROM ./tuned.gguf\nTEMPLATE" in (tmp_path / "tuned.Modelfile").read_text("utf-8")
    assert run("add", out).stdout == "added tuned; use it with --model tuned\n"
    identity, capabilities = opened(model="tuned")
    assert identity == Identity("tuned", None, hash_file(out))
    assert capabilities.calibration == METADATA.calibration


def test_an_added_adapter_finds_its_base_and_its_name_stands_for_both(material: Path) -> None:
    adapter = material / "run" / "adapter.gguf"
    assert "no known model is someone/tiny, for which this adapter is" in failed("add", adapter)
    run("add", material / "base.gguf", "--name", "base")
    assert "no known model is someone/tiny" in failed("add", adapter)  # the file says `tiny`
    assert run("add", adapter, "--adapter-of", "base").stdout == (
        "added tuned; use it with --model base --adapter tuned\n"
    )
    for choice in ({"model": "tuned"}, {"model": "base", "adapter": "tuned"}):
        identity, capabilities = opened(**choice)
        assert (identity.model, identity.adapter) == ("base", "tuned")
        assert capabilities.calibration == Calibration(scale=0.7000001, bias=-0.25)
    identity, capabilities = opened(model="tuned", adapter="none")
    assert (identity.adapter, capabilities.calibration) == (None, None)


def test_the_base_that_an_adapter_names_is_found(material: Path, tmp_path: Path) -> None:
    run("add", material / "base.gguf", "--name", "base")
    out = tmp_path / "lora.gguf"
    run("export", material / "peft", "--base", "base", "--out", out)
    assert run("add", out).stdout == "added peft; use it with --model peft\n"
    assert opened(model="peft")[0].adapter == "peft"


def test_a_folder_of_transformers_needs_the_converter(
    material: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "hub"
    transformers_model("qwen2").save_pretrained(folder)
    arguments = ("export", material / "peft", "--base", folder, "--to", "f16", "--out", tmp_path / "out.gguf")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert "no converter is installed; run llama.cpp's convert_hf_to_gguf.py on it" in failed(*arguments)
    program = tmp_path / "bin" / "convert_hf_to_gguf.py"
    program.parent.mkdir()
    script = f"import shutil, sys; shutil.copy({str(material / 'base.gguf')!r}, sys.argv[-1])"
    program.write_text(f"#!{sys.executable}\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    assert run(*arguments).exit_code == 0
    assert read_header(tmp_path / "out.gguf").quantisation == "F16"
    program.write_text(f"#!{sys.executable}\nraise SystemExit('unknown architecture')\n", encoding="utf-8")
    assert "convert_hf_to_gguf.py failed: unknown architecture" in failed(*arguments)


def test_an_adapter_that_changes_nothing_is_not_exported(material: Path, tmp_path: Path) -> None:
    train_lora("qwen2", tmp_path / "untrained", size=0.0)
    out = tmp_path / "out.gguf"
    for target in ("lora", "f16"):
        told = failed(
            "export", tmp_path / "untrained", "--base", material / "base.gguf", "--to", target, "--out", out
        )
        assert "the adapter changes nothing" in told
        assert not out.exists()


def test_a_failure_leaves_what_was_there(material: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gguf"
    out.write_bytes(b"old")
    config = tmp_path / "peft" / "adapter_config.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"peft_type": "LORA", "use_dora": True}), encoding="utf-8")
    assert "DoRA" in failed("export", config.parent, "--base", material / "base.gguf", "--out", out)
    assert out.read_bytes() == b"old"
    lora = material / "run" / "adapter.gguf"
    assert "give the folder that peft saved" in failed(
        "export", lora, "--base", material / "base.gguf", "--to", "lora-q8_0", "--out", out
    )
    assert "there is no export to `q9`" in failed("export", config.parent, "--to", "q9", "--out", out)
    assert "neither adapter_config.json nor" in failed(
        "export", tmp_path, "--base", material / "base.gguf", "--out", out
    )
    assert "a model, not an adapter" in failed(
        "export", material / "base.gguf", "--base", material / "base.gguf", "--out", out
    )


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_a_line(material: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    out = tmp_path / "out.gguf"
    assert "cannot write" in failed(
        "export", material / "peft", "--base", material / "base.gguf", "--out", out
    )


def test_p_ask_is_the_sigmoid_of_the_calibrated_log_odds(material: Path) -> None:
    from assistant.decision.decider import build_decider
    from assistant.decision.request import DecisionSettings, Request

    request = Request("def f(x):\n    '''Sort it.'''")
    run("add", material / "base.gguf", "--name", "base")
    run("add", material / "run" / "adapter.gguf", "--adapter-of", "base")
    backend = open_backend(BackendChoice(model="tuned"))
    try:
        verdict = build_decider(backend).verdict(request, DecisionSettings())
    finally:
        backend.close()
    opening = verdict.findings[0].value
    log_odds = np.log(opening) - np.log1p(-opening)
    assert verdict.p_ask == pytest.approx(1 / (1 + np.exp(-(0.7000001 * log_odds - 0.25))))
