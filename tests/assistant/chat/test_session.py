"""Session files: nothing is lost, nothing is shared, and the state is what the events say."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.chat.events import (
    EVENT,
    Answered,
    Asked,
    Broken,
    Cleared,
    Coded,
    Configured,
    Event,
    FileAdded,
    FileDropped,
    Requested,
)
from assistant.chat.session import Session, SessionInUse, ids, saves
from assistant.chat.state import fold
from assistant.decision.outcome import Finding
from models.backends.base import Usage
from models.errors import UserError
from models.reply import Question

QUESTIONS = (Question(text="Which field?", options=("date", "amount")), Question(text="When?"))
FINDING = Finding(name="opening", value=0.8, cost_seconds=0.1, reason="so", p_other=0.01)
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)

events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Configured, model=st.none() | WORDS, threshold=st.floats(0, 1)),
    st.builds(FileAdded, path=WORDS),
    st.builds(FileDropped, path=WORDS),
    st.builds(Requested, text=WORDS),
    st.just(Asked(questions=QUESTIONS, p_ask=0.8, findings=(FINDING,), usage=Usage(1, 0, 2, 0.5, 0.25))),
    st.builds(Answered, index=st.integers(0, 3), text=st.none() | WORDS),
    st.builds(Coded, code=WORDS, assumptions=st.tuples(WORDS)),
    st.builds(Broken, reason=st.sampled_from(["stopped", "failed"]), text=WORDS),
    st.builds(Cleared),
)


@given(st.lists(events, max_size=12))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_read_back_is_what_was_recorded(happened: list[Event]) -> None:
    session = Session.new()
    for event in happened:
        session.record(event)
    session.close()
    if not happened:
        return
    again = Session.resume(session.id)
    assert again.state == session.state == fold(happened)
    assert again.unread == 0
    again.close()


@given(events)
def test_every_event_survives_json(event: Event) -> None:
    assert EVENT.validate_json(event.model_dump_json()) == event


def record(session: Session, *happened: Event) -> None:
    for event in happened:
        session.record(event)


def test_a_torn_last_line_costs_that_line_alone() -> None:
    session = Session.new()
    record(session, Requested(text="a"), Requested(text="b"))
    session.close()
    whole = session.path.read_bytes()
    session.path.write_bytes(whole[:-5])
    again = Session.resume(None)
    assert [turn.request for turn in again.state.turns] == ["a"]
    again.record(Requested(text="c"))
    again.close()
    assert [turn.request for turn in Session.resume(None).state.turns] == ["a", "c"]


def test_records_of_a_later_version_are_counted_and_passed_over() -> None:
    session = Session.new()
    record(session, Requested(text="a"))
    session.close()
    with session.path.open("a", encoding="utf-8") as file:
        file.write('{"kind":"telepathy","at":"2030-01-01T00:00:00Z"}\n')
    again = Session.resume(None)
    assert (len(again.state.turns), again.unread) == (1, 1)


def test_two_chats_at_once_write_two_files() -> None:
    one, two = Session.new(), Session.new()
    record(one, Requested(text="one"))
    record(two, Requested(text="two"))
    assert one.path != two.path
    assert [turn.request for turn in one.state.turns] == ["one"]
    assert len(ids()) == 2


def test_a_live_session_is_nobody_elses() -> None:
    one = Session.new()
    record(one, Requested(text="one"))
    with pytest.raises(SessionInUse):
        Session.resume(one.id)
    with pytest.raises(SessionInUse):
        Session.resume(None)
    one.close()
    assert Session.resume(None).id == one.id


def test_the_newest_session_is_the_default_and_an_empty_one_is_none() -> None:
    Session.new().close()
    with pytest.raises(UserError, match="no session to go on with"):
        Session.resume(None)


def test_a_save_is_a_copy_that_never_changes() -> None:
    session = Session.new()
    record(session, Requested(text="a"))
    saved = session.save("draft").read_bytes()
    loaded = Session.load("draft")
    record(loaded, Requested(text="b"))
    assert saves() == ["draft"]
    assert Path(session.path.parent.parent / "saved" / "draft.jsonl").read_bytes() == saved
    assert len(loaded.state.turns) == 2
    assert len(session.state.turns) == 1
    by_name = Session.resume("draft")
    assert by_name.id not in {session.id, loaded.id}


@pytest.mark.parametrize("name", ["../x", "", ".hidden", "a/b", "a" * 65, "ünï"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    session = Session.new()
    record(session, Requested(text="a"))
    with pytest.raises(UserError, match="cannot be the name"):
        session.save(name)
    with pytest.raises(UserError):
        Session.resume(name or "../x")


def test_an_unknown_name_gets_the_nearest() -> None:
    session = Session.new()
    with pytest.raises(UserError, match="nothing to save"):
        session.save("draft")
    record(session, Requested(text="a"))
    session.save("draft")
    with pytest.raises(UserError) as caught:
        Session.load("darft")
    assert str(caught.value) == "no session is named `darft`; did you mean `draft`?"


def test_a_folder_that_cannot_be_written_leaves_the_state_alone(tmp_path: Path) -> None:
    session = Session.new()
    (session.path).mkdir(parents=True)  # where the file should be
    with pytest.raises(UserError, match="cannot write"):
        session.record(Requested(text="a"))
    assert session.state.turns == ()


def test_code_that_was_whole_outlives_a_broken_retry() -> None:
    state = fold([Requested(text="a"), Coded(code="x = 1\n"), Broken(reason="stopped", text="```\ny")])
    assert state.last is not None
    assert state.last.block is not None
    assert state.last.block.code == "x = 1\n"


def test_partial_code_belongs_to_the_history_and_partial_questions_do_not() -> None:
    state = fold([Requested(text="a"), Broken(reason="stopped", text="```python\nx = 1\ny =")])
    assert state.last is not None
    assert [message.content for message in state.last.messages()] == ["a", "```python\nx = 1\ny =\n```"]
    state = fold([Requested(text="a"), Broken(reason="stopped", text="1. Which")])
    assert state.last is not None
    assert state.last.messages() == ()
