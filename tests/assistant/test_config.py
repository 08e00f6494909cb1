"""Settings: which source wins, and what a project file may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.config import load, project_file
from models.errors import UserError


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_flags_beat_variables_beat_project_beat_user(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().threshold == 0.5
    _write(home / "config.toml", "threshold = 0.1\nmax_tokens = 10\n")
    assert load().threshold == 0.1
    _write(Path.cwd() / ".clarify.toml", "threshold = 0.2\n")
    assert (load().threshold, load().max_tokens) == (0.2, 10)
    monkeypatch.setenv("CLARIFY_THRESHOLD", "0.3")
    assert load().threshold == 0.3
    assert load(threshold=0.4).threshold == 0.4
    assert load(threshold=None).threshold == 0.3


@pytest.mark.parametrize(
    ("flags", "code_by"),
    [
        ({}, "base"),
        ({"threshold": 0.4}, "base"),
        ({"adapter": "none"}, None),
        ({"model": "other"}, None),
        ({"adapter": "mine", "code_by": "adapter"}, "adapter"),
        ({"code_by": "adapter"}, "adapter"),
    ],
)
def test_who_writes_code_is_said_of_the_adapter_in_the_same_place(
    home: Path, flags: dict[str, object], code_by: str | None
) -> None:
    _write(home / "config.toml", 'adapter = "a.gguf"\ncode_by = "base"\n')
    assert load(**flags).code_by == code_by


@pytest.mark.parametrize(
    "line", ['base_url = "http://evil"', 'openai_api_key = "k"', 'model = "openai:x"', 'effort = "high"']
)
def test_a_project_cannot_send_requests_elsewhere_nor_have_code_run(line: str) -> None:
    _write(Path.cwd() / ".clarify.toml", line + "\n")
    with pytest.raises(UserError, match="a project may not set"):
        load()


def test_the_project_file_is_looked_for_up_to_the_repository(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    (root / ".git").mkdir(parents=True)
    (root / "deep" / "er").mkdir(parents=True)
    _write(tmp_path / ".clarify.toml", "threshold = 0.9\n")
    assert project_file(root / "deep" / "er") is None
    _write(root / ".clarify.toml", "threshold = 0.2\n")
    assert project_file(root / "deep" / "er") == root / ".clarify.toml"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("threshold = 2.0", "the setting `threshold` is wrong"),
        ("thresold = 0.5", "there is no setting `thresold`; did you mean `threshold`?"),
        ("threshold = ", "not TOML"),
    ],
)
def test_a_wrong_setting_is_named(home: Path, text: str, complaint: str) -> None:
    _write(home / "config.toml", text + "\n")
    with pytest.raises(UserError, match=complaint) as caught:
        load()
    assert "config.toml" in str(caught.value)


def test_a_key_is_never_shown() -> None:
    assert "sk-secret" not in repr(load(openai_api_key="sk-secret"))
