"""The card: what `datasets` reads of it, and what people do."""

from __future__ import annotations

from pathlib import Path

import pytest

from synth.build import build
from synth.machine import Machine
from synth.output.reading import read_samples
from synth.sources.base import READERS
from tests.synth.building import SPLIT, recipe


@pytest.fixture(autouse=True)
def fixture_source(monkeypatch):
    monkeypatch.setitem(READERS, "fixture", "tests.synth.building:FixtureProblems")


@pytest.fixture
def folder(tmp_path) -> Path:
    build(recipe(**SPLIT, name="pantry"), tmp_path / "data", Machine())
    return tmp_path / "data"


def test_a_folder_loads_with_its_splits_and_nothing_else(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    from datasets import load_dataset

    loaded = load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    sides = {
        side: len(list(read_samples(folder / f"{side}.jsonl"))) for side in ("train", "validation", "test")
    }
    assert {side: len(rows) for side, rows in loaded.items()} == sides


def test_it_says_what_is_in_it(folder):
    card = (folder / "README.md").read_text()
    assert "# pantry" in card
    assert "license: apache-2.0" in card
    assert "clarify synth build --recipe FILE.toml --out FOLDER" in card
    assert "| `split.validation` | `0.2` |" in card
    assert "1 near-duplicate" in card
    assert "CLARIFY_HUMANEVAL" in card
    assert str(folder) not in card


def test_a_file_has_its_card_beside_it(tmp_path):
    build(recipe(sources=["fixture:3"], limit=10), tmp_path / "few.jsonl", Machine())
    card = (tmp_path / "few.md").read_text()
    assert "clarify synth build --source fixture:3 --limit 10 --seed 3 --out few.jsonl" in card
    assert "path: few.jsonl" in card


def test_weak_isolation_is_told(tmp_path):
    build(recipe(sources=["fixture:3"]), tmp_path / "few.jsonl", Machine(sandbox="weak"))
    assert "--sandbox weak" in (tmp_path / "few.md").read_text()
