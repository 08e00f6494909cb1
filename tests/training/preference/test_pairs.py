from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.backends.scripted import ScriptedBackend
from models.errors import UserError
from models.reply import CodeBlock, QuestionList, parse
from tests.training.material import sample, samples
from tests.training.preference.material import pairs
from training.preference.generate import make_pairs
from training.preference.pairs import Pair, balanced, from_twins, read_pairs
from training.progress import Silent
from training.replies import Replies, ReplyLog


def test_a_pair_is_a_right_reply_against_one_of_the_other_form() -> None:
    for one in pairs():
        right, wrong = (QuestionList, CodeBlock) if one.unclear else (CodeBlock, QuestionList)
        assert isinstance(parse(one.chosen), right)
        assert isinstance(parse(one.rejected), wrong)
    clear = next(one for one in pairs() if not one.unclear)
    for changed in ({"type": "Ambiguous"}, {"rejected": clear.chosen}, {"chosen": clear.rejected}):
        with pytest.raises(ValidationError, match="is not"):
            Pair.model_validate({**clear.model_dump(), **changed})


def test_twins_are_of_one_problem_and_second_rounds_make_no_pair() -> None:
    made = samples(4)
    rejected = from_twins([*made, sample(9), sample(10, type="Ambiguous")])
    first_rounds = {one.id for one in made if not one.answers}
    assert rejected.keys() == first_rounds
    assert rejected[made[1].id] == made[0].answer


@settings(deadline=None, max_examples=50)
@given(st.lists(st.booleans(), min_size=1), st.integers(0, 5), st.none() | st.integers(2, 12))
def test_balance(kinds: list[bool], seed: int, most: int | None) -> None:
    items = [sample(number, type="Ambiguous" if kind else "Original") for number, kind in enumerate(kinds)]
    if len(set(kinds)) < 2:
        with pytest.raises(UserError, match="no pair of"):
            balanced(items, seed, most)
        return
    kept = balanced(items, seed, most)
    count = Counter(one.unclear for one in kept)
    each = min(kinds.count(True), kinds.count(False), *([most // 2] if most else []))
    assert count == {True: each, False: each}
    assert [one.id for one in items if one in kept] == [one.id for one in kept]
    assert kept == balanced(items, seed, most)


CODE = "```python\ndef g(xs):\n    return xs\n"
QUESTIONS = "1. In which order?\n2. What of ties?"


def replies_of(backend: ScriptedBackend, log: Path) -> Replies:
    return Replies(backend, "the model", ReplyLog(log), max_tokens=200)


def test_the_models_own_replies_are_rejected(tmp_path: Path) -> None:
    made = [sample(0), sample(1, type="Incomplete")]
    backend = ScriptedBackend([QUESTIONS, CODE])
    out = tmp_path / "pairs.jsonl"
    report = make_pairs(made, replies_of(backend, tmp_path / "log"), out, Silent())
    assert (report.pairs, report.by_model, report.by_twin, report.without) == (2, 2, 0, 0)
    clear, unclear = read_pairs(out)
    assert (clear.chosen, clear.rejected, clear.rejected_by) == (made[0].answer, QUESTIONS, "model")
    assert (unclear.chosen, unclear.rejected) == (made[1].answer, CODE + "```")


def test_a_reply_that_is_none_gives_way_to_the_twins(tmp_path: Path) -> None:
    made = [sample(0), sample(0, type="Incomplete"), sample(1), sample(2, type="Ambiguous")]
    backend = ScriptedBackend(["\n", "```python\n", QUESTIONS, CODE])
    report = make_pairs(made, replies_of(backend, tmp_path / "log"), tmp_path / "pairs.jsonl", Silent())
    assert (report.pairs, report.by_model, report.by_twin, report.without) == (4, 2, 2, 0)


def test_replies_are_asked_for_once(tmp_path: Path) -> None:
    made = [sample(0), sample(1, type="Incomplete")]
    log, out = tmp_path / "log", tmp_path / "pairs.jsonl"
    with pytest.raises(IndexError):  # stands for a stop after the first reply
        make_pairs(made, replies_of(ScriptedBackend([QUESTIONS]), log), out, Silent())
    assert not out.exists()
    with log.open("ab") as file:
        file.write(b'{"key": "torn')
    make_pairs(made, replies_of(ScriptedBackend([CODE]), log), out, Silent())
    first = out.read_bytes()
    make_pairs(made, replies_of(ScriptedBackend([]), log), out, Silent())
    assert out.read_bytes() == first
    another = Replies(ScriptedBackend([QUESTIONS, CODE]), "another model", ReplyLog(log), max_tokens=200)
    assert make_pairs(made, another, out, Silent()).by_model == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "there is no pair"), ('{"id": "a"}\n', "pair 1 is none: source_id: field required")],
)
def test_what_is_no_file_of_pairs(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "pairs.jsonl"
    with pytest.raises(UserError, match="there is no such file"):
        read_pairs(file)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=says):
        read_pairs(file)
