"""What a rule is given and gives back: `Modifier`, `Modified`, `Refusal`, and the `Topic` of a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Literal, Protocol

from synth.schema import Change, Example, Flaw, Problem


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what was changed.

    Args:
        option: it, as one would answer it: `in ascending order`.
        code: a solution that follows it; None where none is known.
    """

    option: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question has to be about.

    Args:
        kind: the family of templates: `vague-number`, `contradict-example`, …
        quote: the words of the request that the question may quote.
        facts: further parts for the templates: `call`, `shown`, `expected`, `what`, `param`, …
        readings: the meant one first, then the others that are known.
        answer: the meant reading as a sentence.
        offer: whether the readings can be offered as options.
    """

    kind: str
    quote: str
    facts: Mapping[str, str] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()
    answer: str = ""
    offer: bool = True


@dataclass(frozen=True, slots=True)
class Pinned:
    """An example that the unclear text must show, and what the clear twin shows in its place."""

    unclear: Example
    clear: Example


Types = Literal["free", "hidden", "shown"]
"""What a change asks of the style: type hints as drawn, none at all, or on the result at least."""


@dataclass(frozen=True, slots=True)
class Modified:
    """An unclear text, its matched clear one, and what sets them apart.

    Args:
        description: of the unclear text.
        signature: of the unclear text.
        changes: one for each flaw.
        topics: one for each change, in their order.
        allowed: the examples that may be shown without giving the answer away.
        clear: a description in which the same words stand and everything is settled; the problem's own where
            the change left no words to settle.
        pinned: examples that must be shown.
        types: what is asked of the style.
    """

    description: str
    signature: str
    changes: tuple[Change, ...]
    topics: tuple[Topic, ...]
    allowed: tuple[Example, ...]
    clear: str
    pinned: tuple[Pinned, ...] = ()
    types: Types = "free"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a rule does not fit a problem."""

    reason: str


class Modifier(Protocol):
    """A rule: it makes one flaw, or says why it cannot."""

    @property
    def name(self) -> str:
        """The `kind` of its changes."""
        ...

    @property
    def flaw(self) -> Flaw:
        """The type of its flaw."""
        ...

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Change a problem's text.

        Args:
            problem: its description is normalised; names are those that the request shows.
            rng: decides among the places and wordings that fit.
        """
        ...
