"""Samples side by side, the change marked."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from synth.output.formats import open_data_file
from synth.output.inspection import CLOSE, OPEN, Shown, marked, pick, shown
from synth.schema import Sample
from tests.synth.gate.material import CHANGE, answered, clear, request, unclear


def on_screen(one: Shown) -> str:
    console = Console(file=io.StringIO(), width=170, markup=False, highlight=False)
    console.print(shown(one))
    return console.file.getvalue()


@pytest.fixture
def data(tmp_path):
    def write(samples: list[Sample]):
        with open_data_file(tmp_path / "a.jsonl") as file:
            for sample in samples:
                file.write(sample.model_dump(mode="json"))
        return tmp_path / "a.jsonl"

    return write


def test_the_change_stands_in_brackets_beside_the_clear_text():
    text = on_screen(Shown(unclear(), clear()))
    assert f"{OPEN}If the year is missing, do what is" in text
    assert "Incomplete: drop-error-behaviour" in text
    assert "1. What should happen if the year is missing?" in text
    assert text.count("def jar_label") == 2


def test_without_a_twin_it_says_what_was_there_before():
    text = on_screen(Shown(unclear(), None))
    assert "what was changed" in text
    assert CHANGE.before in text


def test_the_second_round_shows_what_was_said():
    text = on_screen(Shown(answered(), clear()))
    assert "> Raise ValueError." in text
    assert "def jar_label(fruit, year):" in text


def test_control_characters_do_not_reach_the_terminal():
    assert "\x1b" not in on_screen(Shown(unclear(problem=f"\x1b[31m{CHANGE.after}"), None))


@given(st.text(), st.lists(st.text(max_size=5), max_size=4))
def test_marking_only_adds_brackets(text, spans):
    plain = marked(text, spans, "bold").plain.replace(OPEN, "").replace(CLOSE, "")
    assert plain == marked(text, [], "bold").plain.replace(OPEN, "").replace(CLOSE, "")


def test_a_span_is_found_across_lines_and_comment_signs():
    assert (
        marked("# do this\n#   and that\n", ["this and that"], "b").plain
        == f"# do {OPEN}this\n#   and that{CLOSE}\n"
    )


def test_the_nearest_clear_sample_is_the_twin(data):
    twin = clear(shape="chat")
    others = [clear(id="rules:0:p:other-0:clear"), clear(id="rules:0:q:x:clear", source_id="q")]
    path = data([*others, unclear(), twin])
    assert pick(path, 1, 0, ["Incomplete"]) == [Shown(unclear(), twin)]
    assert pick(data([*others, unclear()]), 1, 0, ["Incomplete"])[0].twin == others[0]
    assert pick(data([others[1], unclear()]), 1, 0, ["Incomplete"])[0].twin is None


def test_picks_follow_the_seed(data):
    path = data([clear(id=f"{number}:x", problem=request(str(number))) for number in range(50)])
    assert pick(path, 5, 1) == pick(path, 5, 1)
    assert pick(path, 5, 1) != pick(path, 5, 2)
    assert len(pick(path, 5, 1)) == 5
