"""A point that a description need not mention and a requester may: what is said of it, settled and open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from synth.modifications.recorded import Recorded
from synth.schema import Problem

WHICH = (
    "whichever the callers expect",
    "as discussed",
    "depending on what the other functions do",
    "as the situation requires",
    "whatever the rest of the program uses",
)


@dataclass(frozen=True, slots=True)
class Addition:
    """A point that can be settled or left open by one more sentence.

    Args:
        settled: sentences that state what the solution does, some of them with the other reading ruled out.
        either: sentences that name two readings.
        vague: sentences that both readings fit.
        missing: sentences that point at what is not given.
        meant: the solution's reading, and another one, as answers: `return None`, or after "be": `kept`.
        other: the other reading.
        neutral: whether a recorded call does not show the point.
        case: when it matters, where it is a case of its own: `for an empty list`.
        subject: what it is about, where it is not: `blanks at the ends`.
        hints: whether type hints must go, since they show it.
    """

    settled: tuple[str, ...]
    either: tuple[str, ...]
    vague: tuple[str, ...]
    missing: tuple[str, ...]
    meant: str
    other: str
    neutral: Callable[[Recorded], bool]
    case: str = ""
    subject: str = ""
    hints: bool = False


class Finder(Protocol):
    """Finds one point: what the solution does there is known from records or code, never guessed."""

    def __call__(self, problem: Problem) -> Addition | None:
        """The point; None where the text mentions it or nothing bears it out."""
        ...


def calls_directly(record: Recorded, problem: Problem) -> bool:
    """Whether a recorded call is one of the entry point and of nothing around it."""
    inside = record.example.call.removeprefix(f"{problem.name}(")
    return inside != record.example.call and inside.endswith(")") and ")(" not in inside


def joined(stem: str, meant: str, other: str) -> tuple[str, ...]:
    """Sentences that name both readings.

    Args:
        stem: how they begin: `For an empty list,`, `Blanks at the ends are`.
        meant: as it goes on after it.
        other: the other reading.
    """
    return tuple(
        f"{stem} {one} or {two}, {which}." for which in WHICH for one, two in ((meant, other), (other, meant))
    )


def point(
    subject: str,
    verb: str,
    meant: str,
    other: str,
    neutral: Callable[[Recorded], bool],
    *,
    vague: tuple[str, ...] | None = None,
    missing: tuple[str, ...] = (),
    hints: bool = False,
) -> Addition:
    """A point about one thing, "blanks at the ends are kept", with what is said of any such thing.

    Args:
        subject: what it is about, as it stands inside a sentence.
        verb: `is` or `are`.
        meant: the solution's reading, as it stands after the verb.
        other: the other one.
        neutral: whether a recorded call does not show it.
        vague: sentences that both readings fit, where those for any thing sound odd; () for none.
        missing: sentences that point elsewhere, where those for any thing sound odd.
        hints: whether type hints show it.
    """
    begun = subject[:1].upper() + subject[1:]
    stem = f"{begun} {verb}"
    return Addition(
        settled=(
            f"{stem} {meant}.",
            f"{stem} {meant}, not {other}.",
            f"{stem} {meant}, whatever the rest of the program uses.",
            f"{stem} {meant}, as the callers expect.",
        ),
        either=joined(stem, meant, other),
        vague=(
            f"{begun} should get a sensible treatment.",
            f"{begun} should be handled sensibly.",
            f"As to {subject}, do what seems natural.",
        )
        if vague is None
        else vague,
        missing=missing
        or (
            f"{begun} {verb} dealt with as in our other functions.",
            f"As to {subject}, our rule applies.",
            f"As to {subject}, proceed as agreed.",
        ),
        meant=meant,
        other=other,
        neutral=neutral,
        subject=subject,
        hints=hints,
    )


def stated_case(
    case: str,
    meant: str,
    other: str,
    neutral: Callable[[Recorded], bool],
    *,
    vague: tuple[str, ...],
    missing: tuple[str, ...],
    asked: str,
    hints: bool = False,
) -> Addition:
    """A case of its own and what is done then, "if it is empty, return None".

    Args:
        case: as it opens a sentence.
        meant: what the solution does: `return None`, `raise ValueError`.
        other: what else could be done.
        neutral: whether a recorded call does not show it.
        vague: sentences that both fit.
        missing: sentences that point at what is not given.
        asked: the case as it stands in a question.
        hints: whether type hints show it.
    """
    return Addition(
        settled=(
            f"{case}, {meant}.",
            f"{case}, {meant}, do not {other}.",
            f"{case}, never {other}: {meant}.",
            f"{case}, {meant} as in the other functions.",
            f"{case}, {meant}, as the callers expect.",
            f"{case}, {meant}, whatever the rest of the program uses.",
        ),
        either=joined(f"{case},", meant, other),
        vague=vague,
        missing=missing,
        meant=meant,
        other=other,
        neutral=neutral,
        case=asked,
        hints=hints,
    )
