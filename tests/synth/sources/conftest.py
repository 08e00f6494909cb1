"""Sources with a work folder of the test's own, and packages written on the spot."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from synth.sources.base import SourceOptions

Writer = Callable[..., Path]


@pytest.fixture
def options(tmp_path: Path) -> SourceOptions:
    return SourceOptions(work=tmp_path / "recordings")


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Writes files of a package: `write("pkg", {"__init__.py": "…"})`; gives its folder."""

    def write(folder: str, files: dict[str, str]) -> Path:
        root = tmp_path / folder
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return root

    return write


@pytest.fixture
def install(write: Writer) -> Callable[..., Path]:
    """Installs a distribution into a folder as pip would lay it out; gives the folder."""

    def install(name: str, files: dict[str, str], metadata: str, licence: str = "") -> Path:
        info = f"{name}-1.0.dist-info"
        record = "".join(f"site/{file},,\n".removeprefix("site/") for file in files)
        texts = {f"{info}/LICENSE": licence} if licence else {}
        record += f"{info}/METADATA,,\n" + "".join(f"{file},,\n" for file in texts)
        head = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        return write(
            "site", {**files, **texts, f"{info}/METADATA": head + metadata, f"{info}/RECORD": record}
        )

    return install
