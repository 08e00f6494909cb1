"""The work log: whole lines count, the last one of a problem wins, and nothing else is believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import UserError
from synth.gate.reason import Reason
from synth.output.entry import Dropped, Entry, Row, digest
from synth.output.worklog import LogReader, WorkLog, contents
from tests.synth.gate.material import a_problem, answered, clear, unclear

BUILD = {"seed": 1}
END = {"sources": {}}


def line(name: str, **fields) -> bytes:
    return Entry.of(a_problem(id=name), **fields).line()


def test_an_entry_is_read_back_as_it_was():
    entry = Entry.of(
        a_problem(),
        (clear(), unclear(), answered()),
        (Dropped("x", "Incomplete", Reason("leak", "it says “original”")),),
    )
    row = Row.read(json.loads(entry.line()))
    assert row.dropped == entry.dropped
    assert [type(entry.samples[0]).model_validate(one) for one in row.samples] == list(entry.samples)
    nothing = Row.read(json.loads(line("b", reason=Reason("benchmark name", "it is"))))
    assert (nothing.reason, nothing.samples) == (Reason("benchmark name", "it is"), ())


def test_a_log_says_what_is_done(tmp_path):
    path = tmp_path / "log"
    with WorkLog(path, BUILD, {}) as log:
        log.add([line("b"), line("a", samples=(clear(),))])
        log.finish(END)
        log.finish(END)
    with WorkLog(path, BUILD, {}) as log:
        assert log.done("a", digest(a_problem(id="a")))
        assert not log.done("a", "another content")
        assert log.problems == {"a", "b"}
    assert path.read_bytes().count(b'"end"') == 1
    reader = LogReader(path)
    assert [row.problem for row in reader.rows()] == ["a", "b"]
    assert reader.row("a").samples[0]["id"] == clear().id
    reader.close()


def test_the_last_line_of_a_problem_counts_and_reopens_a_finished_log(tmp_path):
    path = tmp_path / "log"
    with WorkLog(path, BUILD, {}) as log:
        log.add([line("a", samples=(clear(),)), line("b")])
        log.finish(END)
        log.forget(["b"])
        log.add([line("a", reason=Reason("no samples"))])
    found = contents(path)
    assert found.end is None
    assert set(found.places) == {"a"}
    reader = LogReader(path)
    assert reader.row("a").reason == Reason("no samples")
    reader.close()


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_log_that_was_cut_anywhere_takes_more(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("log")
    with WorkLog(folder / "log", BUILD, {}) as log:
        log.add([line(name) for name in "abc"])
    whole = (folder / "log").read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    (folder / "log").write_bytes(whole[:cut])
    whole_lines = whole[: whole.rfind(b"\n", 0, cut) + 1].count(b'"problem"')
    assert len(contents(folder / "log").places) in {whole_lines, whole[:cut].count(b'"problem"')}
    with WorkLog(folder / "log", BUILD, {}) as log:
        log.add([line(name) for name in "abcd" if name not in log.problems])
    reader = LogReader(folder / "log")
    assert [row.problem for row in reader.rows()] == list("abcd")
    reader.close()


def test_the_log_of_other_work_is_refused_and_stays(tmp_path):
    path = tmp_path / "log"
    with WorkLog(path, {"seed": 1, "sources": ["a"]}, {}):
        pass
    before = path.read_bytes()
    with pytest.raises(UserError, match="other seed, sources"):
        WorkLog(path, {"seed": 2, "sources": ["b"]}, {})
    assert path.read_bytes() == before
    with WorkLog(path, {"seed": 1, "sources": ["a"]}, {}):  # it was let go
        pass


def test_two_writers_are_refused(tmp_path):
    with (
        WorkLog(tmp_path / "log", BUILD, {}),
        pytest.raises(UserError, match="another build is writing"),
    ):
        WorkLog(tmp_path / "log", BUILD, {})
    assert list(tmp_path.glob("*log*")) == [tmp_path / "log"]


def test_another_file_is_no_log(tmp_path):
    (tmp_path / "log").write_text('{"id": "a sample"}\n')
    with pytest.raises(UserError, match="no work log"):
        contents(tmp_path / "log")
    with pytest.raises(UserError, match="no work log"):
        LogReader(tmp_path / "missing")


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write"):
        WorkLog(tmp_path / "file" / "log", BUILD, {})
