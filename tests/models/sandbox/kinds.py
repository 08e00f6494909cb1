"""The isolation kinds that the sandbox's tests run with, and the skips that say why one is missing here."""

from __future__ import annotations

import pytest

from models.sandbox.policy import Limits
from models.sandbox.runner import KINDS, Sandbox, why_not

ISOLATING = [kind.name for kind in KINDS if kind.strength != "weak"]
ALL = [kind.name for kind in KINDS]


def sandbox(name: str, limits: Limits | None = None) -> Sandbox:
    """The sandbox of a kind; skips the test where the kind does not work."""
    kind = next(kind for kind in KINDS if kind.name == name)
    if reason := why_not(kind.name):
        pytest.skip(f"{name} does not work here: {reason}")
    return Sandbox(kind, limits)
