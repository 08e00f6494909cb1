"""A function stub with a docstring."""

from __future__ import annotations

from synth.requests.shapes import base
from synth.requests.shapes.base import Parts


def render(parts: Parts) -> str:
    """Imports the request needs, the signature, the docstring."""
    prelude = parts.problem.prelude.strip("\n")
    code = base.stub(parts)
    return f"{prelude}\n\n\n{code}" if prelude else code
