"""The looks of a request: everything but its content. Twins share one style."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from synth.modifications.names import OPAQUE
from synth.modifications.recorded import Unreadable, recorded
from synth.modifications.signature import parameters
from synth.requests.asides import ASIDES
from synth.schema import Problem, Shape

ExampleForm = Literal["doctest", "arrow", "equals", "prose", "returns"]
Docstring = Literal["plain", "google", "sphinx", "numpy"]
Care = Literal["careful", "casual", "sloppy"]

CLASSES = ("Tools", "Toolbox", "Helper", "Kit", "Service", "Desk", "Workshop", "Office", "Bench", "Counter2")
_MOST_EXAMPLES = 5
_WORDS_TO_STAND_ALONE = 9


@dataclass(frozen=True, slots=True)
class Style:
    """How a request looks.

    Args:
        name: what the entry point is called.
        shape: how the request is put.
        examples: how many examples are shown, 0 to 5.
        example_form: how one is written.
        docstring: convention for parameters and result, where there is a docstring.
        hints: whether the signature has type hints.
        quotes: the docstring's quotation marks.
        first_line: whether the docstring begins on the line of its opening quotes.
        width: columns at which text is wrapped.
        care: sloppy requests have no capitals at the start of sentences.
        aside: a remark beside the point; empty when there is none.
        owner: the class that holds the function, for the shape `class`.
        voice: picks among openers, closers and code around; the same number, the same choice.
    """

    name: str
    shape: Shape
    examples: int
    example_form: ExampleForm
    docstring: Docstring
    hints: bool
    quotes: str
    first_line: bool
    width: int
    care: Care
    aside: str
    owner: str
    voice: int

    def showing(self, examples: int) -> Style:
        """The same looks with another number of examples."""
        return replace(self, examples=examples)

    def untyped(self) -> Style:
        """The same looks without type hints."""
        return replace(self, hints=False, docstring="plain")


def draw_style(problem: Problem, rng: Random) -> Style:
    """Draw a style that suits a problem.

    Args:
        problem: decides which shapes and names are possible.
        rng: the draw takes the same number of steps whatever the problem.
    """
    shape = rng.choices(*_shapes(problem))[0]
    name = _name(problem, rng)
    prose_only = shape in {"chat", "bug", "change", "script", "todo"}
    hints = rng.random() < 0.55
    return Style(
        name=name,
        shape=shape,
        examples=rng.choices(range(_MOST_EXAMPLES + 1), (22, 20, 28, 18, 8, 4))[0],
        example_form=rng.choices(
            ("doctest", "arrow", "equals", "prose", "returns"),
            (0, 4, 1, 4, 2) if prose_only else (14, 3, 1, 2, 1),
        )[0],
        docstring=rng.choices(("plain", "google", "sphinx", "numpy"), (14, 2, 1, 1))[0] if hints else "plain",
        hints=hints,
        quotes=rng.choice(('"""', '"""', '"""', "'''")),
        first_line=rng.random() < 0.6,
        width=rng.choice((68, 72, 76, 79, 84, 88, 96)),
        care=rng.choices(("careful", "casual", "sloppy"), (6, 2, 2) if shape == "chat" else (9, 1, 0))[0],
        aside=rng.choice(ASIDES) if rng.random() < 0.3 else "",
        owner=rng.choice(CLASSES),
        voice=rng.randrange(1 << 30),
    )


def _shapes(problem: Problem) -> tuple[list[Shape], list[int]]:
    if problem.shape not in {"stub"}:
        return [problem.shape], [1]
    shapes: dict[Shape, int] = {"stub": 44, "chat": 20, "todo": 9, "module": 9, "bug": 8, "class": 6}
    if _takes_one_string(problem):
        shapes["script"] = 8
    if "def " not in problem.signature or problem.prelude.strip():
        shapes = {"stub": 5, "chat": 1} if "def " in problem.signature else {"stub": 1}
    return list(shapes), list(shapes.values())


def _takes_one_string(problem: Problem) -> bool:
    records = recorded(problem)
    one = len(parameters(problem.signature)) == 1 and bool(records)
    return one and all(
        len(record.arguments) == 1
        and isinstance(record.arguments[0], str)
        and not isinstance(record.value, Unreadable)
        and record.example.call.startswith(f"{problem.name}(")
        for record in records
    )


def _name(problem: Problem, rng: Random) -> str:
    kind = rng.random()
    pick, turn = rng.choice(OPAQUE), rng.randrange(6)
    own = problem.name
    if not own.isidentifier() or "def " not in problem.signature or problem.shape == "class":
        return own
    if problem.shape != "stub" and re.search(rf"\b{own}\b(?!\()", problem.description):
        return own
    if kind < 0.45:
        return own
    if kind < 0.8 and len(problem.description.split()) >= _WORDS_TO_STAND_ALONE:
        return _free(problem, pick)
    return _free(problem, _variant(own, turn))


def _variant(name: str, turn: int) -> str:
    words = name.strip("_").split("_")
    camel = words[0] + "".join(word.capitalize() for word in words[1:])
    return (
        f"my_{name}",
        f"get_{name}",
        camel if len(words) > 1 else f"{name}_2",
        f"do_{name}",
        "_".join(reversed(words)) if len(words) == 2 else f"{name}_new",
        f"make_{name}",
    )[turn]


def _free(problem: Problem, name: str) -> str:
    """The name, unless the problem already uses it for something else."""
    texts = (problem.solution, problem.signature, problem.prelude)
    taken = (
        not name.isidentifier()
        or keyword.iskeyword(name)
        or any(re.search(rf"\b{re.escape(name)}\b", text) for text in texts)
    )
    return problem.name if taken else name
