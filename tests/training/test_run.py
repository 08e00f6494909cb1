from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from models.errors import UserError
from models.export.metadata import read_metadata
from models.runtime.engine import Engine
from tests.stubs.tiny_gguf import write_tiny_model
from tests.training.material import recipe, samples, write_samples, write_tiny_folder
from training.engine.trainer import newest_checkpoint
from training.progress import Silent
from training.recipe import Recipe
from training.run import prepare, train
from training.run_folder import RunFolder

STEPS = 6


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("material")
    return {
        "qwen2": write_tiny_folder(folder / "qwen2"),
        "llama": write_tiny_folder(folder / "llama", architecture="llama"),
        "gguf": write_tiny_model(folder / "tiny.gguf", context=2048),
        "data": write_samples(folder / "data.jsonl", samples(12)),
    }


def recipe_for(places: dict[str, Path], on: str = "qwen2", **sections: dict[str, Any]) -> Recipe:
    sections["schedule"] = {"steps": STEPS, **sections.get("schedule", {})}
    return recipe(places[on], **sections)


def run(made: Recipe, data: Path, out: Path) -> RunFolder:
    folder = RunFolder(out)
    train(prepare(made, [data]), folder, Silent())
    return folder


@pytest.fixture(scope="module")
def finished(places: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Recipe, RunFolder]:
    """A run without a stop; the tests leave it as it is."""
    made = recipe_for(places)
    return made, run(made, places["data"], tmp_path_factory.mktemp("runs") / "whole")


def losses(folder: RunFolder) -> list[float]:
    return [record["loss"] for record in folder.measured("step")]


def weights(folder: RunFolder) -> dict[str, torch.Tensor]:
    return load_file(folder.adapter / "adapter_model.safetensors")


def assert_same_result(one: RunFolder, other: RunFolder) -> None:
    assert losses(one) == losses(other)
    mine, theirs = weights(one), weights(other)
    assert mine.keys() == theirs.keys()
    assert [name for name, tensor in mine.items() if not torch.equal(tensor, theirs[name])] == []


def test_a_run_leaves_all_that_belongs_to_it(finished: tuple[Recipe, RunFolder]) -> None:
    made, folder = finished
    left = {path.name for path in folder.path.iterdir()} - {".lock"}
    assert left == {
        "recipe.toml", "data.json", "versions.json", "metrics.jsonl", "checkpoints", "adapter",
        "adapter.gguf", "calibration.json", "loss.png", "README.md",
    }  # fmt: skip
    assert sorted(path.name for path in folder.adapter.iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
    ]
    assert sorted(path.name for path in folder.checkpoints.iterdir()) == ["checkpoint-4", "checkpoint-6"]
    steps = folder.measured("step")
    assert [record["step"] for record in steps] == list(range(1, STEPS + 1))
    assert steps[-1]["loss"] < steps[0]["loss"]
    assert [record["step"] for record in folder.measured("held-out")] == [2, 4, 6]
    data = json.loads(folder.data.read_bytes())
    assert data["base"]["name"] == "qwen2"
    assert data["files"][0]["samples"] == data["samples"] == 40
    assert data["steps"] == STEPS
    assert folder.plot.read_bytes().startswith(b"\x89PNG")
    assert "tiny" in folder.card.read_text(encoding="utf-8")


def test_the_gguf_says_what_it_was_made_from(finished: tuple[Recipe, RunFolder]) -> None:
    _, folder = finished
    metadata = read_metadata(folder.gguf)
    data = json.loads(folder.data.read_bytes())
    calibration = json.loads(folder.calibration.read_bytes())
    assert metadata is not None
    assert (metadata.name, metadata.recipe, metadata.base) == ("whole", "tiny", "qwen2")
    assert metadata.data_sha256 == data["sha256"]
    assert metadata.calibration is not None
    assert metadata.calibration.model_dump() == calibration["calibration"]
    assert calibration["samples"] == len(calibration["log_odds"]) == 2 * sum(calibration["unclear"])


