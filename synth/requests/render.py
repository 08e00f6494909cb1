"""Writes a problem as a request: the one entry to the shapes."""

from __future__ import annotations

from collections.abc import Sequence

from synth.modifications.text import append, normalise
from synth.requests.prose import breaks_off
from synth.requests.shapes import SHAPES
from synth.requests.shapes.base import Parts
from synth.requests.style import Style
from synth.schema import Example, Problem


def render(
    problem: Problem,
    style: Style,
    *,
    description: str | None = None,
    examples: Sequence[Example] | None = None,
) -> str:
    """Write a request.

    The text is wrapped anew whatever the description is, so that an edited one shows no scar; nothing but
    description, signature and examples may differ between twins.

    Args:
        problem: dressed for `style`.
        style: how it looks.
        description: stands in for the problem's own.
        examples: those to show; by default the problem's first ones, as many as the style says.
    """
    text = normalise(problem.description if description is None else description)
    shown = tuple(problem.examples[: style.examples] if examples is None else examples)
    if style.aside:
        first = style.voice % 3 == 0 or breaks_off(text)
        text = f"{style.aside} {text}" if first else append(text, style.aside)
    return SHAPES[style.shape](Parts(problem, style, text, shown)).strip("\n") + "\n"
