"""The second stage as a run: from an adapter and pairs to an adapter, stopped and gone on with."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from assistant.app import run as clarify
from models.errors import UserError
from models.export.metadata import read_metadata
from tests.training.material import recipe, samples, write_samples, write_tiny_folder
from tests.training.preference.material import pairs_file
from training.engine.trainer import newest_checkpoint
from training.evaluation import ask_log_odds
from training.progress import Silent
from training.recipe import Recipe
from training.run import Prepared, fresh_model, prepare, train
from training.run_folder import RunFolder

STEPS = 8


class Material:
    """A base, data, pairs and a first stage."""

    def __init__(self, folder: Path) -> None:
        made = samples(12)
        self.base = write_tiny_folder(folder / "tiny")
        self.data = write_samples(folder / "data.jsonl", made)
        self.pairs = pairs_file(folder / "pairs.jsonl", made)
        self.first = RunFolder(folder / "first")
        first = self.recipe(schedule={"steps": 2, "learning_rate": 1e-3})
        train(prepare(first, [self.data]), self.first, Silent())

    def recipe(self, **sections: dict[str, Any]) -> Recipe:
        schedule = {"steps": STEPS, "learning_rate": 3e-2, **sections.pop("schedule", {})}
        return recipe(self.base, schedule=schedule, **sections)

    def prepared(self, **sections: dict[str, Any]) -> Prepared:
        return prepare(self.recipe(**sections), [self.data], pairs=self.pairs, start=self.first.path)


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return Material(tmp_path_factory.mktemp("material"))


@pytest.fixture(scope="module")
def finished(material: Material, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A second stage without a stop; the tests leave it as it is."""
    folder = RunFolder(tmp_path_factory.mktemp("runs") / "second")
    train(material.prepared(), folder, Silent())
    return folder


def losses(folder: RunFolder) -> list[float]:
    return [record["loss"] for record in folder.measured("step")]


def weights(folder: RunFolder) -> dict[str, torch.Tensor]:
    return load_file(folder.adapter / "adapter_model.safetensors")


def test_it_begins_undecided_and_is_exported(material: Material, finished: RunFolder) -> None:
    assert losses(finished)[0] == pytest.approx(math.log(2), rel=1e-3)
    assert all(math.isfinite(loss) for loss in losses(finished))
    assert losses(finished)[-1] != losses(finished)[0]
    record = json.loads(finished.data.read_bytes())
    assert record["pairs"]["rejected_by"] == {"twin": record["epoch"]["samples"]}
    assert record["epoch"]["answered_by_questions"] == record["epoch"]["answered_by_code"]
    names = [one["name"] for one in record["files"]]
    assert names == ["data.jsonl", "adapter_model.safetensors", "pairs.jsonl"]
    metadata = read_metadata(finished.gguf)
    assert metadata is not None
    assert metadata.data_sha256 == record["sha256"]
    assert "| preference | dpo, beta 0.1; rejected replies by twin" in finished.card.read_text("utf-8")


def test_stopped_and_gone_on_with_it_comes_to_the_same(
    material: Material, finished: RunFolder, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "second")
    shutil.copytree(finished.path, folder.path)
    shutil.rmtree(folder.adapter)
    shutil.rmtree(folder.checkpoints / f"checkpoint-{STEPS}")
    last = newest_checkpoint(folder.checkpoints)
    assert last is not None
    assert last.name == f"checkpoint-{STEPS - 2}"
    train(material.prepared(), folder, Silent())
    mine, theirs = weights(folder), weights(finished)
    assert losses(folder) == losses(finished)
    assert [name for name in mine if not torch.equal(mine[name], theirs[name])] == []


def margins(prepared: Prepared, folder: RunFolder, places: Sequence[int]) -> list[float]:
    from training.engine.adapter import read_adapter

    assert prepared.pairs is not None
    model = fresh_model(prepared)
    read_adapter(model.model, folder.adapter)
    found = ask_log_odds(model, [prepared.pairs.encoded[place].chosen for place in places], prepared.openers)
    return [
        odds if prepared.pairs.pairs[place].unclear else -odds
        for place, odds in zip(places, found, strict=True)
    ]


@pytest.mark.parametrize("loss", ["dpo", "orpo"])
def test_of_decisions_only_the_decision_is_moved(material: Material, tmp_path: Path, loss: str) -> None:
    prepared = material.prepared(preference={"decision_only": True, "loss": loss, "beta": 0.5})
    folder = RunFolder(tmp_path / "run")
    train(prepared, folder, Silent())
    assert prepared.pairs is not None
    before, after = (sum(margins(prepared, run, prepared.pairs.mixed)) for run in (material.first, folder))
    assert after > before
    assert folder.reference.exists() == (loss == "dpo")


def test_other_pairs_and_another_start_are_another_run(
    material: Material, finished: RunFolder, tmp_path: Path
) -> None:
    fewer = tmp_path / "pairs.jsonl"
    fewer.write_bytes(b"".join(material.pairs.read_bytes().splitlines(keepends=True)[:-1]))
    made = material.recipe()
    for prepared in (
        prepare(made, [material.data], pairs=fewer, start=material.first.path),
        prepare(made, [material.data], pairs=material.pairs),
    ):
        with pytest.raises(UserError, match="this folder is of another run: the data differs"):
            train(prepared, finished, Silent())


def test_a_start_of_another_form_is_refused(material: Material, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no finished run here"):
        prepare(material.recipe(), [material.data], pairs=material.pairs, start=tmp_path)
    for changed, says in (
        ({"rank": 8}, "r = 4, the recipe 8"),
        ({"alpha": 9}, "lora_alpha = 8.*the recipe 9"),
    ):
        with pytest.raises(UserError, match=says):
            prepare(material.recipe(adapter=changed), [material.data], start=material.first.path)


def test_the_command(material: Material, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tiny.toml"
    file.write_text(material.recipe(schedule={"steps": 1}).to_toml(), encoding="utf-8")
    words = ["train", str(file), "--data", str(material.data), "--pairs", str(material.pairs),
             "--from", str(material.first.path)]  # fmt: skip
    assert clarify([*words, "--dry-run", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["answered_by_questions"] == document["answered_by_code"] > 0
    assert clarify([*words, "--out", str(tmp_path / "run")]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["adapter", str(tmp_path / "run/adapter.gguf")]
