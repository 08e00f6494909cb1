"""Pulling from the Hub: the official client and our ranges against a real server."""

from __future__ import annotations

import pytest

from models.errors import UserError
from models.registry import records
from models.registry.hashes import remembered_hash
from models.registry.pull import PullFailed, pull_file
from tests.models.registry.material import FILE, REPO, Heard, known_model, model_bytes, sha256
from tests.stubs.hub import (
    COMMIT,
    Cut,
    Hold,
    HubStub,
    NoRanges,
    OtherRange,
    Refuse,
    TooMuch,
    WrongBytes,
)

BIG = model_bytes(1_000_000)


def test_a_fresh_pull_puts_the_file_in_place_and_leaves_nothing_else(hub: HubStub, data: bytes) -> None:
    known = known_model(data)
    heard = Heard()
    assert pull_file(known, heard) == known.path
    assert known.path.read_bytes() == data
    assert sorted(path.name for path in known.path.parent.iterdir()) == [f".{FILE}.lock", FILE]
    assert remembered_hash(known.path) == sha256(data)
    assert heard.notes == ["small is in place, and its SHA-256 is right"]
    assert [(seen.server, seen.method) for seen in hub.requests] == [
        ("hub", "HEAD"),
        ("hub", "GET"),
        ("storage", "GET"),
    ]
    assert hub.requests[1].path == f"/{REPO}/resolve/{COMMIT}/{FILE}"  # the version that was looked up


def test_a_second_pull_asks_nobody(hub: HubStub, data: bytes) -> None:
    pull_file(known_model(data), Heard())
    hub.requests.clear()
    heard = Heard()
    pull_file(known_model(data), heard)
    assert hub.requests == []
    assert heard.notes == ["small is here already"]


def test_a_token_goes_to_the_hub_and_not_to_its_storage(
    hub: HubStub, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    pull_file(known_model(data), Heard())
    sent = {seen.server: seen.headers.get("Authorization") for seen in hub.requests}
    assert sent == {"hub": "Bearer hf_secret", "storage": None}


def test_a_cut_connection_is_resumed_within_the_pull(hub: HubStub) -> None:
    known = known_model(BIG)
    hub.files[REPO, FILE] = BIG
    hub.storage_faults = [Cut(after=1_500_000), Cut(after=1_000_000)]
    pull_file(known, Heard())
    assert known.path.read_bytes() == BIG
    assert [seen.range_start for seen in hub.downloads] == [None, 1_500_000, 2_500_000]


def test_what_arrived_before_a_failure_is_kept_for_the_next_pull(hub: HubStub) -> None:
    known = known_model(BIG)
    hub.files[REPO, FILE] = BIG
    hub.storage_faults = [Cut(after=1_500_000), Refuse(403)]
    with pytest.raises(PullFailed, match="answers 403"):
        pull_file(known, Heard())
    assert not known.path.exists()
    pull_file(known, Heard())
    assert known.path.read_bytes() == BIG
    assert [seen.range_start for seen in hub.downloads] == [None, 1_500_000, 1_500_000]


def test_a_source_that_brings_nothing_is_given_up(hub: HubStub, data: bytes) -> None:
    hub.storage_faults, hub.stuck = [Refuse(500)], True
    with pytest.raises(PullFailed, match="hub: .* answers 500"):
        pull_file(known_model(data), Heard())
    assert len(hub.downloads) == 4  # the first try, and one after each wait


def test_a_server_that_does_no_ranges_starts_the_file_anew(hub: HubStub) -> None:
    known = known_model(BIG)
    hub.files[REPO, FILE] = BIG
    hub.storage_faults = [Cut(after=1_500_000), NoRanges()]
    pull_file(known, Heard())
    assert known.path.read_bytes() == BIG


@pytest.mark.parametrize(
    ("faults", "line"),
    [
        ([Cut(after=1_500_000), OtherRange()], "sends another part of the file"),
        ([TooMuch()], "sends more than the 4000"),
    ],
)
def test_a_server_that_sends_what_was_not_asked_for_is_given_up(
    hub: HubStub, faults: list[Cut | OtherRange | TooMuch], line: str
) -> None:
    hub.files[REPO, FILE] = BIG
    hub.storage_faults = list(faults)
    with pytest.raises(PullFailed, match=line):
        pull_file(known_model(BIG), Heard())


def test_wrong_bytes_are_kept_aside_and_never_in_place(hub: HubStub, data: bytes) -> None:
    known = known_model(data)
    hub.storage_faults = [WrongBytes()]
    with pytest.raises(PullFailed) as caught:
        pull_file(known, Heard())
    rejected = known.path.with_name(f"{FILE}.rejected")
    assert rejected.stat().st_size == len(data)
    assert not known.path.exists()
    line = str(caught.value)
    assert str(rejected) in line
    assert sha256(data)[:12] in line
    assert "run the command again" in line
    pull_file(known, Heard())  # and the same command does it
    assert known.path.read_bytes() == data


def test_another_hash_than_the_catalogues_is_not_even_fetched(hub: HubStub, data: bytes) -> None:
    hub.files[REPO, FILE] = model_bytes(name="Changed")
    with pytest.raises(PullFailed, match="now has another file.*is in the catalogue"):
        pull_file(known_model(data), Heard())
    assert hub.downloads == []


def test_a_file_that_is_here_and_wrong_is_kept_aside_and_fetched_again(hub: HubStub, data: bytes) -> None:
    known = known_model(data)
    known.path.parent.mkdir(parents=True)
    known.path.write_bytes(data[:-1] + b"?")
    heard = Heard()
    pull_file(known, heard)
    assert known.path.read_bytes() == data
    assert "had another SHA-256; it is kept as" in heard.notes[0]


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (Refuse(404, "EntryNotFound"), f"{REPO} has no {FILE} at main"),
        (Refuse(404, "RevisionNotFound"), f"{REPO} has no {FILE} at main"),
        (Refuse(401, "RepoNotFound"), f"there is no {REPO} on the Hub, or it needs HF_TOKEN"),
        (Refuse(403, "GatedRepo"), "asks for consent to its licence"),
        (Refuse(500), "127.0.0.1:\\d+ answers 500"),
        (Refuse(429), "127.0.0.1:\\d+ answers 429"),
    ],
)
def test_a_refusal_says_why_in_one_line(hub: HubStub, data: bytes, fault: Refuse, line: str) -> None:
    hub.hub_faults = [fault]
    with pytest.raises(PullFailed, match=line) as caught:
        pull_file(known_model(data), Heard())
    assert "\n" not in str(caught.value)


