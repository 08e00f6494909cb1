"""A spec: one thing to be written, with where it stands and what stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Spec:
    """One thing to be written.

    Args:
        name: qualified name (`slugify`, `Cart.total`), `todo-LINE` for a TODO block, `request` for text.
        kind: what it was taken from.
        text: what is asked, dedented: the stub with decorators and docstring, the TODO's words with the code
            around them that it speaks of, or the free text.
        context: what already stands around it, dedented Python: imports, class header, neighbours.
        file: where it stands; None for text from the command line or stdin.
        line: 1-based, of the `def` or of the TODO; 1 for text.
        language: of the code to write; empty for free text.
    """

    name: str
    kind: Literal["function", "method", "todo", "text"]
    text: str
    context: str = ""
    file: Path | None = None
    line: int = 1
    language: str = ""

    @property
    def place(self) -> str:
        """`file:line`, or the kind of source for text."""
        return f"{self.file}:{self.line}" if self.file else "request"
