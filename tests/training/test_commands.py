from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.app import run
from tests.stubs.tiny_gguf import write_lora, write_tiny_model
from tests.training.material import recipe, sample, samples, write_samples, write_tiny_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_folder(tmp_path_factory.mktemp("material") / "tiny")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_samples(tmp_path / "data.jsonl", samples(8))


@pytest.fixture
def file(tmp_path: Path, folder: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(recipe(folder, schedule={"steps": 2}).to_toml(), encoding="utf-8")
    return path


def error(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    """The one line that a command fails with."""
    code = run(["train", *map(str, words)])
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("{")]
    assert code == 1, lines
    assert len(lines) == 1
    return lines[0]


def test_a_dry_run_says_what_it_would_take_and_writes_nothing(
    file: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert run(["train", str(file), "--data", str(data), "--dry-run", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["samples"] + document["held_out"] == 27
    assert document["answered_by_questions"] + document["answered_by_code"] == document["samples"]
    assert document["steps"] == 2
    assert document["tokens"] > 0
    assert document["seconds"] > 0
    assert document["adapter"] is None
    assert [path for path in sorted(tmp_path.rglob("*")) if "clarify-home" not in str(path)] == before


def test_a_run_reports_every_step_as_a_line_of_json(
    file: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert (
        run(["train", str(file), "--data", str(data), "--out", str(out), "--set", "loss.opener_weight=4"])
        == 0
    )
    printed = capsys.readouterr()
    told = [json.loads(line) for line in printed.err.splitlines()]
    steps = [line for line in told if "step" in line]
    assert [line["step"] for line in steps] == [1, 2]
    assert all(line["loss"] > 0 and line["tokens_per_second"] > 0 for line in steps)
    assert steps[-1]["seconds_left"] == 0
    assert "opener_weight = 4" in (out / "recipe.toml").read_text(encoding="utf-8")
    assert printed.out.splitlines()[-1].split() == ["adapter", str(out / "adapter.gguf")]


def test_a_limit_is_of_the_samples_of_an_epoch(
    file: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", str(file), "--data", str(data), "--limit", "6", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["samples"] == 6


def test_without_a_place_for_the_run_it_is_a_wrong_call(
    file: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", str(file), "--data", str(data)]) == 2
    assert "Missing option '--out'" in capsys.readouterr().err


def test_empty_data(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = write_samples(tmp_path / "empty.jsonl", [])
    line = error(capsys, file, "--data", empty, "--out", tmp_path / "run")
    assert "there is no sample in the data" in line
    assert str(empty) in line


def test_data_of_another_form_names_file_and_sample(
    file: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = data.read_text(encoding="utf-8")
    data.write_text(good + '{"problem": "sort", "answer": "1. Which?"}\n', encoding="utf-8")
    line = error(capsys, file, "--data", data, "--out", tmp_path / "run")
    assert str(data) in line
    assert f"sample {good.count(chr(10)) + 1} is none" in line


def test_only_samples_of_one_side(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clear = write_samples(tmp_path / "clear.jsonl", [sample(number) for number in range(9)])
    line = error(capsys, file, "--data", clear, "--out", tmp_path / "run")
    assert "no sample answered by questions" in line
    assert "set data.mode" in line


def test_a_base_without_a_chat_template(
    file: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bases = (
        write_tiny_model(tmp_path / "bare.gguf", template=None),
        write_tiny_folder(tmp_path / "bare", template=None),
    )
    capsys.readouterr()
    for base in bases:
        line = error(capsys, file, "--data", data, "--out", tmp_path / "run", "--set", f"base.model={base}")
        assert "no chat template" in line
        assert str(base) in line


def test_a_base_that_is_none(
    file: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    lora = write_lora(tmp_path / "lora.gguf")
    for base, says in (
        ("qwen2.5-coder-0.5c", "qwen2.5-coder-0.5b"),
        ("qwen2.5-coder-0.5b", "clarify models pull"),
        (str(empty), "no model of transformers"),
        (str(lora), "an adapter"),
    ):
        line = error(capsys, file, "--data", data, "--out", tmp_path / "run", "--set", f"base.model={base}")
        assert says in line


def test_layers_that_the_base_has_not(
    file: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for targets, says in (('["query"]', "no layers named `query`"), ('["lm_head"]', "`lm_head` cannot be")):
        line = error(
            capsys, file, "--data", data, "--out", tmp_path / "run", "--set", f"adapter.targets={targets}"
        )
        assert says in line


def test_four_bits_without_cuda(
    file: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = error(capsys, file, "--data", data, "--out", tmp_path / "run", "--set", "memory.four_bit=true")
    assert "needs a CUDA device" in line


def test_memory_that_runs_out(
    file: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An allocation that no machine can give."""
    words = ["train", str(file), "--data", str(data), "--out", str(tmp_path / "run")]
    script = (
        "import resource, sys, torch\n"
        "from assistant.app import run\n"
        "from training.engine import loss\n"
        "def greedy(*_): return torch.zeros(1 << 50)\n"
        "loss.token_log_probabilities = greedy\n"
        f"sys.exit(run({words!r}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    line = done.stderr.splitlines()[-1]
    assert "memory ran out" in line
    assert "memory.tokens_per_batch" in line


def test_without_the_extra_it_says_what_to_install(file: Path, data: Path) -> None:
    script = (
        "import sys\n"
        "import importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name in ('peft', 'torch') else real(name, *a)\n"
        "from assistant.app import run\n"
        f"sys.exit(run(['train', {str(file)!r}, '--data', {str(data)!r}, '--dry-run']))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: training needs peft, torch")
    assert "pip install 'clarifycoder[train]'" in done.stderr


def test_help_loads_no_library() -> None:
    script = (
        "import sys\n"
        "from assistant.app import run\n"
        "run(['train', '--help'])\n"
        "print([name for name in ('torch', 'transformers', 'peft', 'pydantic') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
