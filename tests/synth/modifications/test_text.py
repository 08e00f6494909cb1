"""Sentences and edits of a description."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.modifications import text as t
from synth.modifications.text import Span


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("One. Two!", ["One.", "Two!"]),
        ("See e.g. the list. Done.", ["See e.g. the list.", "Done."]),
        ("Use `a. B` here. Then stop.", ["Use `a. B` here.", "Then stop."]),
        ('It says "No. Never." to all. Fine.', ['It says "No. Never." to all.', "Fine."]),
        ("Sum it up. items holds pairs.", ["Sum it up.", "items holds pairs."]),
        ("Up to 2.5 mm. ok then", ["Up to 2.5 mm. ok then"]),
        ("First\nsecond. Third", ["First", "second.", "Third"]),
        ("", []),
    ],
)
def test_sentences(description: str, expected: list[str]) -> None:
    assert [sentence.text for sentence in t.sentences(description)] == expected


def test_spans_of_sentences_fit_the_text() -> None:
    description = "A b. C d!\n\nE f? Last"
    for sentence in t.sentences(description):
        assert description[sentence.start : sentence.end] == sentence.text


def test_normalise_unwraps_paragraphs_and_keeps_lists() -> None:
    assert t.normalise(" One\n  two.\n\n- a\n  b\n- c\n") == "One two.\n\n- a b\n- c"


def _span(text: str, part: str) -> Span:
    start = text.index(part)
    return Span(start, start + len(part), part)


@pytest.mark.parametrize(
    ("before", "part", "new", "after"),
    [
        ("Sort in ascending order.", "in ascending order", "", "Sort."),
        ("Ties go up. Else", "Ties go up", "some rule", "Some rule. Else"),
        ("by 3 places, then", "3 places", "some", "by some, then"),
        ("The time, in hours.", "in hours", "", "The time."),
        ("Turn it clockwise, twice", "clockwise", "", "Turn it, twice"),
    ],
)
def test_replacing_leaves_no_scar(before: str, part: str, new: str, after: str) -> None:
    assert t.replace(before, _span(before, part), new) == after


def test_a_removed_sentence_takes_its_gap_with_it() -> None:
    description = "One. Two. Three.\n\nFour."
    for sentence, rest in (
        ("One.", "Two. Three.\n\nFour."),
        ("Two.", "One. Three.\n\nFour."),
        ("Four.", "One. Two. Three."),
    ):
        assert t.remove_sentence(description, _span(description, sentence)) == rest


@given(st.text(alphabet="ab .!?\n`'\"A1", max_size=60))
def test_normalising_twice_changes_nothing_and_sentences_cover_all_words(raw: str) -> None:
    once = t.normalise(raw)
    assert t.normalise(once) == once
    joined = "".join(sentence.text for sentence in t.sentences(once))
    assert "".join(joined.split()) == "".join(once.split())


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The first.", "the first."),
        ("None is kept.", "None is kept."),
        ("HTML is out.", "HTML is out."),
        ("A dog.", "a dog."),
    ],
)
def test_a_sentence_goes_on_after_a_colon(sentence: str, expected: str) -> None:
    assert t.uncapitalised(sentence) == expected
