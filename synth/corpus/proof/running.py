"""What can only be proven by running: solutions, examples, readings, contradicted examples.

All code of the corpus is run, in the sandbox, by the recorder that the other sources use: many pieces of code
per sandbox, each twice, and what is known of a piece of code is kept by its hash and not run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from models.shown import ShownExample, shown
from synth.corpus.combinations import pairs
from synth.corpus.format import CorpusProblem, Point
from synth.corpus.proof.fault import Claim, Fault
from synth.corpus.shown import holds
from synth.sources.docstrings.calls import without_examples
from synth.sources.recording.recorder import Recorder
from synth.sources.recording.records import Outcome, Recording, Task


@dataclass(slots=True)
class _Program:
    """A piece of code with all that is to be tried on it."""

    code: str
    inputs: dict[str, int] = field(default_factory=dict)
    setup: list[str] = field(default_factory=list)
    recording: Recording = field(default_factory=Recording)

    def tries(self, example: ShownExample) -> None:
        if not example.before:
            self.inputs.setdefault(example.call, len(self.inputs))
            return
        source = _session(example, len(self.setup))
        if _input(example) not in self.inputs:
            self.setup.append(source)
            self.inputs[_input(example)] = len(self.inputs)

    def outcome(self, example: ShownExample) -> Outcome:
        """Raises KeyError for an example that was not tried."""
        return self.recording.outcomes[self.inputs[_input(example)]]

    @property
    def task(self) -> Task:
        return Task(self.code, tuple(self.inputs), setup=tuple(self.setup))


def _input(example: ShownExample) -> str:
    """The expression that stands for an example; a session becomes a call of a function that plays it."""
    if not example.before:
        return example.call
    import hashlib

    digest = hashlib.sha256("\0".join((*example.before, example.call)).encode()).hexdigest()
    return f"_session_{digest[:12]}()"


def _session(example: ShownExample, number: int) -> str:
    lines = [line for statement in example.before for line in statement.splitlines()]
    body = "\n".join(f"    {line}" for line in [*lines, f"return ({example.call})"])
    return f"def {_input(example)}:\n{body}\n"


@dataclass(slots=True)
class _Programs:
    """The code of one problem: the solution first, and each reading of each point."""

    problem: CorpusProblem
    solution: _Program
    readings: dict[tuple[str, int], _Program]

    @classmethod
    def of(cls, problem: CorpusProblem) -> _Programs:
        solution = _Program(problem.solution)
        readings: dict[tuple[str, int], _Program] = {}
        made = cls(problem, solution, readings)
        for example in (*problem.cases, *_clear(problem)):
            solution.tries(example)
        for point in problem.points:
            shown_still = examples_left(problem, point)
            for number, reading in enumerate(point.readings):
                code = reading.follow(problem.solution)
                if code is None:
                    continue
                program = solution if reading.meant else _Program(code)
                readings[point.key, number] = program
                for example in shown_still:
                    program.tries(example)
                if point.differs_on is not None:
                    program.tries(ShownExample(point.differs_on, ""))
        for _, _, examples in _combined(problem):
            for program in (solution, *readings.values()):
                for example in examples:
                    program.tries(example)
        return made

    def all(self) -> list[_Program]:
        return list({id(one): one for one in (self.solution, *self.readings.values())}.values())


def _clear(problem: CorpusProblem) -> list[ShownExample]:
    return [one for which in problem.wordings for one in shown(problem.clear(which), problem.name)]


def examples_left(problem: CorpusProblem, *points: Point) -> tuple[ShownExample, ...]:
    """The examples that a text still shows when points have changed it."""
    return shown(problem.unclear(*points), problem.name)


def _combined(problem: CorpusProblem) -> Iterator[tuple[Point, Point, tuple[ShownExample, ...]]]:
    for one, other in pairs(problem):
        yield one, other, examples_left(problem, one, other)


def running_faults(problems: Iterable[tuple[str, CorpusProblem]], recorder: Recorder) -> Iterator[Fault]:
    """Faults that show when the code is run.

    Args:
        problems: with their place for reports; their edits have to apply.
        recorder: runs them.

    Raises:
        SandboxUnavailable: nothing here isolates code.
    """
    made = [(place, _Programs.of(problem)) for place, problem in problems]
    programs = [program for _, one in made for program in one.all()]
    for program, recording in zip(programs, recorder.record(one.task for one in programs), strict=True):
        program.recording = recording
    for place, one in made:
        yield from _faults(place, one)


def _faults(place: str, programs: _Programs) -> Iterator[Fault]:
    problem, solution = programs.problem, programs.solution
    if solution.recording.failure is not None:
        yield Fault(place, None, "solution", solution.recording.failure)
        return
    claims: list[tuple[Claim, Sequence[ShownExample]]] = [
        ("solution", problem.cases),
        ("example", _clear(problem)),
    ]
    for claim, examples in claims:
        for example in examples:
            if why := _fails(solution, example):
                yield Fault(place, None, claim, why)
    for point in problem.points:
        for claim, detail in _of_point(programs, point):
            yield Fault(place, point.key, claim, detail)
    for one, other, examples in _combined(problem):
        if why := _settled(programs, one, other, examples):
            yield Fault(place, one.key, "combination", f"with {other.key}: {why}")


def _fails(program: _Program, example: ShownExample) -> str | None:
    outcome = program.outcome(example)
    if holds(example, outcome):
        return None if outcome.stable else f"`{example.call[:60]}` does not give the same twice"
    got = outcome.raises or outcome.shown
    return f"`{example.call[:60]}` gives {got[:60]}, not {(example.raises or example.want)[:60]}"


def _of_point(programs: _Programs, point: Point) -> Iterator[tuple[Claim, str]]:
    left = examples_left(programs.problem, point)
    if point.kind == "inconsistent":
        yield from _contradicted(programs, point, left)
        return
    values = []
    for number, reading in enumerate(point.readings):
        program = programs.readings[point.key, number]
        if program.recording.failure is not None:
            yield "fits", f"`{reading.option[:40]}`: {program.recording.failure}"
            return
        for example in left:
            if why := _fails(program, example):
                yield "fits", f"`{reading.option[:40]}`: {why}"
        outcome = program.outcome(ShownExample(point.differs_on or "", ""))
        values.append((outcome.raises, outcome.value or outcome.shown))
        if outcome.raises == "TookTooLong" or not outcome.stable:
            yield "differs", f"`{point.differs_on}` has no certain value"
    if len(set(values)) < len(values):
        yield "differs", f"`{point.differs_on}` gives the same for two readings: {values[0][1][:60]}"


def _contradicted(
    programs: _Programs, point: Point, left: tuple[ShownExample, ...]
) -> Iterator[tuple[Claim, str]]:
    """Where nothing but an example was changed, the solution must fail it."""
    clear, name = programs.problem.clear(point.of), programs.problem.name
    before = set(shown(clear, name))
    new = [example for example in left if example not in before]
    told = [without_examples(text, name).split() for text in (clear, programs.problem.unclear(point))]
    if new and told[0] == told[1] and all(_fails(programs.solution, one) is None for one in new):
        yield "contradicted", f"the solution does what the changed example shows: `{new[0].call[:60]}`"
    for number, reading in enumerate(point.readings):
        program = programs.readings.get((point.key, number))
        if program is not None and program.recording.failure is not None:
            yield "fits", f"`{reading.option[:40]}`: {program.recording.failure}"


def _settled(programs: _Programs, one: Point, other: Point, examples: tuple[ShownExample, ...]) -> str | None:
    """Why two points are no longer two flaws in one text."""
    for point, beside in ((one, other), (other, one)):
        if point.kind == "inconsistent" or beside.kind == "inconsistent":
            continue
        for number, reading in enumerate(point.readings):
            program = programs.readings[point.key, number]
            for example in examples:
                if not holds(example, program.outcome(example)):
                    return f"`{example.call[:50]}` settles `{reading.option[:40]}`"
    for point, beside in ((one, other), (other, one)):
        if point.kind != "inconsistent" or beside.kind == "inconsistent":
            continue
        before = set(shown(programs.problem.clear(point.of), programs.problem.name))
        new = [example for example in examples if example not in before]
        for number, reading in enumerate(beside.readings):
            program = programs.readings[beside.key, number]
            if new and all(holds(example, program.outcome(example)) for example in new):
                return f"`{reading.option[:40]}` of the one resolves the contradiction of the other"
    return None
