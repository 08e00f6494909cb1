"""Surface cues: rules that look at the request's wording and at no model, as a linter would.

They are what a measure of asking must not reward. The name of the function tells much in texts as published,
where modified ones rename it, and nothing in the neutral view.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.decision.outcome import Finding
from assistant.decision.request import DecisionSettings, Request
from eval.benchmarks.neutral import STAND_IN
from eval.rivals.base import Measured, System, Tools

_HEAD = re.compile(r"^def[ \t]+\w+[ \t]*\(", re.MULTILINE)


def has_stand_in(text: str) -> bool:
    """Whether the function has the name that tests give to anything."""
    return re.search(rf"\b{STAND_IN}\b", text) is not None


def lacks_examples(text: str) -> bool:
    """Whether no example is shown: no session, and no call with what it gives."""
    shown = re.search(r">>>|\w\(.*\)\s*(?:==|=>|->|→|➞|#|returns?\b|should\b)", _HEAD.sub("", text))
    return shown is None and re.search(r"\bexamples?\b", text, re.IGNORECASE) is None


def says_or(text: str) -> bool:
    """Whether the word "or" is in it."""
    return re.search(r"\bor\b", text, re.IGNORECASE) is not None


CUES: dict[str, Callable[[str], bool]] = {"name": has_stand_in, "examples": lacks_examples, "or": says_or}


@dataclass(frozen=True, slots=True)
class Cues:
    """Asks where one of the cues is there; the more of them, the higher the score.

    Args:
        names: of the cues.
    """

    names: tuple[str, ...]

    def measure(self, request: Request, settings: DecisionSettings) -> Finding:
        """0 without any, else above 0.5, and 1 with all of them."""
        there = [name for name in self.names if CUES[name](request.text)]
        value = 0.0 if not there else 1.0 - 0.5 * (len(self.names) - len(there)) / len(self.names)
        reason = f"it has {', '.join(there)}" if there else "it has none of the cues"
        return Finding(name="cues", value=value, cost_seconds=0.0, reason=reason)


def make(tools: Tools, argument: str) -> System:
    """A rule.

    Args:
        tools: what it may use.
        argument: names of cues, joined by `+`.
    """
    return System(Measured(tools.ours, Cues(tuple(argument.split("+")))))
