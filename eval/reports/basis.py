"""On what a figure rests. Figures of different bases are never put in one column, chart or difference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from models.errors import UserError


@dataclass(frozen=True, slots=True)
class Basis:
    """On what a figure rests.

    Args:
        benchmark: name and version: `humanevalcomm-v2`.
        view: `raw` or `neutral`.
        judge: name and version of who graded the replies.
    """

    benchmark: str
    view: str
    judge: str

    def __str__(self) -> str:
        """For a heading: `humanevalcomm-v2, neutral text, judge reference-1`."""
        return f"{self.benchmark}, {self.view} text, judge {self.judge}"


class NotComparable(UserError):
    """Figures of different bases would stand in one column."""

    def __init__(self, one: Basis, other: Basis) -> None:
        differing = [
            f"{field.name} `{getattr(one, field.name)}` and `{getattr(other, field.name)}`"
            for field in fields(Basis)
            if getattr(one, field.name) != getattr(other, field.name)
        ]
        super().__init__(
            f"these figures cannot stand in one column: {', '.join(differing)}",
            do="give runs of one benchmark, view and judge",
        )


def common(bases: Iterable[Basis]) -> Basis:
    """The one basis of all.

    Args:
        bases: at least one.

    Raises:
        NotComparable: two of them differ.
    """
    first, *others = bases
    for other in others:
        if other != first:
            raise NotComparable(first, other)
    return first
