"""Problem, Change and Sample: what the sources yield, what a modification did, what training reads.

Frozen and strict, so that a file written by one version is refused, not misread, by another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from models.reply import Answer, Question

Flaw = Literal["ambiguous", "incomplete", "inconsistent"]
"""The paper's three types (section 2, definitions 2.1 to 2.3)."""

SampleType = Literal[
    "Original",
    "Ambiguous",
    "Incomplete",
    "Inconsistent",
    "Ambiguous+Inconsistent",
    "Ambiguous+Incomplete",
    "Inconsistent+Incomplete",
    "Ambiguous+Inconsistent+Incomplete",
]
"""The paper's `type` field, and the benchmark's combinations."""

Shape = Literal["stub", "class", "module", "chat", "script", "bug", "change", "todo"]
"""How a request is put: function stub, class stub, method stub in a module, a sentence in a chat, a script
wish, a bug report with code, a change request to given code, a TODO in a file."""


_NAMED: dict[Flaw, str] = {
    "ambiguous": "Ambiguous",
    "inconsistent": "Inconsistent",
    "incomplete": "Incomplete",
}


def type_of(flaws: Iterable[Flaw]) -> SampleType:
    """The type of a sample with these flaws: each kind is named once, however often it is there.

    Args:
        flaws: of its changes; none makes it `Original`.
    """
    there = set(flaws)
    return cast(SampleType, "+".join(name for flaw, name in _NAMED.items() if flaw in there) or "Original")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Example(_Record):
    """A call and its result, as a text shows them."""

    call: str = Field(min_length=1, description="An expression: `slugify('A b')`.")
    result: str = Field(description="What the text shows for it, a repr: `'a-b'`.")


class Case(_Record):
    """A test: an expression and the repr of its value, or the type of the exception it raises."""

    expression: str = Field(min_length=1)
    expected: str = Field(description="A repr; ignored when `raises` is set.")
    raises: str | None = Field(default=None, description="Name of the exception's type.")


class Problem(_Record):
    """A well-specified problem with a solution that passes its tests."""

    id: str = Field(min_length=1, description="Unique over all sources: `doctest:boltons:strutils.slugify`.")
    name: str = Field(min_length=1, description="The entry point.")
    shape: Shape = "stub"
    signature: str = Field(description="`def slugify(title: str) -> str:`; empty for a script.")
    description: str = Field(min_length=1, description="What is wanted, in words, without the examples.")
    examples: tuple[Example, ...] = ()
    prelude: str = Field(default="", description="Code that the request shows or needs around it.")
    solution: str = Field(min_length=1, description="Self-contained code that defines the entry point.")
    tests: tuple[Case, ...] = Field(default=(), description="Further ones; the examples hold too.")
    source: str = Field(description="Where it is from: `doctest:boltons`, `apps:train`, `corpus`.")
    group: str = Field(description="Never on both sides of a split: package, domain or problem.")
    licence: str = Field(description="SPDX name where there is one.")


class Change(_Record):
    """What a modification did to the text; undoing it makes the request clear again."""

    kind: str = Field(description="The rule or the decision point: `drop-requirement`, `vague-term`, …")
    flaw: Flaw
    before: str = Field(description="The span as it was; for a contradiction the side that stays.")
    after: str = Field(description="The span as it is now; empty when it was dropped.")


class Provenance(_Record):
    """How a sample came to be, enough to make it again."""

    generator: Literal["rules", "llm", "corpus", "none"]
    model: str | None = Field(default=None, description="Name or hash of the model that wrote it.")
    prompt_sha256: str | None = None
    seed: int = 0


class Sample(_Record):
    """One training sample; `problem`, `answer` and `type` are the paper's three fields."""

    id: str = Field(min_length=1, description="Stable: the same input and seed give the same id.")
    problem: str = Field(min_length=1, description="The request, as it is put to the model.")
    answer: str = Field(min_length=1, description="The reply: a numbered list or one fenced block.")
    type: SampleType
    source_id: str = Field(description="The problem it was made from; twins share it.")
    group: str = Field(description="Of the problem; a split keeps it together.")
    shape: Shape = "stub"
    name: str = Field(description="The entry point, as the request calls it.")
    solution: str
    examples: tuple[Example, ...] = Field(default=(), description="As the request shows them.")
    change: Change | None = Field(default=None, description="None for a clear problem.")
    further_changes: tuple[Change, ...] = Field(default=(), description="Of the combinations.")
    questions: tuple[Question, ...] = Field(default=(), description="Asked by, or before, the answer.")
    answers: tuple[Answer, ...] = Field(
        default=(), description="Of a second-round sample: what was said to the questions."
    )
    licence: str
    provenance: Provenance

    @property
    def unclear(self) -> bool:
        """Whether the right reply is to ask."""
        return self.change is not None and not self.answers
