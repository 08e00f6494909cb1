from __future__ import annotations

import os
from pathlib import Path

import pytest

from models.backends.base import Sampling
from models.runtime.engine import Engine
from models.runtime.state import PrefixStore
from tests.stubs.tiny_gguf import write_lora

_BATCHES = [(1, 2, 3), (4, 5)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "states"


def test_a_state_comes_back_for_the_same_batches_and_key(folder: Path) -> None:
    store = PrefixStore(folder, ["model", "version"])
    assert store.load(_BATCHES) is None
    store.save(_BATCHES, b"state")
    assert PrefixStore(folder, ["model", "version"]).load(_BATCHES) == b"state"
    assert store.load([(1, 2, 3, 4, 5)]) is None
    assert store.load([(1, 2, 3)]) is None
    assert PrefixStore(folder, ["model", "other"]).load(_BATCHES) is None
    assert [path.suffix for path in folder.iterdir()] == [".kv"]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data[:5], lambda data: b"", bytes.upper]
)
def test_a_damaged_file_is_as_good_as_none(folder: Path, damage: object) -> None:
    assert callable(damage)
    store = PrefixStore(folder, ["m"])
    store.save(_BATCHES, b"state")
    (file,) = folder.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert store.load(_BATCHES) is None
    assert list(folder.iterdir()) == []


def test_what_was_used_longest_ago_goes_first(folder: Path) -> None:
    store = PrefixStore(folder, ["m"], limit_bytes=1000)
    for index in range(3):
        store.save([(index,)], bytes(300))
        for age, file in enumerate(sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)):
            os.utime(file, (1000 + age, 1000 + age))
    assert store.load([(0,)]) is None
    assert store.load([(1,)]) is not None
    store.save([(3,)], bytes(300))
    assert store.load([(2,)]) is None
    assert store.load([(1,)]) is not None  # used since
    store.save([(4,)], bytes(900))
    assert store.load([(4,)]) is None  # one alone may not take all the room


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = PrefixStore(tmp_path / "file" / "below", ["m"])
    store.save(_BATCHES, b"state")
    assert store.load(_BATCHES) is None


INSTRUCTION = list(b"x" * 200)
REQUESTS = [INSTRUCTION + list(request) for request in (b"sort these numbers", b"another request", b"third")]
OPENERS = [[49, 46], [96, 96, 96]]


def test_a_new_process_reads_the_instruction_from_the_disk_to_the_bit(tiny_model: Path, folder: Path) -> None:
    expected = []
    for request in REQUESTS:
        with Engine.load(tiny_model, threads=1) as plain:
            expected.append(plain.opener_mass(request, OPENERS).mass)
    cached = []
    for request, mass in zip(REQUESTS, expected, strict=True):
        with Engine.load(tiny_model, threads=1, prefix_folder=folder) as engine:
            found = engine.opener_mass(request, OPENERS, fixed=len(INSTRUCTION))
            assert found.mass == mass
            cached.append(found.usage.cached_tokens)
    assert cached == [0, 128, 128]  # whole batches only
    assert len(list(folder.iterdir())) == 1


def test_an_adapters_states_are_its_own(tiny_model: Path, tmp_path: Path, folder: Path) -> None:
    adapter = write_lora(tmp_path / "lora.gguf")
    sampling = Sampling(max_tokens=5)
    with Engine.load(tiny_model, threads=1) as plain:
        plain.attach(adapter)
        expected = plain.generate(REQUESTS[0], sampling).text
    found = []
    for _ in range(2):
        with Engine.load(tiny_model, threads=1, prefix_folder=folder) as engine:
            engine.generate(REQUESTS[0], sampling, fixed=len(INSTRUCTION))
            engine.attach(adapter)
            reply = engine.generate(REQUESTS[0], sampling, fixed=len(INSTRUCTION))
            found.append((reply.text, reply.usage.cached_tokens))
    assert found == [(expected, 0), (expected, 128)]
    assert len(list(folder.iterdir())) == 2


def test_a_state_that_the_engine_does_not_take_is_computed_again(tiny_model: Path, folder: Path) -> None:
    with Engine.load(tiny_model, threads=1, prefix_folder=folder) as engine:
        expected = engine.opener_mass(REQUESTS[0], OPENERS, fixed=len(INSTRUCTION)).mass
    (file,) = folder.iterdir()
    name = file.name
    forged = PrefixStore(folder.parent / "forged", ["any"])
    forged.save(_BATCHES, b"no state of this engine, but a sound file")
    (sound,) = (folder.parent / "forged").iterdir()
    sound.replace(folder / name)
    with Engine.load(tiny_model, threads=1, prefix_folder=folder) as engine:
        found = engine.opener_mass(REQUESTS[0], OPENERS, fixed=len(INSTRUCTION))
    assert (found.mass, found.usage.cached_tokens) == (expected, 0)
