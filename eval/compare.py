"""Two runs on the same texts: paired differences with intervals, and McNemar's test by category.

A text that only one of the runs has is left out. Intervals are by bootstrap over tasks. McNemar's test takes
one text a task, so there is one for each category, with Holm's correction over the categories, and none over
all texts together. Both runs must rest on one benchmark, view and judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from eval.metrics.communication import GOOD
from eval.metrics.weighted import Column
from eval.reports.basis import common
from eval.reports.result import Result
from eval.rows import Rows
from eval.schema import UNCLEAR_CATEGORIES, Document, Estimate
from eval.statistics import holm, mcnemar, paired_difference
from models.errors import UserError

OVERALL = "overall"

_TESTED = ("asks", "pass@1")


class Difference(BaseModel):
    """How the second run differs from the first in one figure, on one group of texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    figure: str = Field(description="`asks`, `good questions`, `pass@1`, `test pass rate`.")
    group: str = Field(description="A category, or `overall`: all unclear texts.")
    first: float = Field(description="The first run's figure on the texts that both have.")
    second: float
    difference: Estimate = Field(description="Second less first.")
    only_first: int | None = Field(default=None, description="Texts on which only the first does so.")
    only_second: int | None = None
    p: float | None = Field(
        default=None, description="McNemar, exact, with Holm's correction over categories."
    )


class Comparison(Document):
    """The first run's document, the second's, and how they differ."""

    other: Document
    names: tuple[str, str]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The rows of both runs, in one order; sample i of a text is paired with sample i."""

    first: Rows
    second: Rows

    def of(self, group: str) -> _Pairs:
        chosen = self.first.unclear if group == OVERALL else self.first.category == group
        return _Pairs(self.first.of(chosen), self.second.of(chosen))


def compare(first: Result, second: Result) -> Comparison:
    """Compare two runs.

    Args:
        first: the base.
        second: what is compared with it.

    Raises:
        NotComparable: they rest on different benchmarks, views or judges.
        UserError: they have no text in common.
    """
    common((first.basis, second.basis))
    pairs, notes = _paired(first, second)
    found = [
        one
        for group in (OVERALL, "original", *UNCLEAR_CATEGORIES)
        for one in _differences(pairs.of(group), group)
    ]
    base = first.document
    return Comparison(
        run=base.run,
        judge=base.judge,
        overall=base.overall,
        by_category=base.by_category,
        notes=(*base.notes, *notes),
        other=second.document,
        names=(first.name, second.name),
        differences=tuple(_corrected(found)),
    )


def _paired(first: Result, second: Result) -> tuple[_Pairs, list[str]]:
    of_first, of_second = (
        {response.key: place for place, response in enumerate(one.responses)} for one in (first, second)
    )
    both = [key for key in of_first if key in of_second]
    if not both:
        raise UserError("the two runs have no text in common")
    pairs = _Pairs(
        first.rows().of(np.asarray([of_first[key] for key in both])),
        second.rows().of(np.asarray([of_second[key] for key in both])),
    )
    notes = [
        f"{left} texts of {one.name} are left out: the other run does not have them"
        for one in (first, second)
        if (left := len(one.responses) - len(both))
    ]
    runs = [one.document.run for one in (first, second)]
    if runs[0] and runs[1] and runs[0].answerer != runs[1].answerer:
        notes.append(f"they were answered by others: {runs[0].answerer}, {runs[1].answerer}")
    return pairs, notes


def _columns(rows: Rows) -> dict[str, Column]:
    return {
        "asks": rows.asked,
        "good questions": rows.quality / GOOD,
        "pass@1": rows.solved,
        "test pass rate": rows.share,
    }


def _differences(pairs: _Pairs, group: str) -> Iterator[Difference]:
    tasks = pairs.first.task
    seconds = _columns(pairs.second)
    for figure, first in _columns(pairs.first).items():
        second = seconds[figure]
        known = ~np.isnan(first) & ~np.isnan(second)
        difference = paired_difference(first[known].tolist(), second[known].tolist(), tasks[known].tolist())
        if difference is None:
            continue
        plain = Difference(
            figure=figure,
            group=group,
            first=float(first[known].mean()),
            second=float(second[known].mean()),
            difference=difference,
        )
        if figure not in _TESTED or group == OVERALL:
            yield plain
            continue
        _, one_a_task = np.unique(tasks[known], return_index=True)  # of several samples the first
        test = mcnemar(
            *((column[known][one_a_task] == 1).tolist() for column in (first, second)),
        )
        tested = {"only_first": test.only_first, "only_second": test.only_second, "p": test.p}
        yield plain.model_copy(update=tested)


def _corrected(found: list[Difference]) -> Iterator[Difference]:
    """With Holm's correction over the unclear categories, for each figure; originals are another question."""
    corrected = {
        figure: holm({
            one.group: one.p
            for one in found
            if one.figure == figure and one.p is not None and one.group != "original"
        })
        for figure in _TESTED
    }
    for one in found:
        p = corrected.get(one.figure, {}).get(one.group)
        yield one if p is None else one.model_copy(update={"p": p})
