"""Base and adapter merged by a pull: used by default, found by their hashes, made anew when damaged."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from models.backends.base import Identity, Message, Prompt
from models.backends.gguf import GgufBackend
from models.backends.select import BackendChoice, open_backend
from models.calibration import Calibration
from models.commands import models
from models.errors import UserError
from models.registry import index, merged, records
from models.registry.hashes import hash_file
from models.registry.pull import pull
from models.reply import FENCE_OPENER, LIST_OPENER
from tests.models.registry.material import Heard, sha256
from tests.models.registry.tuned import CALIBRATION, with_metadata, write_catalogue
from tests.stubs.tiny_gguf import write_lora, write_tiny_model

PROMPT = Prompt((Message("system", "Ask or code."), Message("user", "def f(x): ...")))


@pytest.fixture
def adapter(tmp_path: Path) -> bytes:
    return with_metadata(write_lora(tmp_path / "lora.gguf"))


@pytest.fixture
def catalogue(home: Path, adapter: bytes) -> Path:
    """A home with a model and its adapter, both here, in the user's catalogue."""
    (home / "models").mkdir(parents=True)
    model = write_tiny_model(home / "models" / "tiny.gguf").read_bytes()
    write_catalogue(home, model, adapter)
    return home


def files(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "models" / "merged").glob("[!.]*"))


def masses(**choice: str) -> tuple[Identity, tuple[float, ...], Calibration | None]:
    backend = open_backend(BackendChoice(**choice))
    try:
        mass = backend.opener_mass(PROMPT, (LIST_OPENER, FENCE_OPENER))
        assert mass is not None
        return backend.identity, mass.mass, backend.capabilities.calibration
    finally:
        backend.close()


def test_a_pull_merges_once_and_the_default_runs_the_merged_file(catalogue: Path, adapter: bytes) -> None:
    identity, attached, calibration = masses()
    assert (identity.adapter, calibration) == ("tuned", CALIBRATION)
    heard = Heard()
    pull(progress=heard)
    assert heard.notes[-1] == "tuned is merged into tiny"
    (name,) = files(catalogue)
    place = catalogue / "models" / "merged" / name
    identity, mass, calibration = masses()
    assert identity == Identity("tiny", "tuned", hash_file(place), adapter_sha256=sha256(adapter))
    assert calibration == CALIBRATION
    assert np.log(mass) == pytest.approx(np.log(attached), abs=0.6)  # q8_0 is not the base's 32 bits
    made = place.stat().st_mtime_ns
    pull(progress=heard)
    assert heard.notes[-1] == "tuned is merged into tiny already"
    assert place.stat().st_mtime_ns == made


def test_without_the_adapter_the_base_alone_runs(catalogue: Path) -> None:
    pull()
    identity, bare, calibration = masses(adapter="none")
    assert (identity.adapter, identity.sha256) == (
        None,
        sha256((catalogue / "models" / "tiny.gguf").read_bytes()),
    )
    assert calibration is None
    assert bare != pytest.approx(masses()[1], rel=1e-3)
    assert masses(adapter="tuned")[0].sha256 == masses()[0].sha256  # by its name it is the same pair


@pytest.mark.parametrize("damage", ["removed", "cut", "changed"])
def test_a_damaged_file_is_not_used_and_is_made_anew(catalogue: Path, adapter: bytes, damage: str) -> None:
    pull()
    (name,) = files(catalogue)
    place = catalogue / "models" / "merged" / name
    whole = place.read_bytes()
    if damage == "removed":
        place.unlink()
    else:
        place.write_bytes(whole[:-40] + (b"" if damage == "cut" else b"?" * 40))
        os.utime(place, ns=(0, 1))
    identity, _, calibration = masses()
    base = sha256((catalogue / "models" / "tiny.gguf").read_bytes())
    assert identity == Identity("tiny", "tuned", base, adapter_sha256=sha256(adapter))
    assert calibration == CALIBRATION
    pull()
    assert place.read_bytes() == whole
    assert masses()[0].sha256 == sha256(whole)


def test_another_adapter_takes_the_place_of_the_old_one(catalogue: Path, tmp_path: Path) -> None:
    pull()
    before = files(catalogue)
    other = with_metadata(write_lora(tmp_path / "lora.gguf", seed=5))
    write_catalogue(catalogue, (catalogue / "models" / "tiny.gguf").read_bytes(), other)
    assert masses()[0].sha256 == index.model("tiny").entry.sha256  # attached, until the next pull
    pull()
    assert len(files(catalogue)) == 1
    assert files(catalogue) != before
    assert [one.adapter_sha256 for one in records.load().merged] == [sha256(other)]


def test_a_merge_that_was_killed_leaves_nothing_that_is_used(catalogue: Path) -> None:
    folder = catalogue / "models" / "merged"
    folder.mkdir()
    hashes = [index.model("tiny").entry.sha256, index.adapter("tuned").entry.sha256]
    half = folder / f".{'-'.join(str(value)[:16] for value in hashes)}.gguf.abc.tmp"
    half.write_bytes(b"half")
    assert masses()[0].sha256 == hashes[0]
    pull()
    assert len(files(catalogue)) == 1
    assert not half.exists()


def test_a_merge_that_fails_leaves_the_adapter_attached(catalogue: Path, tmp_path: Path) -> None:
    other = write_lora(tmp_path / "other.gguf", targets={"attn_zz": (64, 64)}).read_bytes()
    write_catalogue(catalogue, (catalogue / "models" / "tiny.gguf").read_bytes(), other)
    heard = Heard()
    assert pull(progress=heard) == catalogue / "models" / "tiny.gguf"
    assert "tuned is not merged, and will be attached: " in heard.notes[-1]
    assert "blk.0.attn_zz.weight is not in both" in heard.notes[-1]
    assert records.load().merged == ()


def test_it_is_listed_verified_and_removed_with_its_base(catalogue: Path) -> None:
    pull()
    runner = CliRunner()
    assert runner.invoke(models, ["list"]).stdout.splitlines()[-1].split()[:3] == ["tuned", "here,", "merged"]
    listed = json.loads(runner.invoke(models, ["list", "--json"]).stdout)["adapters"]
    assert {one["entry"]["name"]: one["merged_into"] for one in listed}["tuned"] == ["tiny"]
    (name,) = files(catalogue)
    place = catalogue / "models" / "merged" / name
    assert runner.invoke(models, ["verify"]).stdout.splitlines()[-1] == f"tiny: ok ({place})"
    place.write_bytes(place.read_bytes()[:-1] + b"?")
    result = runner.invoke(models, ["verify", "tiny"])
    assert isinstance(result.exception, UserError)
    assert str(result.exception).startswith("not what it should be: tiny; run `clarify models pull tiny`")
    assert runner.invoke(models, ["rm", "tiny"]).exit_code == 0
    assert files(catalogue) == []
    assert records.load().merged == ()


def test_a_merged_file_takes_no_adapter(catalogue: Path, tmp_path: Path) -> None:
    pull()
    with GgufBackend(
        merged.place(records.load().merged[0]), name="tiny", merged_adapter="tuned", threads=1
    ) as backend:
        assert not backend.takes_adapters
        assert backend.identity.adapter_sha256 == records.load().merged[0].adapter_sha256
        with pytest.raises(UserError, match="tuned is a part of this model's file"):
            backend.use_adapter(None)
