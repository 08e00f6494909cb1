"""`functions:PACKAGE` and `functions:PATH`: functions with a docstring and no example.

Inputs are proposed, outputs recorded in the sandbox, twice. A function becomes a problem when what it does is
a matter of its arguments alone, and when its results tell something.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from synth.schema import Case, Example, Problem
from synth.sources.base import Reason, Skipped
from synth.sources.code.pieces import NotSelfContained
from synth.sources.doctests import listed, problem_of, usable_calls
from synth.sources.inputs.kinds import Parameter, parameters_of
from synth.sources.inputs.propose import Combination, calls, constants_in, imports_of_call, needed, probes
from synth.sources.library import Candidate
from synth.sources.library_source import LibrarySource
from synth.sources.reading import reaching_out, untold
from synth.sources.recording.records import Outcome, Recording, Task

CHUNK = 192  # functions probed before the first of them is tried out
FEWEST_WORDS = 7
MOST_PARAMETERS = 6
EXAMPLES, TESTS, ERRORS = 4, 8, 2
LONGEST_VALUE = 200

_TRIVIAL = frozenset({"None", "''", "[]", "()", "{}", "set()", "0", "False", "b''", "0.0"})


@dataclass(frozen=True, slots=True)
class _Subject:
    """A function on its way."""

    candidate: Candidate
    parameters: tuple[Parameter, ...]

    def task(self, inputs: Sequence[str]) -> Task:
        imports = [one for text in inputs for one in imports_of_call(text)]
        lines = {one.line for one in imports if self.candidate.code.lacks(one)}
        return Task(self.candidate.code.solution, tuple(inputs), setup=tuple(sorted(lines)))


class Functions(LibrarySource):
    """Problems from functions that are documented and have no example.

    See `LibrarySource` for its arguments; the options also say whether a model proposes inputs.
    """

    kind = "functions"

    def problems(self) -> Iterator[Problem]:
        """The verified problems, module by module."""
        self.skipped = []
        subjects = self._kept(self._subjects())
        while chunk := list(islice(subjects, CHUNK)):
            yield from self._kept(self._tried(chunk))

    def _subjects(self) -> Iterator[_Subject | Skipped]:
        library = self._library()
        for code, origin in self._kept(library.functions()):
            if usable_calls(origin):
                yield Skipped(origin.id, "has examples")
                continue
            candidate = library.candidate(code, origin)
            yield candidate if isinstance(candidate, Skipped) else _subject(candidate, origin.node)

    def _tried(self, chunk: Sequence[_Subject]) -> Iterator[Problem | Skipped]:
        probed = [probes(one.candidate.code.name, one.parameters) for one in chunk]
        tasks = [one.task([text for _, text in each]) for one, each in zip(chunk, probed, strict=True)]
        ready: list[tuple[_Subject, list[str]]] = []
        for subject, probe, recording in zip(chunk, probed, self._recorder.record(tasks), strict=True):
            inputs = self._inputs(subject, probe, recording)
            if isinstance(inputs, Skipped):
                yield inputs
            else:
                ready.append((subject, inputs))
        recordings = self._recorder.record([subject.task(inputs) for subject, inputs in ready])
        for (subject, inputs), recording in zip(ready, recordings, strict=True):
            yield _problem(subject, inputs, recording)

    def _inputs(
        self, subject: _Subject, probe: Sequence[tuple[Combination, str]], recording: Recording
    ) -> list[str] | Skipped:
        """Calls to try, of the combination of kinds that the function takes best."""
        id_, code = subject.candidate.id, subject.candidate.code
        if recording.failure is not None:
            return Skipped(id_, "fails", recording.failure)
        proposed = self._from_model(subject)
        combination = _best(probe, recording.outcomes)
        if combination is not None:
            constants = constants_in(code.solution, code.name)
            proposed += calls(code.name, subject.parameters, combination, constants, seed=id_)
        return list(dict.fromkeys(proposed)) or Skipped(id_, _why_none(recording.outcomes))

    def _from_model(self, subject: _Subject) -> list[str]:
        if self._options.backend is None:
            return []
        from synth.sources.inputs.model import ask_for_calls

        code = subject.candidate.code
        return ask_for_calls(self._options.backend, code.name, code.signature, subject.candidate.description)


def _subject(candidate: Candidate, node: ast.FunctionDef) -> _Subject | Skipped:
    code = candidate.code

    def skipped(reason: Reason, detail: str) -> Skipped:
        return Skipped(candidate.id, reason, detail)

    if len(candidate.description.split()) < FEWEST_WORDS:
        return skipped("no description", "it is too short to go without an example")
    if reached := reaching_out(code):
        return skipped("not pure", f"it uses `{reached}`")
    if why := untold(candidate.description, code):
        return skipped("too little said", why)
    documented = {one.name: one.type for one in candidate.parts.parameters}
    parameters = tuple(parameters_of(node, documented))
    if not needed(parameters):
        return skipped("no inputs", "it needs no argument")
    if len(needed(parameters)) > MOST_PARAMETERS:
        return skipped("no inputs", "it has many parameters")
    try:
        for one in imports_of_call("datetime."):
            code.lacks(one)
    except NotSelfContained:
        if any("date" in kind for each in parameters for kind in each.kinds):
            return skipped("no inputs", "`datetime` means two things in its code")
    return _Subject(candidate, parameters)


# --- judging outcomes ---------------------------------------------------------------------------------------


def _is_good(outcome: Outcome) -> bool:
    return (
        outcome.raises is None
        and outcome.value is not None
        and len(outcome.value) <= LONGEST_VALUE
        and outcome.stable
        and not outcome.impure
    )


def _best(probe: Sequence[tuple[Combination, str]], outcomes: Sequence[Outcome]) -> Combination | None:
    """The combination whose probes work and differ; of equals, the likelier one."""
    by_kind: dict[Combination, list[Outcome]] = {}
    for (combination, _), outcome in zip(probe, outcomes, strict=True):
        by_kind.setdefault(combination, []).append(outcome)

    def rank(combination: Combination) -> tuple[int, int]:
        good = [one for one in by_kind[combination] if _is_good(one)]
        return len(good), len({one.value for one in good} - {"None"})

    best = max(by_kind, key=rank, default=None)
    return best if best is not None and rank(best)[0] else None


def _why_none(outcomes: Sequence[Outcome]) -> Reason:
    """What stands against all calls that were tried."""
    given = [one for one in outcomes if one.raises is None]
    if any(one.impure for one in given):
        return "not pure"
    if any(not one.stable for one in given if one.value is not None):
        return "not deterministic"
    return "not plain" if given else "no inputs"


def _problem(subject: _Subject, inputs: Sequence[str], recording: Recording) -> Problem | Skipped:
    candidate = subject.candidate

    def skipped(reason: Reason, detail: str = "") -> Skipped:
        return Skipped(candidate.id, reason, detail)

    if recording.failure is not None:
        return skipped("fails", recording.failure)
    pairs = list(zip(inputs, recording.outcomes, strict=True))
    impure = sorted({what for _, outcome in pairs for what in outcome.impure})
    if impure:
        return skipped("not pure", ", ".join(impure))
    if not all(outcome.stable for _, outcome in pairs if outcome.value is not None):
        return skipped("not deterministic")
    good = [(text, outcome) for text, outcome in pairs if _is_good(outcome)]
    if len(good) < 3 or 3 * len(good) < len(pairs):
        values = any(outcome.raises is None for _, outcome in pairs)
        return skipped(
            "not plain" if values and not good else "no inputs", f"{len(good)} of {len(pairs)} calls work"
        )
    if why := _uninformative(good):
        return skipped("uninformative", why)
    chosen = _chosen(good)
    cases = [Example(call=listed(text, outcome), result=outcome.value or "") for text, outcome in chosen]
    documented = {one.name for one in candidate.parts.errors}
    errors = [
        Case(expression=text, expected="", raises=outcome.raises)
        for text, outcome in pairs
        if outcome.raises in documented
    ]
    tests = [Case(expression=one.call, expected=one.result) for one in cases[EXAMPLES : EXAMPLES + TESTS]]
    used = [
        one
        for case in cases[: EXAMPLES + TESTS]
        for one in imports_of_call(case.call)
        if candidate.code.lacks(one)
    ]
    return problem_of("functions", candidate, used, cases[:EXAMPLES], [*tests, *errors[:ERRORS]])


def _uninformative(good: Sequence[tuple[str, Outcome]]) -> str | None:
    values = {outcome.value for _, outcome in good}
    if values <= _TRIVIAL | {"True"} and values != {"True", "False"} or len(values) < 2:
        return "all results are the same, or empty"
    if len(values) == 2 and values & _TRIVIAL and values != {"True", "False"} and "None" not in values:
        return "it has one result besides an empty one"
    if all(outcome.value == _first_argument(text) for text, outcome in good):
        return "it gives back what it gets"
    return None


def _first_argument(call: str) -> str:
    node = ast.parse(call, mode="eval").body
    if not isinstance(node, ast.Call) or not node.args:
        return ""
    try:
        return repr(ast.literal_eval(node.args[0]))
    except ValueError:
        return ""


def _chosen(good: Sequence[tuple[str, Outcome]]) -> list[tuple[str, Outcome]]:
    """The calls in the order in which they tell most: new results first, empty ones late."""
    seen: set[str | None] = set()
    first: list[tuple[str, Outcome]] = []
    later: list[tuple[str, Outcome]] = []
    for text, outcome in good:
        empty = outcome.value in _TRIVIAL or outcome.value == _first_argument(text)
        new = outcome.value not in seen and (not empty or len(first) >= 2)
        (first if new else later).append((text, outcome))
        if new:
            seen.add(outcome.value)
    return [*first, *later]
