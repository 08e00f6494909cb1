from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.errors import UserError
from synth.corpus.files import read_file
from synth.corpus.format import Edit, NotApplicable, applied
from tests.synth.corpus.made import AMBIGUOUS, INCOMPLETE, made, point, row

FILE = """\
about = "Words"

[[problem]]
id = "twice"
shape = "chat"
name = "twice"
text = '''
Write twice(word): the word two times, "a\\b" is "a\\ba\\b".
'''
solution = '''
def twice(word):
    return word * 2
'''
tests = '''
>>> twice("a")
'aa'
'''

[[problem.points]]
kind = "inconsistent"
questions = ["Two times or three?", "How many times?"]
answer = "Two times."

[[problem.points.edits]]
from = "the word two times"
to = "the word three times"

[[problem.points.readings]]
option = "two times"
meant = true

[[problem.points.readings]]
option = "three times"
"""


@given(text=st.text(), before=st.text(min_size=1), after=st.text())
def test_an_edit_applies_where_its_text_stands_exactly_once(text, before, after):
    edit = Edit.model_validate({"from": before, "to": after})
    if text.count(before) != 1:
        with pytest.raises(NotApplicable):
            edit.apply(text)
    else:
        left, right = text.split(before)
        assert edit.apply(text) == left + after + right


def test_edits_apply_in_their_order():
    edits = tuple(Edit.model_validate({"from": a, "to": b}) for a, b in (("one", "two"), ("two", "three")))
    assert applied(edits, "one") == "three"


def test_a_file_is_read_as_it_is_written(tmp_path: Path):
    (tmp_path / "words.toml").write_text(FILE, encoding="utf-8")
    (problem,) = read_file(tmp_path / "words.toml").problems
    assert problem.text == 'Write twice(word): the word two times, "a\\b" is "a\\ba\\b".\n'
    assert problem.unclear(problem.points[0]).startswith("Write twice(word): the word three times")
    assert problem.points[0].meant.option == "two times"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('kind = "inconsistent"', 'kind = "vague"'), "`twice`.points.0.kind: "),
        (('answer = "Two times."', ""), "`twice`.points.0.answer: "),
        (
            ('option = "three times"', 'option = "three times"\nwhy = "?"'),
            "`twice`.points.0.readings.1.why: ",
        ),
        (("id = ", "id is "), "words.toml"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_place(tmp_path: Path, change, told):
    (tmp_path / "words.toml").write_text(FILE.replace(*change), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read_file(tmp_path / "words.toml")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "broken",
    [
        point(AMBIGUOUS, differs_on=None),
        point(AMBIGUOUS, readings=[{"option": "a", "meant": True}, {"option": "b"}]),
        point(AMBIGUOUS, readings=[{"option": "a", "meant": True}, {"option": "b", "meant": True}]),
        point(
            AMBIGUOUS,
            readings=[{"option": "a", "meant": True, "code": "x = 1"}, {"option": "b", "code": "x"}],
        ),
        point(AMBIGUOUS, questions=["Only one?"]),
        point(AMBIGUOUS, of="plain"),
    ],
)
def test_a_point_that_cannot_be_proven_is_refused(broken):
    with pytest.raises(ValidationError):
        made(points=[broken])


def test_the_key_of_a_point_depends_on_its_change_alone():
    before, after = made(), made(points=[point(INCOMPLETE, answer="Left out."), AMBIGUOUS])
    assert before.points[1].key == after.points[0].key
    assert len({one.key for one in before.points}) == 3


def test_the_same_change_twice_is_refused():
    with pytest.raises(ValidationError, match="the same change"):
        made(points=[AMBIGUOUS, AMBIGUOUS])


def test_apart_names_points_that_are_there():
    with pytest.raises(ValidationError, match="not there"):
        made(**{**row(), "apart": [["ambiguous-000000", "incomplete-000000"]]})
