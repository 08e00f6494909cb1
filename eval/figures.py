"""The figures of a run: from responses, scores and one judge's word to the document that commands print.

`overall` is about the unclear texts; originals stand apart, as the category `original`, and come into what
needs both: false asks, ranking, calibration, Ask-F1.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.judges.asking import questions_of
from eval.metrics import communication, passing, questions, ranking, reliability
from eval.metrics.weighted import Column, Weights, mean
from eval.rows import Rows, rows_of
from eval.schema import (
    UNCLEAR_CATEGORIES,
    Document,
    Estimate,
    Figures,
    Judgement,
    Response,
    RunInfo,
    Score,
)
from eval.statistics import estimate, holm, mcnemar, task_draws
from models.errors import UserError

ORIGINAL = "original"

Metric = Callable[[Rows, Weights], Column]

# By field of Figures: what it is, and the column that its number of rows is counted by.
_ON_THE_GROUP: dict[str, tuple[Metric, str]] = {
    "communication_rate": (lambda rows, by: communication.communication_rate(rows.asked, by), "asked"),
    "good_question_rate": (lambda rows, by: communication.good_question_rate(rows.quality, by), "quality"),
    "good_only_rate": (lambda rows, by: communication.good_only_rate(rows.quality, by), "quality"),
    "pass_at_1": (lambda rows, by: passing.pass_at_1(rows.solved, by), "solved"),
    "test_pass_rate": (lambda rows, by: passing.test_pass_rate(rows.share, by), "share"),
    "pass_at_1_unclarified": (
        lambda rows, by: passing.pass_at_1(rows.solved_unclarified, by),
        "solved_unclarified",
    ),
    "key_question_coverage": (lambda rows, by: questions.coverage(rows.covered, rows.points, by), "covered"),
    "questions_per_ask": (
        lambda rows, by: questions.questions_per_ask(rows.questions, rows.asked, by),
        "asked",
    ),
    "tokens_per_task": (lambda rows, by: mean(rows.tokens, by), "tokens"),
    "seconds_per_task": (lambda rows, by: mean(rows.seconds, by), "seconds"),
}
_WITH_ORIGINALS: dict[str, tuple[Metric, str]] = {
    "auroc": (lambda rows, by: ranking.auroc(rows.p_ask, rows.unclear, by), "p_ask"),
    "average_precision": (lambda rows, by: ranking.average_precision(rows.p_ask, rows.unclear, by), "p_ask"),
    "communication_at_5_percent_false_asks": (
        lambda rows, by: ranking.communication_at(rows.p_ask, rows.unclear, by),
        "p_ask",
    ),
    "ece": (lambda rows, by: reliability.calibration_error(rows.p_ask, rows.unclear, by), "p_ask"),
    "ask_f1": (
        lambda rows, by: questions.ask_f1(rows.questions, rows.targeted, rows.points, rows.covered, by),
        "covered",
    ),
}
_ON_ORIGINALS: dict[str, tuple[Metric, str]] = {
    "false_ask_rate": (lambda rows, by: communication.communication_rate(rows.asked, by), "asked"),
}


def document(
    responses: Sequence[Response],
    scores: Mapping[str, Score],
    judgements: Mapping[str, Judgement],
    run: RunInfo | None = None,
    notes: Iterable[str] = (),
) -> Document:
    """All figures of a run, overall and by category.

    Args:
        responses: of one run.
        scores: by the response's key; rows without one are left out of what rests on code.
        judgements: by the response's key, all of one judge; rows without one are left out of what rests on
            asking.
        run: what the run was; None for a foreign log.
        notes: what a reader must know beside what is found here.

    Raises:
        UserError: the judgements are of several judges, or there are none.
    """
    judge = _one_judge(judgements.values())
    rows = rows_of(responses, scores, judgements)
    asking = [
        text
        for response in responses
        if (found := judgements.get(response.key)) is not None and found.asked
        for text in [(response.category, questions_of(response))]
    ]
    by_category: dict[str, Figures] = {}
    corrected = _against_originals(rows)
    for category in (ORIGINAL, *UNCLEAR_CATEGORIES):
        chosen = rows.category == category
        if chosen.any():
            put = [one for of, texts in asking if of == category for one in texts]
            by_category[category] = _figures(rows, chosen, put, corrected.get(category))
    put = [one for of, texts in asking if of != ORIGINAL for one in texts]
    return Document(
        run=run,
        judge=judge,
        overall=_figures(rows, rows.unclear, put, None),
        by_category=by_category,
        notes=(*notes, *_notes(responses, scores, judgements, run is None or not run.p_ask_only)),
    )


def _figures(rows: Rows, chosen: NDArray[np.bool_], put: list[str], p: float | None) -> Figures:
    group, originals = rows.of(chosen), rows.of(~rows.unclear)
    together = rows.of(chosen | ~rows.unclear)
    found: dict[str, Estimate] = {}
    found |= _estimates(_ON_THE_GROUP, group)
    found |= _estimates(_ON_ORIGINALS, originals)
    if group.unclear.any() and originals.task.size:
        found |= _estimates(_WITH_ORIGINALS, together)
    elif group.unclear.any():
        found |= _estimates({"ask_f1": _WITH_ORIGINALS["ask_f1"]}, group)
    values: dict[str, Any] = {name: one.value for name, one in found.items()}
    return Figures(
        rows=int(chosen.sum()),
        distinct_questions=questions.distinct_share(put),
        mcnemar_p=p,
        intervals=found,
        **values,
    )


def _estimates(metrics: Mapping[str, tuple[Metric, str]], rows: Rows) -> dict[str, Estimate]:
    if not rows.task.size:
        return {}
    draws = task_draws(rows.task.tolist())
    found: dict[str, Estimate] = {}
    for name, (metric, column) in metrics.items():
        known = int((~np.isnan(getattr(rows, column))).sum())
        one = estimate(functools.partial(metric, rows), rows.base, draws, known)
        if one is not None:
            found[name] = one
    return found


def _against_originals(rows: Rows) -> dict[str, float]:
    """P values by category, as in the paper's table 5: are its tasks solved as often as their originals?"""
    solved: dict[str, dict[str, bool]] = {}
    for task, category, value in zip(rows.task, rows.category, rows.solved, strict=True):
        if not np.isnan(value):  # of several samples the first
            solved.setdefault(str(category), {}).setdefault(str(task), bool(value))
    originals = solved.pop(ORIGINAL, {})
    values = {}
    for category, tasks in solved.items():
        both = [task for task in tasks if task in originals]
        if both:
            test = mcnemar([originals[task] for task in both], [tasks[task] for task in both])
            values[category] = test.p
    return holm(values)


def _one_judge(judgements: Iterable[Judgement]) -> str:
    names = {judgement.judge for judgement in judgements}
    if not names:
        raise UserError("no reply has been judged", do="name a judge: rule, reference or a model")
    if len(names) > 1:
        raise UserError(
            f"judgements of several judges cannot be in one column: {', '.join(sorted(names))}",
            do="choose one of them",
        )
    return names.pop()


def _notes(
    responses: Sequence[Response],
    scores: Mapping[str, Score],
    judgements: Mapping[str, Judgement],
    with_replies: bool,
) -> list[str]:
    """What the figures leave out."""
    if not with_replies:
        return ["decisions alone: no reply was generated, judged or scored"]
    graded = [judgements.get(response.key) for response in responses]
    counts = {
        "ended with an error": sum(response.error is not None for response in responses),
        "do not count for pass@1 and test pass rate": sum(not response.counted for response in responses),
        "have not been scored": sum(response.key not in scores for response in responses),
        "are ungraded": sum(one is None or one.asked is None for one in graded),
        "have questions of ungraded quality": sum(
            one is not None and one.asked == 1 and one.quality is None for one in graded
        ),
    }
    return [f"{number} of {len(responses)} rows {what}" for what, number in counts.items() if number]
