"""A class stub, or a static method of one."""

from __future__ import annotations

from synth.requests.prose import docstring
from synth.requests.shapes import base
from synth.requests.shapes.base import Parts

_HEADS = ("", '    """Collected functions."""\n', '    """A home for small functions."""\n', "")


def render(parts: Parts) -> str:
    """The class with the description below its head; a function becomes a method with a docstring."""
    signature = parts.problem.signature.strip("\n")
    if signature.startswith("class "):
        head, _, rest = signature.partition("\n")
        quoted = docstring(base.docstring_lines(parts, 4), parts.style)
        return f"{head}\n{quoted}\n\n{rest}"
    head = parts.pick(_HEADS, 3)
    gap = "\n" if head else ""
    return f"class {parts.style.owner}:\n{head}{gap}    @staticmethod\n{base.stub(parts, '    ')}"