def test_a_finished_run_started_again_changes_nothing(
    finished: tuple[Recipe, RunFolder], places: dict[str, Path], tmp_path: Path
) -> None:
    made, folder = finished
    again = RunFolder(tmp_path / "whole")
    shutil.copytree(folder.path, again.path)
    train(prepare(made, [places["data"]]), again, Silent())
    files = ("adapter/adapter_model.safetensors", "adapter.gguf", "data.json", "recipe.toml", "README.md")
    for name in files:
        assert (again.path / name).read_bytes() == (folder.path / name).read_bytes(), name


def test_who_writes_code_may_be_settled_after_the_run(
    finished: tuple[Recipe, RunFolder], places: dict[str, Path], tmp_path: Path
) -> None:
    _, folder = finished
    again = RunFolder(tmp_path / "whole")
    shutil.copytree(folder.path, again.path)
    train(prepare(recipe_for(places, adapter={"code_by": "base"}), [places["data"]]), again, Silent())
    said = [read_metadata(one.gguf) for one in (folder, again)]
    assert [one and one.code_by for one in said] == ["adapter", "base"]
    weights = "adapter/adapter_model.safetensors"
    assert (again.path / weights).read_bytes() == (folder.path / weights).read_bytes()


@pytest.mark.parametrize("base", ["llama", "gguf"])
def test_other_bases_train_and_export(places: dict[str, Path], base: str, tmp_path: Path) -> None:
    folder = run(recipe_for(places, base), places["data"], tmp_path / base)
    assert losses(folder)[-1] < losses(folder)[0]
    metadata = read_metadata(folder.gguf)
    assert metadata is not None
    assert (metadata.base_sha256 is not None) == (base == "gguf")


def test_llama_cpp_runs_the_adapter_of_a_gguf_base(places: dict[str, Path], tmp_path: Path) -> None:
    """What was learned shows: the replies' first token is far likelier with the adapter."""
    made = recipe_for(places, "gguf", schedule={"steps": 20, "learning_rate": 0.03})
    folder = run(made, places["data"], tmp_path / "run")
    prepared = prepare(made, [places["data"]])
    one = prepared.plan.data.encoded[prepared.plan.mixed[0]]
    with Engine.load(places["gguf"], context_tokens=2048) as engine:
        before = engine.log_probabilities(one.prompt)[one.ids[one.reply_start]]
        engine.attach(folder.gguf)
        after = engine.log_probabilities(one.prompt)[one.ids[one.reply_start]]
    assert after > before + 1


