"""A tiny model with random weights, for everything that does not need sense."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.runtime.engine import Engine
from tests.stubs.tiny_gguf import write_tiny_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> Iterator[Engine]:
    with Engine.load(tiny_model, threads=1) as loaded:
        yield loaded
