import json

from hypothesis import given
from hypothesis import strategies as st

from eval.reports.conversations import browsable, changed
from eval.reports.html import MARKS
from tests.eval.reports.material import result

_TEXTS = st.text(alphabet="ab \n.é", max_size=60)


@given(original=_TEXTS, text=_TEXTS)
def test_the_pieces_are_both_texts(original: str, text: str) -> None:
    pieces = changed(original, text)
    assert "".join(piece for side, piece in pieces if side != "new") == original
    assert "".join(piece for side, piece in pieces if side != "gone") == text
    assert all(piece for _, piece in pieces)


def test_what_was_changed_is_told_word_by_word() -> None:
    assert changed("longer than 5 letters", "longer than some letters") == (
        ("same", "longer than "),
        ("gone", "5"),
        ("new", "some"),
        ("same", " letters"),
    )


def test_a_row_has_all_that_is_known_of_it_and_texts_stand_once() -> None:
    data = browsable([result(), result("never", asks_on=())])
    json.dumps(data, allow_nan=False)
    assert data["runs"] == ["ours", "never"]
    assert len(data["rows"]) == 32
    assert len(data["texts"]) == 16
    asks = next(row for row in data["rows"] if row["category"] == "1p")
    assert asks["marks"] == ["asks", "good questions", "failed"]
    assert asks["questions"][0]["options"] == ["3", "4"]
    never = next(row for row in data["rows"] if row["run"] == 1 and row["category"] == "1p")
    assert "missed" in never["marks"]


def test_every_mark_can_be_filtered_by() -> None:
    data = browsable([result(asks_on=("original", "1a", "1p"))])
    assert {mark for row in data["rows"] for mark in row["marks"]} <= set(MARKS)
