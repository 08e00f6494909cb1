"""Responses with their scores and judgements as columns of numbers, which metrics work on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from eval.judges.asking import questions_of
from eval.metrics.weighted import Column
from eval.schema import Judgement, Response, Score, points_of


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns, (rows,) each; NaN where a row has no such number.

    Args:
        task: its name; resamples are over tasks.
        category: of the benchmark.
        base: weight; the samples of one text share 1.
        asked: the judge's word, 1 or 0; NaN ungraded.
        quality: the judge's word, 0 to 2; NaN ungraded.
        questions: how many a reply that asks has.
        targeted: questions about something changed, where the judge tells.
        covered: things changed that are asked about, where the judge tells.
        points: things changed.
        solved: 1 where all tests pass; NaN where the row does not count or is not scored.
        share: of the tests that pass.
        solved_unclarified: as `solved`, of the code written without asking.
        p_ask: probability of asking.
        tokens: of prompts and replies.
        seconds: of wall time.
    """

    task: NDArray[np.str_]
    category: NDArray[np.str_]
    base: Column
    asked: Column
    quality: Column
    questions: Column
    targeted: Column
    covered: Column
    points: Column
    solved: Column
    share: Column
    solved_unclarified: Column
    p_ask: Column
    tokens: Column
    seconds: Column

    def of(self, chosen: NDArray[np.bool_]) -> Rows:
        """The rows that are chosen."""
        return Rows(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    @property
    def unclear(self) -> NDArray[np.bool_]:
        """Where asking is right."""
        unclear: NDArray[np.bool_] = self.category != "original"
        return unclear


def rows_of(
    responses: Sequence[Response], scores: Mapping[str, Score], judgements: Mapping[str, Judgement]
) -> Rows:
    """Put together what is known of each response.

    Args:
        responses: of one run.
        scores: by key; a response without one has not been scored.
        judgements: by key, of one judge; a response without one is ungraded.
    """
    samples = Counter(response.variant_key for response in responses)
    texts = [
        {
            **_asking(response, judgements.get(response.key)),
            **_passing(response, scores.get(response.key)),
            "base": 1 / samples[response.variant_key],
            "points": points_of(response.category),
            "p_ask": _number(response.p_ask),
            "tokens": _positive(response.prompt_tokens + response.generated_tokens),
            "seconds": _positive(response.seconds),
        }
        for response in responses
    ]
    numbers = [field.name for field in fields(Rows) if field.name not in {"task", "category"}]
    columns = {name: np.asarray([text[name] for text in texts], dtype=float) for name in numbers}
    asks = columns["asked"] == 1
    for name in ("quality", "targeted", "covered"):
        if asks.any() and np.isnan(columns[name][asks]).all():
            columns[name][:] = math.nan  # the judge does not tell; 0 where nothing is asked says nothing
    return Rows(
        task=np.asarray([response.name for response in responses], dtype=np.str_),
        category=np.asarray([response.category for response in responses], dtype=np.str_),
        **columns,
    )


def _asking(response: Response, judgement: Judgement | None) -> dict[str, float]:
    if judgement is None or judgement.asked is None:
        return dict.fromkeys(("asked", "quality", "questions", "targeted", "covered"), math.nan)
    asks = judgement.asked == 1
    return {
        "asked": judgement.asked,
        "quality": _number(judgement.quality),
        "questions": max(1, len(questions_of(response))) if asks else 0,
        "targeted": _number(judgement.targeted) if asks else 0,
        "covered": _number(judgement.covered) if asks else 0,
    }


def _passing(response: Response, score: Score | None) -> dict[str, float]:
    values = dict.fromkeys(("solved", "share", "solved_unclarified"), math.nan)
    if score is None:
        return values
    if response.counted:
        values["solved"] = float(score.solved)
        values["share"] = score.passed / score.tests if score.tests else 0.0
    if score.unclarified_passed is not None:
        values["solved_unclarified"] = float(0 < score.unclarified_passed == score.unclarified_tests)
    return values


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _positive(value: float) -> float:
    """A log without this number has 0 there."""
    return float(value) if value > 0 else math.nan
