"""Every command of the README is run, and what the README and the docs say of settings holds."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CLARIFY = Path(sys.executable).with_name("clarify")


def _commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def _starting(word: str) -> list[str]:
    return [command for command in _commands() if command.startswith(f"{word} ")]


def test_each_command_is_of_a_kind_that_is_tested_here() -> None:
    known = {*_starting("clarify"), *_starting("make"), "pipx install ."}
    assert set(_commands()) == known


@pytest.mark.parametrize("command", _starting("make"))
def test_make_knows_its_targets(command: str) -> None:
    done = subprocess.run(
        [*shlex.split(command), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.model
@pytest.mark.parametrize("command", _starting("clarify"))
def test_the_commands_run_on_the_real_model(command: str, model_path: Path, home: Path) -> None:
    shutil.copytree(ROOT / "examples", "examples")
    models = home / "models"
    models.mkdir(parents=True)
    (models / "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf").symlink_to(model_path)
    words = shlex.split(command)
    done = subprocess.run(
        [CLARIFY, *words[1:]],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode in ({0, 3} if "ask" in words else {0}), done.stderr
    assert "error" not in done.stderr
    assert done.stdout or words[1] == "chat"


def test_an_installed_wheel_holds_the_packages_their_data_and_no_tests(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path)]
    subprocess.run([*command, str(ROOT)], check=True, timeout=300)
    (wheel,) = tmp_path.glob("clarifycoder-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"assistant/app.py", "models/registry/catalogue.toml", "synth/schema.py"} <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "assistant",
        "models",
        "synth",
        "training",
        "eval",
        "clarifycoder",
    }


def test_the_table_of_settings_is_the_settings() -> None:
    from assistant.config import _PROJECT_MAY_SET, Settings

    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (yes|no) \|$", text, flags=re.MULTILINE))
    assert set(rows) == set(Settings.model_fields)
    assert {name for name, project in rows.items() if project == "yes"} == _PROJECT_MAY_SET
