"""Problems as a file gives them, and their proof: a solution that is run and does what is claimed."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from synth.schema import Case, Example, Problem
from synth.sources.base import Skipped
from synth.sources.matching import same
from synth.sources.recording.recorder import Recorder
from synth.sources.recording.records import Outcome, Recording, Task

CHUNK = 192


@dataclass(frozen=True, slots=True)
class Draft:
    """A problem that nobody has run yet.

    Args:
        problem: with its first solution.
        others: further solutions, to be tried when the first fails.
        loose: whether the expected values come from JSON, which has no tuples, and may be wrapped in a list.
    """

    problem: Problem
    others: tuple[str, ...] = ()
    loose: bool = False

    @property
    def solutions(self) -> tuple[str, ...]:
        """All, in the order of trying."""
        return (self.problem.solution, *self.others)


def verified(
    drafts: Iterable[Draft | Skipped], recorder: Recorder, skipped: list[Skipped]
) -> Iterator[Problem]:
    """The problems whose solution passes, in order; the others go into `skipped`.

    Raises:
        UserError: there is no sandbox, or recordings cannot be kept.
    """
    source = iter(drafts)
    while chunk := list(islice(source, CHUNK)):
        found = _proven([one for one in chunk if isinstance(one, Draft)], recorder)
        for one in chunk:
            result = one if isinstance(one, Skipped) else found[one.problem.id]
            if isinstance(result, Skipped):
                skipped.append(result)
            else:
                yield result


def _proven(drafts: list[Draft], recorder: Recorder) -> dict[str, Problem | Skipped]:
    """Try the solutions of all drafts side by side: the first of each, then the second of those left."""
    found: dict[str, Problem | Skipped] = {}
    left, turn = drafts, 0
    while left:
        tasks = [_task(one.problem, one.solutions[turn]) for one in left]
        again = []
        for draft, recording in zip(left, recorder.record(tasks), strict=True):
            result = _result(draft, draft.solutions[turn], recording)
            found[draft.problem.id] = result
            if isinstance(result, Skipped) and turn + 1 < len(draft.solutions):
                again.append(draft)
        left, turn = again, turn + 1
    return found


def _task(problem: Problem, solution: str) -> Task:
    inputs = [one.call for one in problem.examples] + [one.expression for one in problem.tests]
    if problem.shape == "script":
        return Task(solution, tuple(inputs), kind="script")
    return Task(solution, tuple(inputs))


def _result(draft: Draft, solution: str, recording: Recording) -> Problem | Skipped:
    problem = draft.problem
    if recording.failure is not None:
        return Skipped(problem.id, "fails", recording.failure)
    count = len(problem.examples)
    examples: list[Example] = []
    tests: list[Case] = []
    for place, outcome in enumerate(recording.outcomes):
        case = problem.tests[place - count] if place >= count else _case(problem.examples[place])
        if not _meets(case, outcome, script=problem.shape == "script", loose=draft.loose):
            return Skipped(problem.id, "fails", f"`{_short(case.expression)}` gives something else")
        if not outcome.stable:
            return Skipped(problem.id, "not deterministic")
        value = case.expected if outcome.value is None or problem.shape == "script" else outcome.value
        if place < count:
            examples.append(Example(call=case.expression, result=value))
        else:
            tests.append(case.model_copy(update={"expected": value}))
    return problem.model_copy(
        update={"solution": solution, "examples": tuple(examples), "tests": tuple(tests)}
    )


def _case(example: Example) -> Case:
    return Case(expression=example.call, expected=example.result)


def _meets(case: Case, outcome: Outcome, *, script: bool, loose: bool) -> bool:
    if case.raises is not None:
        return outcome.raises == case.raises
    if outcome.value is None:
        return outcome.raises is None and outcome.shown == case.expected
    if script:
        return same_output(case.expected, outcome.value)
    return same(case.expected, outcome.value) or (loose and _loosely(case.expected, outcome.value))


def same_output(want: str, got: str) -> bool:
    """Whether two outputs are the same: blanks at the ends of lines do not count, nor the form of numbers."""
    wanted, gotten = ([line.split() for line in text.strip().splitlines()] for text in (want, got))
    if len(wanted) != len(gotten):
        return False
    return all(
        len(one) == len(other) and all(map(_same_word, one, other))
        for one, other in zip(wanted, gotten, strict=True)
    )


def _same_word(want: str, got: str) -> bool:
    if want == got:
        return True
    if "." not in want:
        return False
    try:
        return math.isclose(float(want), float(got), rel_tol=1e-6, abs_tol=1e-9)
    except ValueError:
        return False


def _loosely(want: str, got: str) -> bool:
    """As `same`, with tuples as lists, and with the value alone where a list of one holds it."""
    try:
        wanted, gotten = ast.literal_eval(want), _listed(ast.literal_eval(got))
    except (ValueError, SyntaxError, RecursionError):
        return False
    if _close(wanted, gotten):
        return True
    return isinstance(wanted, list) and len(wanted) == 1 and _close(wanted[0], gotten)


def _close(want: Any, got: Any) -> bool:
    if isinstance(want, list) and isinstance(got, list):
        return len(want) == len(got) and all(map(_close, want, got))
    if isinstance(want, float) and isinstance(got, float):
        return math.isclose(want, got, rel_tol=1e-6)
    return bool(want == got)


def _listed(value: Any) -> Any:
    return [_listed(one) for one in value] if isinstance(value, list | tuple) else value


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else f"{flat[:60]}…"