def test_a_hub_that_does_not_answer_is_not_waited_for(
    hub: HubStub, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_ETAG_TIMEOUT", "0.2")
    hub.hub_faults = [Hold(after=0)]
    with pytest.raises(PullFailed, match="does not answer within 0.2 s"):
        pull_file(known_model(data), Heard())


@pytest.mark.parametrize("endpoint", ["ftp://127.0.0.1", "127.0.0.1", "http://[::1"])
def test_a_broken_endpoint_is_a_line(data: bytes, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    with pytest.raises(PullFailed, match="HF_ENDPOINT is not an http address"):
        pull_file(known_model(data), Heard())


def test_an_unknown_hash_is_taken_from_the_hub_and_locked(hub: HubStub, data: bytes) -> None:
    known = known_model(data, known_hash=False)
    pull_file(known, Heard())
    lock = records.load().locks["small"]
    assert lock.sha256 == sha256(data)
    assert lock.size_bytes == len(data)
    assert lock.origin == f"hub:{REPO}@{COMMIT}"


def test_an_unknown_hash_that_the_hub_does_not_state_is_refused(hub: HubStub, data: bytes) -> None:
    hub.large = False
    with pytest.raises(PullFailed, match="states no SHA-256"):
        pull_file(known_model(data, known_hash=False), Heard())
    assert hub.downloads == []


def test_a_known_hash_does_without_the_hubs(hub: HubStub, data: bytes) -> None:
    hub.large = False
    pull_file(known_model(data), Heard())


def test_a_file_that_was_put_there_by_hand_is_locked_without_fetching_it(hub: HubStub, data: bytes) -> None:
    known = known_model(data, known_hash=False)
    known.path.parent.mkdir(parents=True)
    known.path.write_bytes(data)
    pull_file(known, Heard())
    assert hub.downloads == []
    assert records.load().locks["small"].sha256 == sha256(data)


def test_a_hash_of_the_catalogue_cannot_be_taken_anew(hub: HubStub, data: bytes) -> None:
    with pytest.raises(UserError, match="is in the catalogue and cannot be taken anew"):
        pull_file(known_model(data), Heard(), relock=True)
