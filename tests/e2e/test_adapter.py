"""The adapter that is shipped: what `clarify ask` decides with it on the examples, attached and merged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.app import run as clarify

pytestmark = pytest.mark.model

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def _pulled(home: Path, model_path: Path) -> None:
    models = home / "models"
    models.mkdir(parents=True)
    (models / "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf").symlink_to(model_path)


def _decided(file: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    assert clarify(["ask", str(EXAMPLES / file), "--decide", "--json"]) in {0, 3}
    specs: list[dict[str, object]] = json.loads(capsys.readouterr().out)["specs"]
    return specs


def test_it_is_the_default_and_asks_about_the_vague_example(capsys: pytest.CaptureFixture[str]) -> None:
    (fee,) = _decided("library.py", capsys)
    assert (fee["name"], fee["decision"]) == ("late_fee", "ask")


def test_it_codes_the_clear_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert [(spec["name"], spec["decision"]) for spec in _decided("text.py", capsys)] == [
        ("initials", "code"),
        ("count_vowels", "code"),
    ]
