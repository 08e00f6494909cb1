"""Programs at work in the sandbox, and which of them do the same."""

from __future__ import annotations

from collections.abc import Sequence

from models.sandbox.conversation import Pace
from models.sandbox.judge import Judge
from models.sandbox.observation import Call, Observation
from models.sandbox.runner import Sandbox


def observed(
    programs: Sequence[str], calls: Sequence[str], sandbox: Sandbox, pace: Pace
) -> list[tuple[Observation, ...] | None]:
    """What each program does on each call; None for one that does not load. Equal programs run once.

    Args:
        programs: Python sources.
        calls: statements; the value of the last one counts.
        sandbox: where they run, without installed packages.
        pace: how long they may take.

    Raises:
        SandboxUnavailable: the isolation could not be set up; nothing has run.
    """
    judge = Judge(
        sandbox,
        seconds_per_case=pace.call,
        load_seconds=pace.load,
        budget_seconds=pace.budget,
        packages=False,
    )
    wanted = [Call(call, show=True) for call in calls]
    seen = {program: judge.observe(program, wanted) for program in dict.fromkeys(programs)}
    return [seen[program] if _loaded(seen[program]) else None for program in programs]


def _loaded(seen: Sequence[Observation]) -> bool:
    return all(one.outcome != "unloadable" for one in seen)


def text_of(seen: Observation) -> str:
    """What came of a call, so that two programs can be compared by it."""
    if seen.outcome == "value":
        return " ".join(seen.shown.split())
    return seen.error[0] if seen.outcome == "raised" and seen.error else seen.outcome


def clusters(texts: Sequence[tuple[str, ...]]) -> list[list[int]]:
    """Places of the programs that did the same on all calls, the most first.

    Args:
        texts: of each program, what came of each call.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, one in enumerate(texts):
        groups.setdefault(one, []).append(place)
    return sorted(groups.values(), key=len, reverse=True)


def disagreement(sizes: Sequence[int]) -> float | None:
    """Share of the programs outside the largest cluster; None for fewer than two programs.

    Args:
        sizes: of the clusters.
    """
    total = sum(sizes)
    return 1.0 - max(sizes) / total if total >= 2 else None


def first_difference(one: Sequence[str], other: Sequence[str]) -> int:
    """The place of the first call on which two programs differ, which they do."""
    return next(place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])
