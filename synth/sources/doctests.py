"""`doctest:PACKAGE` and `doctest:PATH`: functions whose docstring shows calls and results.

Each is read without importing its package, made to stand alone, and run in the sandbox; it becomes a problem
when the code that stands alone gives what its docstring shows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synth.schema import Case, Example, Problem
from synth.sources.base import Skipped
from synth.sources.code.modules import Import
from synth.sources.code.pieces import NotSelfContained
from synth.sources.docstrings.calls import Shown, arrows_of, calls_of, without_arrows
from synth.sources.library import Candidate, Described
from synth.sources.library_source import LibrarySource
from synth.sources.matching import holds
from synth.sources.recording.records import Outcome, Recording, Task

MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class _Tried:
    """A candidate and its examples, ready to be run."""

    candidate: Candidate
    shown: tuple[Shown, ...]
    task: Task


class Doctests(LibrarySource):
    """Problems from docstrings with examples; see `LibrarySource` for its arguments."""

    kind = "doctest"

    def problems(self) -> Iterator[Problem]:
        """The verified problems, module by module."""
        self.skipped = []
        waiting: deque[_Tried] = deque()
        tasks = (self._waiting(waiting, one) for one in self._kept(self._tried()))
        recordings = self._recorder.record(tasks)
        yield from self._kept(_problem(waiting.popleft(), recording) for recording in recordings)

    def _waiting(self, waiting: deque[_Tried], one: _Tried) -> Task:
        waiting.append(one)
        return one.task

    def _tried(self) -> Iterator[_Tried | Skipped]:
        library = self._library()
        for code, origin in self._kept(library.functions()):
            shown = usable_calls(origin)
            if shown:
                candidate = library.candidate(code, origin)
                yield candidate if isinstance(candidate, Skipped) else _ready(candidate, shown)
            else:
                some = ">>>" in origin.docstring
                yield Skipped(origin.id, "no usable example" if some else "no example")


def _ready(candidate: Candidate, shown: Sequence[Shown]) -> _Tried | Skipped:
    kept = [one for one in shown if _fits(candidate, one)]
    if not kept:
        return Skipped(candidate.id, "no usable example", "they need more than can be shown")
    return _Tried(candidate, tuple(kept), _task(candidate, kept))


def usable_calls(origin: Described) -> list[Shown]:
    """The calls that a function's docstring shows and that can stand alone."""
    package = origin.module.name.partition(".")[0]
    name = origin.node.name
    text = without_arrows(origin.docstring, name)  # which may stand directly below a session
    shown = calls_of(text, name, package, origin.module.imports)
    known = {one.call for one in shown}
    return [*shown, *(one for one in arrows_of(origin.docstring, name) if one.call not in known)]


def _fits(candidate: Candidate, shown: Shown) -> bool:
    try:
        for one in shown.imports:
            candidate.code.lacks(one)
    except NotSelfContained:
        return False
    return True


def _task(candidate: Candidate, shown: Sequence[Shown]) -> Task:
    lines = sorted({one.line for each in shown for one in each.imports if candidate.code.lacks(one)})
    return Task(candidate.code.solution, tuple(one.call for one in shown), setup=tuple(lines))


def _problem(tried: _Tried, recording: Recording) -> Problem | Skipped:
    id_ = tried.candidate.id
    if recording.failure is not None:
        return Skipped(id_, "fails", recording.failure)
    met = [
        (shown, outcome)
        for shown, outcome in zip(tried.shown, recording.outcomes, strict=True)
        if holds(shown, outcome)
    ]
    if 2 * len(met) < len(tried.shown):
        failed = next(shown for shown in tried.shown if shown not in {one for one, _ in met})
        return Skipped(id_, "fails", f"`{failed.call}` gives something else")
    plain = [(shown, outcome) for shown, outcome in met if outcome.value is not None]
    if not plain:
        return Skipped(id_, "not plain")
    if not all(outcome.stable for _, outcome in plain):
        return Skipped(id_, "not deterministic")
    raised = [shown for shown, outcome in met if outcome.raises is not None]
    return _assembled(tried.candidate, plain, raised)


def _assembled(
    candidate: Candidate, plain: Sequence[tuple[Shown, Outcome]], raised: Sequence[Shown]
) -> Problem:
    examples = [
        Example(call=listed(shown.call, outcome), result=outcome.value or "") for shown, outcome in plain
    ]
    cases = [Case(expression=one.call, expected=one.result) for one in examples[MOST_EXAMPLES:]]
    errors = [Case(expression=shown.call, expected="", raises=shown.raises) for shown in raised]
    used: list[Import] = [one for shown in [*(pair[0] for pair in plain), *raised] for one in shown.imports]
    return problem_of("doctest", candidate, used, examples[:MOST_EXAMPLES], [*cases, *errors])


def listed(call: str, outcome: Outcome) -> str:
    """A call whose value is what was recorded: an iterator's items in a list."""
    return f"list({call})" if outcome.listed else call


def problem_of(
    kind: str,
    candidate: Candidate,
    used: Sequence[Import],
    examples: Sequence[Example],
    tests: Sequence[Case],
) -> Problem:
    """A candidate as a problem.

    Args:
        kind: of source, as in its spec.
        candidate: the function.
        used: imports that examples and tests need.
        examples: for the text.
        tests: further ones.
    """
    code = candidate.code.with_imports(used)
    return Problem(
        id=f"{kind}:{candidate.id}",
        name=code.name,
        signature=code.signature,
        description=candidate.description,
        examples=tuple(examples),
        prelude=code.prelude,
        solution=code.solution,
        tests=tuple(tests),
        source=f"{kind}:{candidate.package}",
        group=candidate.package,
        licence=candidate.licence,
    )
