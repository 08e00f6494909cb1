"""What a modified text lost is found in its sentence or example, and does not stand in it any more."""

from __future__ import annotations

import pytest

from eval.benchmarks.humanevalcomm import variants
from eval.protocol.changes import Change, changes, units
from eval.schema import Variant
from tests.eval.tasks import GREETING, SHELVES, TASKS

VARIANTS = {one.key: one for one in variants(TASKS, "neutral", "own")}


def _variant(text: str) -> Variant:
    return Variant(
        benchmark="own",
        name="Own/0",
        category="1a",
        text=text,
        original=SHELVES,
        entry_point="shelf_width",
        solution="",
    )


def _changed(before: str, after: str) -> tuple[Change, ...]:
    text = SHELVES.replace(before, after)
    assert text != SHELVES
    return changes(_variant(text))


def test_an_original_lost_nothing() -> None:
    assert changes(VARIANTS["Own/0|original|neutral"]) == ()


def test_a_sentence_that_was_dropped_is_the_span() -> None:
    (lost,) = _changed(" Add 20 for the two ends.", "")
    assert lost.span == "Add 20 for the two ends."
    assert {"add", "20", "ends"} <= set(lost.words)


def test_words_that_were_replaced_are_told_with_a_few_around_them() -> None:
    (lost,) = _changed("thinner than 5 counts as 5", "thinner than some counts as some")
    assert "thinner than 5 counts as 5" in lost.span
    assert len(lost.span.split()) < 12
    assert {"5", "some"} <= set(lost.words)
    assert "book" in lost.around


def test_a_reading_that_was_added_gives_back_the_original_words() -> None:
    (lost,) = _changed("in millimetres", "in millimetres or inches")
    assert lost.span.endswith("in millimetres.")
    assert lost.words == ("or", "inches")


def test_an_example_that_was_changed_is_told_whole() -> None:
    (lost,) = _changed("    55\n", "    32\n")
    assert lost.example
    assert lost.span == "shelf_width([30, 2]) -> 55"
    assert "thinner" in lost.around  # what the example contradicts


def test_an_example_that_was_dropped_is_told_whole() -> None:
    (lost,) = _changed("    >>> shelf_width([])\n    20\n", "")
    assert lost.span == "shelf_width([]) -> 20"


def test_another_name_of_the_function_is_no_change() -> None:
    assert changes(_variant(SHELVES.replace("shelf_width", "candidate"))) == ()


def test_white_space_is_no_change() -> None:
    assert changes(_variant(SHELVES.replace("    A book", "A  book"))) == ()


@pytest.mark.parametrize("key", [key for key in VARIANTS if "original" not in key])
def test_each_modified_text_of_the_tasks_lost_something(key: str) -> None:
    assert changes(VARIANTS[key])


def test_a_description_is_cut_into_sentences_and_examples() -> None:
    found = [(unit.text.strip(), unit.example, unit.code) for unit in units(GREETING, "greet")]
    assert found[0] == ("def greet(names):", False, True)
    assert found[1][0].startswith('"""Greet each guest')
    assert found[2][0].startswith('>>> greet(["Ida", "Bo"])')
    assert found[2][1]
    assert len(found) == 3
