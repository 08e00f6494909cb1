"""How far a judge agrees with labels: Cohen's kappa and confusion, and what a constant judge would reach.

Whether a reply asks is compared on all rows; its quality, between 1 and 2, on the rows that both say ask. A
judge that always gives the commonest label shows how much of the plain agreement is worth nothing: its kappa
is 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from eval.schema import Judgement, Response
from models.errors import UserError

Split = Literal["odd", "even", "all"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Agreement(_Record):
    """Two sets of labels of the same rows."""

    rows: int = Field(description="Rows with both labels.")
    observed: float | None = Field(description="Share of equal labels; None without rows.")
    constant: float | None = Field(description="The same of a judge that always gives the commonest label.")
    kappa: float | None = Field(description="Cohen's; None where it is not defined.")
    kappa_low: float | None = Field(default=None, description="Of its 95% interval.")
    kappa_high: float | None = Field(default=None, description="Of its 95% interval.")
    labels: tuple[int, ...] = Field(description="In the order of the confusion.")
    confusion: tuple[tuple[int, ...], ...] = Field(description="Rows by the given label, columns by judge.")


class Check(_Record):
    """A judge against the labels of one file."""

    file: str
    labelled: str = Field(description="Who gave the labels.")
    judge: str
    split: Split
    ungraded: int = Field(description="Rows that the judge could not grade.")
    communication: Agreement = Field(description="Code (0) or question (1), all rows.")
    quality: Agreement = Field(description="Fair (1) or good (2), rows that both say ask.")


class Report(_Record):
    """What `clarify eval judge-check --json` prints."""

    version: Literal[1] = 1
    benchmark: str
    checks: tuple[Check, ...]
    overall: Check | None = Field(default=None, description="All files together, where there are several.")


def in_split(response: Response, split: Split) -> bool:
    """Whether a row is in a part: parts are by the task's number, so no task is in both.

    Raises:
        UserError: the task has no number.
    """
    if split == "all":
        return True
    number = response.name.rpartition("/")[2]
    if not number.isdecimal():
        raise UserError("the task's name has no number to split by", where=response.name, do="--split all")
    return (int(number) % 2 == 1) == (split == "odd")


def check(file: str, split: Split, labels: Mapping[str, Judgement], judged: Mapping[str, Judgement]) -> Check:
    """Compare a judge with labels.

    Args:
        file: name of the log, for the report.
        split: which rows these are, for the report.
        labels: by the response's key.
        judged: by the response's key; other rows than those of `labels` are left out.

    Raises:
        UserError: no row has both.
    """
    keys = [key for key in labels if key in judged and labels[key].asked is not None]
    if not keys:
        raise UserError("no row has a label and a judgement", where=file)
    graded = [key for key in keys if judged[key].asked is not None]
    asking = [key for key in graded if _asks(labels[key]) and _asks(judged[key])]
    return Check(
        file=file,
        labelled=_one(labels[key].judge for key in keys),
        judge=_one(judged[key].judge for key in keys),
        split=split,
        ungraded=len(keys)
        - len(graded)
        + sum(judged[key].asked == 1 and judged[key].quality is None for key in graded),
        communication=compare(
            [labels[key].asked for key in graded], [judged[key].asked for key in graded], (0, 1)
        ),
        quality=compare(
            [labels[key].quality for key in asking], [judged[key].quality for key in asking], (1, 2)
        ),
    )


def compare(given: Sequence[int | None], found: Sequence[int | None], labels: tuple[int, ...]) -> Agreement:
    """Compare two sequences of labels of the same rows; a row that lacks one is left out.

    Args:
        given: the labels.
        found: the judge's.
        labels: all that there can be, in the order of the confusion.
    """
    from eval.statistics import agreement

    pairs = [
        (one, other) for one, other in zip(given, found, strict=True) if one in labels and other in labels
    ]
    counts = Counter(pairs)
    confusion = tuple(tuple(counts[one, other] for other in labels) for one in labels)
    if not pairs:
        return Agreement(rows=0, observed=None, constant=None, kappa=None, labels=labels, confusion=confusion)
    same = agreement(*zip(*pairs, strict=True))
    return Agreement(
        rows=len(pairs),
        observed=same.observed,
        constant=max(Counter(one for one, _ in pairs).values()) / len(pairs),
        kappa=same.kappa,
        kappa_low=same.low,
        kappa_high=same.high,
        labels=labels,
        confusion=confusion,
    )


def _asks(judgement: Judgement) -> bool:
    return judgement.asked == 1


def _one(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names)))
