from __future__ import annotations

import os
from pathlib import Path

import pytest

from models.runtime.machine import cpu_quota, default_context, default_threads, physical_cores


def _cpu(root: Path, number: int, core: int, package: int = 0) -> None:
    topology = root / f"cpu{number}" / "topology"
    topology.mkdir(parents=True)
    (topology / "core_id").write_text(f"{core}\n", "ascii")
    (topology / "physical_package_id").write_text(f"{package}\n", "ascii")


def test_two_halves_of_one_core_count_once(tmp_path: Path) -> None:
    for number in range(8):
        _cpu(tmp_path, number, core=number % 2, package=number // 4)
    assert physical_cores(range(8), tmp_path) == 4
    assert physical_cores({0, 2}, tmp_path) == 1
    assert physical_cores({0, 1}, tmp_path) == 2


def test_without_a_topology_each_counts(tmp_path: Path) -> None:
    assert physical_cores({0, 1, 2}, tmp_path) == 3
    assert physical_cores((), tmp_path) == 1


@pytest.mark.parametrize(("text", "quota"), [("150000 100000\n", 1.5), ("max 100000\n", None), ("", None)])
def test_the_control_groups_limit(tmp_path: Path, text: str, quota: float | None) -> None:
    (tmp_path / "cpu.max").write_text(text, "ascii")
    assert cpu_quota(tmp_path, tmp_path / "none") == quota


def test_the_processs_own_group_comes_first(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("400000 100000", "ascii")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "cpu.max").write_text("100000 100000", "ascii")
    (tmp_path / "membership").write_text("0::/mine\n", "utf-8")
    assert cpu_quota(tmp_path, tmp_path / "membership") == 1.0


def test_threads_are_at_least_one_and_at_most_the_processors() -> None:
    assert 1 <= default_threads() <= (os.cpu_count() or 1)


@pytest.mark.parametrize(
    ("trained", "token_bytes", "memory", "context"),
    [
        (32768, 12288, 16 * 2**30, 8192),  # 0.5B
        (512, 12288, 16 * 2**30, 512),
        (16384, 524288, 16 * 2**30, 8192),  # 6.7B: just a quarter
        (16384, 524288, 15 * 2**30, 4096),
        (16384, 524288, 2**30, 2048),  # no smaller than of use
        (16384, 524288, None, 8192),
    ],
)
def test_the_default_context(trained: int, token_bytes: int, memory: int | None, context: int) -> None:
    assert default_context(trained, token_bytes, memory) == context
