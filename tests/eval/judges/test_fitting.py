"""The fit of the reference judge finds what labels were made by, and keeps its signs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.judges.evidence import FEATURES
from eval.judges.fitting import SIGNS, Bag, fit, main
from eval.schema import Judgement
from eval.store import append
from tests.eval.judges.material import response, write_log
from tests.eval.tasks import write_tasks

NAMES = ("named", "elsewhere")


def bags(seed: int, count: int = 60) -> list[Bag]:
    """A reply is good when its best question names more than it speaks of other things."""
    random = np.random.default_rng(seed)
    made = [random.random((random.integers(1, 4), 2)) for _ in range(count)]
    return [Bag(rows, bool((rows[:, 0] - rows[:, 1]).max() > 0)) for rows in made]


def test_it_finds_the_rule_that_labels_were_made_by() -> None:
    weights = fit(bags(1), NAMES, penalty=0.01)
    new = bags(2)
    right = [
        (max(weights.score(dict(zip(NAMES, row, strict=True))) for row in bag.questions) > 0) == bag.good
        for bag in new
    ]
    assert np.mean(right) > 0.9


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_signs_hold_whatever_the_labels_say(seed: int) -> None:
    random = np.random.default_rng(seed)
    shuffled = [Bag(bag.questions, bool(random.random() < 0.5)) for bag in bags(seed, 30)]
    shuffled[:2] = [Bag(shuffled[0].questions, True), Bag(shuffled[1].questions, False)]
    weights = fit(shuffled, NAMES).by_feature
    assert weights["named"] >= 0
    assert weights["elsewhere"] <= 0


def test_labels_of_one_kind_teach_nothing() -> None:
    with pytest.raises(ValueError, match="one kind"):
        fit([Bag(np.ones((1, 2)), True)], NAMES)


def test_the_command_prints_coefficients() -> None:
    write_tasks(Path("own.jsonl"))
    rows = [
        response("Own/0", "1p", "Is anything added for the two ends?"),
        response("Own/2", "1p", "Please provide more details."),
        response("Own/1", "1a", "Please provide more details."),  # odd: left out
    ]
    write_log(Path("log.jsonl"), *rows)
    labels = [Judgement(key=row.key, judge="r", asked=1, quality=2 - (i > 0)) for i, row in enumerate(rows)]
    append(Path("labels/log.jsonl"), labels)
    done = CliRunner().invoke(main, ["log.jsonl", "--labels", "labels", "--benchmark", "own.jsonl"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)["lexical"]
    assert list(found["weights"]) == list(FEATURES)
    assert all(SIGNS[name] * value >= 0 for name, value in found["weights"].items())
