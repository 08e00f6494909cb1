"""The fixture problems, and what the generator makes of them; read once for all tests."""

from functools import cache
from pathlib import Path

from synth.modifications.generator import RulesGenerator, random_for
from synth.schema import Problem, Sample

FIXTURES = Path(__file__).parent / "fixtures"


@cache
def problems() -> tuple[Problem, ...]:
    """All fixture problems, in the order of their files."""
    lines = (
        line for file in sorted(FIXTURES.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()
    )
    return tuple(Problem.model_validate_json(line) for line in lines)


def problem(name: str) -> Problem:
    """The fixture problem with this entry point."""
    return next(problem for problem in problems() if problem.name == name)


@cache
def samples(seed: int = 0) -> tuple[Sample, ...]:
    """Everything the generator makes of the fixture problems."""
    generator = RulesGenerator(seed=seed)
    return tuple(s for p in problems() for s in generator.samples(p, random_for(seed, p.id)))
