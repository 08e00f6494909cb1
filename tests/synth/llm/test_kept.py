"""Kept replies: read back as they came, whatever tore the file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.backends.base import Completion, Identity, Message, Prompt, Sampling, Usage
from models.errors import UserError
from synth.modifications.llm.kept import KeptReplies, reply_key

PROMPT = Prompt((Message("user", "hi"),))


def _reply(text: str) -> Completion:
    return Completion(text, "stop", Usage(prompt_tokens=3, generated_tokens=4))


@given(st.text())
def test_what_is_kept_is_read_back_by_the_next_run(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        KeptReplies(Path(folder) / "r.jsonl").put("a", _reply(text))
        assert KeptReplies(Path(folder) / "r.jsonl").get("a") == _reply(text)
        assert KeptReplies(Path(folder) / "r.jsonl").get("b") is None


@pytest.mark.parametrize("cut", [2, 5, 40])
def test_a_torn_line_is_lost_and_nothing_else(tmp_path: Path, cut: int) -> None:
    file = tmp_path / "r.jsonl"
    kept = KeptReplies(file)
    kept.put("a", _reply("first"))
    kept.put("b", _reply("second"))
    file.write_bytes(file.read_bytes()[:-cut])
    again = KeptReplies(file)
    assert again.get("a") == _reply("first")
    assert again.get("b") is None
    again.put("b", _reply("anew"))
    assert KeptReplies(file).get("b") == _reply("anew")
    assert KeptReplies(file).get("a") == _reply("first")


def test_a_last_line_that_only_lacks_its_end_counts(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    KeptReplies(file).put("a", _reply("first"))
    file.write_bytes(file.read_bytes()[:-1])
    KeptReplies(file).put("b", _reply("second"))
    again = KeptReplies(file)
    assert (again.get("a"), again.get("b")) == (_reply("first"), _reply("second"))


def test_threads_share_a_file(tmp_path: Path) -> None:
    kept = KeptReplies(tmp_path / "r.jsonl")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: kept.put(str(number), _reply(f"{number} " * 50)), range(200)))
    again = KeptReplies(tmp_path / "r.jsonl")
    for number in range(200):
        assert kept.get(str(number)) == again.get(str(number)) == _reply(f"{number} " * 50)


def test_all_that_decides_a_reply_is_in_its_name() -> None:
    names = {
        reply_key(Identity("m"), "", PROMPT, Sampling()),
        reply_key(Identity("n"), "", PROMPT, Sampling()),
        reply_key(Identity("m"), "http://localhost", PROMPT, Sampling()),
        reply_key(Identity("m"), "", Prompt((Message("user", "ho"),)), Sampling()),
        reply_key(Identity("m"), "", PROMPT, Sampling(seed=1)),
        reply_key(Identity("m"), "", PROMPT, Sampling(temperature=0.1)),
    }
    assert len(names) == 6


def test_a_reply_kept_by_an_earlier_version_is_found() -> None:
    name = "43cff994a442d2673f4a76b69f2997ccae236e95eca50c02c32935d8b3a2a7d8"
    assert reply_key(Identity("m"), "", PROMPT, Sampling()) == name


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").mkdir()
    with pytest.raises(UserError, match="kept replies cannot be used"):
        KeptReplies(tmp_path / "r.jsonl")
