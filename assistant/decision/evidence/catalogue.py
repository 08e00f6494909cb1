"""The pieces of evidence by name; one more is a file and a line here."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from assistant.decision.drafts.writing import Drafting
from assistant.decision.evidence.base import Evidence

EVIDENCE: dict[str, str] = {
    "opening": "assistant.decision.evidence.opening:Opening",
    "examples": "assistant.decision.evidence.examples:Examples",
    "drafts": "assistant.decision.evidence.drafts:Drafts",
}

DRAFTING = frozenset({"examples", "drafts"})
"""Those that look at drafts: they take a `Drafting`, and can share it."""


def evidence(names: Iterable[str], drafting: Drafting) -> tuple[Evidence, ...]:
    """Pieces of evidence, in the order of their names.

    Args:
        names: of `EVIDENCE`.
        drafting: one for all of them.
    """
    return tuple(_class(name)(drafting) if name in DRAFTING else _class(name)() for name in names)


def _class(name: str) -> Callable[..., Any]:
    module, _, attribute = EVIDENCE[name].partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found
