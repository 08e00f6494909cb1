from __future__ import annotations

from collections.abc import Iterable

import pytest

from eval.benchmarks.humanevalcomm import variants
from eval.schema import Category, Response, Score
from eval.scoring import Bench, score_all
from models.errors import UserError
from models.sandbox.conversation import Pace
from tests.eval.tasks import TASKS

VARIANTS = variants(TASKS, "neutral")
SHELF = TASKS[0]["solution"]
WRONG = "def shelf_width(books):\n    return 20"
BENCH = Bench(jobs=2, pace=Pace(call=20.0, load=60.0, budget=200.0))
"""So patient that a busy machine changes nothing."""


def response(code: str, category: Category = "1a", name: str = "Own/0", **fields: object) -> Response:
    return Response.model_validate({"name": name, "category": category, "reply": "", "code": code, **fields})


def scored(
    *responses: Response, done: Iterable[Score] = (), bench: Bench = BENCH
) -> tuple[list[Score], list[str]]:
    """All scores, in the order of the responses, and the keys of the new ones."""
    new: list[str] = []
    found = score_all(
        responses, VARIANTS, {one.key: one for one in done}, bench, lambda score: new.append(score.key)
    )
    return [found[one.key] for one in responses], new


def test_right_wrong_none_and_broken() -> None:
    (right, wrong, none, broken), new = scored(
        response(SHELF),
        response(WRONG, "1c"),
        response("", "1p"),
        response("def shelf_width(", "original"),
    )
    assert (right.passed, right.tests, right.solved, right.detail) == (2, 2, True, "")
    assert (wrong.passed, wrong.tests, wrong.solved) == (1, 2, False)
    assert wrong.detail.startswith("test 1 of 2: failed")
    assert (none.passed, none.tests, none.solved, none.detail) == (0, 0, False, "there is no code")
    assert (broken.passed, broken.tests) == (0, 2)
    assert new == [right.key, wrong.key, none.key, broken.key]


def test_one_that_never_ends_is_looked_at_last() -> None:
    impatient = Bench(jobs=2, pace=Pace(call=0.3, load=60.0, budget=60.0))
    endless = response("def shelf_width(books):\n    while True: pass")
    (score, _), new = scored(endless, response("", "1c"), bench=impatient)
    assert score.passed == 0 < score.tests
    assert "timeout" in score.detail
    assert new[-1] == endless.key


def test_what_a_log_says_of_its_tests_is_not_read() -> None:
    (score,), _ = scored(response(WRONG, passed=2, tests=2))
    assert (score.passed, score.tests) == (1, 2)


def test_code_without_asking_is_scored_apart() -> None:
    (both, asked_only, bad), _ = scored(
        response(WRONG, unclarified_code=SHELF),
        response("", "1c", unclarified_code=SHELF),
        response(SHELF, "1p", unclarified_code=""),
    )
    assert (both.passed, both.unclarified_passed, both.unclarified_tests) == (1, 2, 2)
    assert (asked_only.tests, asked_only.unclarified_passed, asked_only.unclarified_tests) == (0, 2, 2)
    assert (bad.passed, bad.unclarified_passed, bad.unclarified_tests) == (2, 0, 0)


def test_it_goes_on_and_does_not_take_scores_of_other_code() -> None:
    first, second = response(SHELF), response(WRONG, "1c")
    (done,), _ = scored(first)
    marked = done.model_copy(update={"detail": "from before"})
    (kept, added), new = scored(first, second, done=[marked])
    assert kept.detail == "from before"
    assert new == [second.key] == [added.key]
    (again,), new = scored(response(WRONG), done=[marked])
    assert again.passed == 1
    assert new == [first.key]


def test_a_response_to_no_text_of_the_benchmark() -> None:
    with pytest.raises(UserError, match=r"Own/01\|1a\|raw: the benchmark has no such text; did you mean"):
        scored(response(SHELF, name="Own/01"))
    with pytest.raises(UserError, match=r"Own/0\|3acp\|raw"):
        scored(response(SHELF, "3acp"))


def test_code_that_exits_or_prints_what_is_expected_does_not_pass() -> None:
    (exits, prints), _ = scored(
        response("import os\nprint(55)\nos._exit(0)"),
        response("def shelf_width(books):\n    print(55)\n    raise SystemExit(0)", "1c"),
    )
    assert (exits.passed, prints.passed) == (0, 0)


def test_half_a_surrogate_pair_in_the_code() -> None:
    (score,), _ = scored(response(SHELF + "# \ud800\n"))
    assert score.passed == 0
