"""A small problem made for one test."""

from synth.modifications.text import normalise
from synth.schema import Case, Example, Problem


def made(
    description: str,
    solution: str = "def f(a):\n    return a\n",
    *,
    name: str = "f",
    signature: str = "def f(a):",
    calls: dict[str, str] | None = None,
    tests: tuple[Case, ...] = (),
) -> Problem:
    """A problem with a normalised description; `calls` maps a call to the repr of its result."""
    return Problem(
        id=f"made:{name}",
        name=name,
        signature=signature,
        description=normalise(description),
        examples=tuple(Example(call=call, result=result) for call, result in (calls or {}).items()),
        solution=solution,
        tests=tests,
        source="made",
        group="made",
        licence="Apache-2.0",
    )
