"""The adapter that is shipped: what `clarify ask` decides with it on the examples, attached and merged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.app import run as clarify
from models.registry.pull import pull

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


def test_its_base_writes_the_code_to_the_byte_and_the_decision_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def initials(*flags: str) -> dict[str, object]:
        assert clarify(["ask", str(EXAMPLES / "text.py"), "--function", "initials", "--json", *flags]) == 0
        (spec,) = json.loads(capsys.readouterr().out)["specs"]
        return dict(spec)

    bare = initials("--adapter", "none", "--ask", "never")
    assert (bare["adapter"], bare["code_by"]) == (None, None)
    for step in (lambda: None, pull):  # attached, then merged
        step()
        capsys.readouterr()
        own = initials("--code-by", "adapter", "--decide")
        assert (own["adapter"], own["code_by"]) == ("clarify-0.5b", None)
        split = initials()
        assert (split["adapter"], split["code_by"]) == ("clarify-0.5b", "base")
        assert split["code"] == bare["code"]
        assert split["p_ask"] == own["p_ask"] != bare["p_ask"]
    assert initials("--code-by", "adapter")["code"] != bare["code"]
