"""What the tests of the registry share: a Hub stub, small GGUF files, wheels that hold pieces."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.models.registry.material import hub_with, model_bytes
from tests.stubs.hub import HubStub


@pytest.fixture
def data() -> bytes:
    """A small model file."""
    return model_bytes()


@pytest.fixture
def hub(data: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubStub]:
    """A Hub that has the small model, and to which HF_ENDPOINT points."""
    with hub_with(data, monkeypatch) as stub:
        yield stub


@pytest.fixture
def dead_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Hub that cannot be reached: nothing listens there."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is the only package index of pip and uv."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    for name, value in {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(folder),
        "UV_NO_CONFIG": "1",
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": str(folder),
        "UV_OFFLINE": "1",
    }.items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.fixture
def no_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without pip, as uv and pipx make them."""
    monkeypatch.setitem(sys.modules, "pip", None)
