"""Problems as the requests that the model is shown."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from synth.requests.dress import dress
from synth.requests.render import render
from synth.requests.style import Style, draw_style
from synth.schema import Example, Problem

_WIDTH = 88


@dataclass(frozen=True, slots=True)
class Request:
    """A clear request.

    Args:
        text: as it is sent.
        problem: as it is called in the text.
        examples: those that the text shows.
    """

    text: str
    problem: Problem
    examples: tuple[Example, ...]

    def examples_in(self, text: str) -> tuple[Example, ...]:
        """Those that a modified text still shows as they were."""
        flat = " ".join(text.split())
        return tuple(
            one
            for one in self.examples
            if " ".join(one.call.split()) in flat and " ".join(one.result.split()) in flat
        )


def write_request(problem: Problem, look: Literal["plain", "drawn"], rng: Random) -> Request:
    """Write a problem down.

    Args:
        problem: as a source yields it.
        look: the source's own layout and names with all examples, or drawn ones as for `rules`.
        rng: for the drawn look.
    """
    if look == "drawn":
        style = draw_style(problem, rng)
        dressed = dress(problem, style)
        shown = dressed.examples[: style.examples]
        return Request(render(dressed, style, examples=shown), dressed, shown)
    if not problem.signature.strip():
        return Request(_statement(problem), problem, problem.examples)
    text = render(problem, _plain(problem), examples=problem.examples)
    return Request(text, problem, problem.examples)


def _statement(problem: Problem) -> str:
    """A task for a whole program, its samples below it as such tasks have them."""
    parts = [problem.prelude.strip("\n"), problem.description.strip("\n")]
    for example in problem.examples:
        parts.append(f"Input:\n{example.call.strip(chr(10))}\n\nOutput:\n{example.result.strip(chr(10))}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _plain(problem: Problem) -> Style:
    return Style(
        name=problem.name,
        shape=problem.shape,
        examples=len(problem.examples),
        example_form="doctest",
        docstring="plain",
        hints=True,
        quotes='"""',
        first_line=True,
        width=_WIDTH,
        care="careful",
        aside="",
        owner="Tools",
        voice=0,
    )
