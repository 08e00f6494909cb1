"""What a file of the corpus holds: problems, their points, and the readings of each point.

The files are TOML. Code and requests stand in literal multi-line strings, exactly as they are: nothing is
escaped and nothing depends on indentation, so that a diff shows what a reader of the request would see.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.shown import ShownExample, sessions
from synth.schema import Flaw, Shape

Text = Literal["text", "plain"]
"""Which of the two clear wordings a point changes."""

CODE_SHAPES: frozenset[Shape] = frozenset({"stub", "class", "module"})
"""Shapes of which the whole request is Python."""


class NotApplicable(ValueError):
    """An edit whose `from` does not stand exactly once in the text."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Edit(_Part):
    """A replacement in a text."""

    before: str = Field(alias="from", min_length=1, description="Stands exactly once in the text.")
    after: str = Field(alias="to", description="Takes its place; empty drops it.")

    def apply(self, text: str) -> str:
        """The text after the replacement.

        Raises:
            NotApplicable: what is to be replaced stands there not at all, or more than once.
        """
        if (count := text.count(self.before)) != 1:
            raise NotApplicable(f"{self.before[:50]!r} stands there {count} times")
        return text.replace(self.before, self.after)


def applied(edits: tuple[Edit, ...], text: str) -> str:
    """A text after several replacements, in their order.

    Raises:
        NotApplicable: see `Edit.apply`.
    """
    for edit in edits:
        text = edit.apply(text)
    return text


class Reading(_Part):
    """One way to read what a point leaves open, or one side of a contradiction."""

    option: str = Field(min_length=1, description="It, as one would answer it.")
    meant: bool = Field(default=False, description="The solution follows this one.")
    patch: tuple[Edit, ...] = Field(default=(), description="What it changes in the solution.")
    code: str | None = Field(default=None, description="All of its code, where a patch would not be shorter.")

    @model_validator(mode="after")
    def _says_its_code_once(self) -> Reading:
        if self.meant and (self.patch or self.code is not None):
            raise ValueError("the meant reading is the solution: it has neither patch nor code")
        if self.patch and self.code is not None:
            raise ValueError("give a patch or code, not both")
        return self

    def follow(self, solution: str) -> str | None:
        """The code that follows this reading; None where it is not written down.

        Raises:
            NotApplicable: the patch does not fit the solution.
        """
        if self.meant:
            return solution
        return applied(self.patch, solution) if self.patch else self.code


class Point(_Part):
    """A change that makes a clear text unclear, and what a good reader would ask about it."""

    kind: Flaw
    of: Text = Field(default="text", description="The wording that it changes.")
    questions: tuple[str, ...] = Field(
        min_length=2, max_length=3, description="Differently worded, one line each."
    )
    answer: str = Field(min_length=1, description="The meant reading, as a sentence.")
    differs_on: str | None = Field(
        default=None, description="An expression that the readings give different values for."
    )
    edits: tuple[Edit, ...] = Field(min_length=1, description="Applied in their order.")
    readings: tuple[Reading, ...] = Field(min_length=2, description="Exactly one is meant.")

    @model_validator(mode="after")
    def _has_readings(self) -> Point:
        if sum(reading.meant for reading in self.readings) != 1:
            raise ValueError("exactly one reading is meant")
        if self.kind != "inconsistent":
            if self.differs_on is None:
                raise ValueError(f"an {self.kind} point needs an input in `differs_on`")
            if any(not (one.meant or one.patch or one.code) for one in self.readings):
                raise ValueError(f"every reading of an {self.kind} point needs its code")
        return self

    @functools.cached_property
    def key(self) -> str:
        """A name within its problem that stays when other points come and go."""
        content = "\0".join(part for edit in self.edits for part in (edit.before, edit.after))
        return f"{self.kind}-{hashlib.sha256(f'{self.of}{chr(0)}{content}'.encode()).hexdigest()[:6]}"

    @property
    def meant(self) -> Reading:
        """The reading that the solution follows."""
        return next(reading for reading in self.readings if reading.meant)


class CorpusProblem(_Part):
    """A clear problem in one or two wordings, with its points."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="Unique within its domain.")
    shape: Shape
    name: str = Field(min_length=1, description="The entry point, as tests call it.")
    text: str = Field(min_length=1, description="The request.")
    plain: str | None = Field(
        default=None,
        description="The same request in other words, shorter; with examples if `text` has none.",
    )
    solution: str = Field(min_length=1, description="Self-contained, standard library only.")
    tests: str = Field(min_length=1, description="Calls with results, as in an interactive session.")
    apart: tuple[tuple[str, str], ...] = Field(
        default=(), description="Keys of points that would settle each other in one text."
    )
    points: tuple[Point, ...] = Field(min_length=1)

    @functools.cached_property
    def cases(self) -> tuple[ShownExample, ...]:
        """The tests one by one."""
        return tuple(sessions(self.tests))

    def clear(self, which: Text) -> str:
        """One of the clear wordings.

        Raises:
            KeyError: it has no second one.
        """
        found = self.text if which == "text" else self.plain
        if found is None:
            raise KeyError(which)
        return found

    @property
    def wordings(self) -> tuple[Text, ...]:
        """The wordings that there are."""
        return ("text",) if self.plain is None else ("text", "plain")

    def unclear(self, *points: Point) -> str:
        """The text with the changes of some points, all of the same wording.

        Raises:
            NotApplicable: a change does not fit, or not after the others.
        """
        edits = tuple(edit for point in points for edit in point.edits)
        return applied(edits, self.clear(points[0].of))

    @model_validator(mode="after")
    def _points_fit(self) -> CorpusProblem:
        ast.parse(self.solution)
        keys = [point.key for point in self.points]
        if len(set(keys)) < len(keys):
            raise ValueError("two points make the same change")
        for pair in self.apart:
            if unknown := set(pair) - set(keys):
                raise ValueError(f"`apart` names a point that is not there: {unknown.pop()}")
        for point in self.points:
            if point.of not in self.wordings:
                raise ValueError(f"a point changes `{point.of}`, which is not there")
        return self


class DomainFile(_Part):
    """A file of the corpus."""

    about: str = Field(min_length=1, description="What its problems have in common, for contributors.")
    problems: tuple[CorpusProblem, ...] = Field(alias="problem", min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> DomainFile:
        ids = [problem.id for problem in self.problems]
        if twice := {one for one in ids if ids.count(one) > 1}:
            raise ValueError(f"two problems have the id {sorted(twice)[0]}")
        return self
