"""The changed span of any two texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from synth.modifications.llm.spans import change_between

_texts = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12).flatmap(
    lambda words: st.lists(st.sampled_from([" ", "\n    "]), min_size=len(words), max_size=len(words)).map(
        lambda gaps: "".join(word + gap for word, gap in zip(words, gaps, strict=True))
    )
)


def _change(original: str, modified: str) -> tuple[str, str]:
    change = change_between(original, modified, "ambiguous")
    return change.before, change.after


def test_a_replaced_word() -> None:
    assert _change("Sort in descending order.", "Sort in some order.") == ("descending", "some")


def test_a_dropped_sentence_and_one_put_in() -> None:
    assert _change("Add them. Round up. Print.", "Add them. Print.") == ("Round up.", "")
    assert _change("Add them. Print.", "Add them. Round up. Print.") == ("", "Round up.")


def test_two_places_are_one_span() -> None:
    assert _change("the first five of all items", "the few of some items") == (
        "first five of all",
        "few of some",
    )


def test_line_breaks_do_not_count() -> None:
    assert _change("one two\n    three four", "one\n    two three 4") == ("four", "4")


@given(_texts, _texts)
def test_putting_the_span_back_restores_the_words(original: str, modified: str) -> None:
    before, after = (span.split() for span in _change(original, modified))
    old, new = original.split(), modified.split()
    assert before != after or old == new
    starts = range(len(new) - len(after) + 1)
    assert any(
        new[at : at + len(after)] == after and new[:at] + before + new[at + len(after) :] == old
        for at in starts
    )