def killed(command: list[str], when: Callable[[], bool]) -> None:
    """Start a command and kill it, its children too, as soon as something is so."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        while not when():
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL


def command(recipe_file: Path, data: Path, out: Path) -> list[str]:
    return [sys.executable, "-c", "from assistant.app import main; main()", "train",
            str(recipe_file), "--data", str(data), "--out", str(out)]  # fmt: skip


@pytest.mark.parametrize("moment", ["after a checkpoint", "in a checkpoint"])
def test_killed_and_started_again_it_comes_to_the_same_result(
    finished: tuple[Recipe, RunFolder], places: dict[str, Path], tmp_path: Path, moment: str
) -> None:
    made, whole = finished
    file = tmp_path / "recipe.toml"
    file.write_text(made.to_toml(), encoding="utf-8")
    folder = RunFolder(tmp_path / "whole")
    words = command(file, places["data"], folder.path)
    killed(words, lambda: len(folder.measured("step")) >= 3)
    if moment == "in a checkpoint":
        half = folder.checkpoints / "unfinished" / "checkpoint-4"
        half.mkdir(parents=True, exist_ok=True)
        (half / "adapter_model.safetensors").write_bytes(b"half")
        shutil.copytree(half, folder.checkpoints / ".checkpoint-2.gone")
    subprocess.run(words, check=True, capture_output=True)
    assert_same_result(folder, whole)
    assert newest_checkpoint(folder.checkpoints) == folder.checkpoints / f"checkpoint-{STEPS}"
    assert not (folder.checkpoints / "unfinished").exists()


def test_two_processes_come_to_the_losses_of_one(
    finished: tuple[Recipe, RunFolder], places: dict[str, Path], tmp_path: Path
) -> None:
    made, whole = finished
    file = tmp_path / "recipe.toml"
    file.write_text(made.to_toml(), encoding="utf-8")
    folder = RunFolder(tmp_path / "whole")
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
                "--no-python"]  # fmt: skip
    done = subprocess.run(
        [*launcher, *command(file, places["data"], folder.path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert losses(folder) == pytest.approx(losses(whole), rel=1e-5)
    assert folder.measured("held-out")[-1]["loss"] == pytest.approx(
        whole.measured("held-out")[-1]["loss"], rel=1e-4
    )
    mine, theirs = weights(folder), weights(whole)
    for name, tensor in mine.items():
        torch.testing.assert_close(tensor, theirs[name], rtol=1e-2, atol=1e-4)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"schedule": {"learning_rate": 1e-3}}, "`schedule.learning_rate` differs"),
        ({"data": {"seed": 5}}, "`data.seed` differs"),
        ({"base": {"licence": "MIT"}}, "`base.licence` differs"),
        ({"adapter": {"rank": 2}}, "`adapter.rank` differs"),
    ],
)
def test_a_folder_of_another_recipe_is_refused(
    finished: tuple[Recipe, RunFolder], places: dict[str, Path], changes: dict[str, Any], says: str
) -> None:
    _, folder = finished
    prepared = prepare(recipe_for(places, **changes), [places["data"]])
    with pytest.raises(UserError, match="of another run") as caught:
        train(prepared, folder, Silent())
    assert says in str(caught.value)
    assert "give another --out" in str(caught.value)


def test_a_folder_of_other_data_is_refused(
    finished: tuple[Recipe, RunFolder], places: dict[str, Path], tmp_path: Path
) -> None:
    made, folder = finished
    other = write_samples(tmp_path / "other.jsonl", samples(13))
    with pytest.raises(UserError, match="the data differs"):
        train(prepare(made, [other]), folder, Silent())


def test_settings_of_memory_may_change_on_the_way(
    finished: tuple[Recipe, RunFolder], places: dict[str, Path], tmp_path: Path
) -> None:
    made, whole = finished
    folder = RunFolder(tmp_path / "whole")
    shutil.copytree(whole.path, folder.path)
    shutil.rmtree(folder.checkpoints / f"checkpoint-{STEPS}")
    changed = made.model_copy(
        update={"memory": made.memory.model_copy(update={"tokens_per_batch": 900, "share_prefix": False})}
    )
    train(prepare(changed, [places["data"]]), folder, Silent())
    assert losses(folder) == pytest.approx(losses(whole), rel=1e-4)


def test_one_process_at_a_time(finished: tuple[Recipe, RunFolder], places: dict[str, Path]) -> None:
    made, folder = finished
    with folder.locked(), pytest.raises(UserError, match="another process is training"):
        train(prepare(made, [places["data"]]), folder, Silent())


def test_a_loss_that_is_no_number_names_the_step_and_keeps_the_checkpoint(
    places: dict[str, Path], tmp_path: Path
) -> None:
    schedule = {"learning_rate": 1e30, "warmup_steps": 3, "decay": "constant"}
    made = recipe_for(places, schedule=schedule, checkpoints={"every": 1})
    with pytest.raises(UserError, match="is not finite at step") as caught:
        run(made, places["data"], tmp_path / "run")
    last = newest_checkpoint(tmp_path / "run" / "checkpoints")
    assert last is not None
    assert f"{last.name} is kept" in str(caught.value)
    assert all(tensor.isfinite().all() for tensor in load_file(last / "adapter_model.safetensors").values())
    assert not (tmp_path / "run" / "adapter").exists()


def test_without_held_out_samples_there_is_no_calibration(places: dict[str, Path], tmp_path: Path) -> None:
    folder = run(recipe_for(places, data={"held_out": 0}), places["data"], tmp_path / "run")
    assert not folder.calibration.exists()
    metadata = read_metadata(folder.gguf)
    assert metadata is not None
    assert metadata.calibration is None
    assert "Not fitted" in folder.card.read_text(encoding="utf-8")
