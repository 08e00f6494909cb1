"""Every test has its own home, no keys, no network but loopback; `model` tests find the real model."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

# A shell starts background jobs with Ctrl-C ignored, which children inherit: tests that press it would hang.
signal.signal(signal.SIGINT, signal.default_int_handler)

_USERS_ENVIRONMENT = dict(os.environ)  # before any test changes it


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A CLARIFY_HOME of the test's own; the working folder is another empty one."""
    for name in list(os.environ):
        if name.startswith(("CLARIFY_", "OPENAI_", "GEMINI_", "GOOGLE_", "HF_")):
            monkeypatch.delenv(name)
    place = tmp_path / "clarify-home"
    monkeypatch.setenv("CLARIFY_HOME", str(place))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return place


@pytest.fixture(scope="session")
def model_path() -> Path:
    """The real default model: CLARIFY_TEST_MODEL, else where `clarify models pull` puts it."""
    if named := _USERS_ENVIRONMENT.get("CLARIFY_TEST_MODEL"):
        return Path(named)
    from models.registry.resolve import resolve

    with pytest.MonkeyPatch.context() as patch:
        for name in ("CLARIFY_HOME", "HOME"):
            if name in _USERS_ENVIRONMENT:
                patch.setenv(name, _USERS_ENVIRONMENT[name])
            else:
                patch.delenv(name, raising=False)
        return resolve(None).path
