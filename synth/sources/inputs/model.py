"""Calls of a function as a model proposes them; only what is a call with literal arguments is taken."""

from __future__ import annotations

import ast
import re

from models.backends.base import Message, Prompt, Sampling, TextBackend

MOST = 10
_INSTRUCTION = (
    "Here is a Python function:\n\n{signature}\n{description}\n\n"
    "Write {most} different calls of it that show what it does, border cases among them. One call a line, "
    "like `{name}(...)`, with literal arguments only. No comments, no results, no other text."
)


def ask_for_calls(backend: TextBackend, name: str, signature: str, description: str) -> list[str]:
    """Calls that a model proposes, in its order.

    Args:
        backend: the model.
        name: of the function.
        signature: its header.
        description: what it does.

    Raises:
        UserError: the model failed.
    """
    text = _INSTRUCTION.format(name=name, signature=signature, description=description, most=MOST)
    reply = backend.complete(Prompt((Message("user", text),)), Sampling(max_tokens=400))
    return calls_in(reply.text, name)


def calls_in(text: str, name: str) -> list[str]:
    """The calls in a reply, without what cannot be run as it stands."""
    found: dict[str, None] = {}
    for line in text.splitlines():
        bare = re.sub(r"^\s*(?:[-*]|\d+[.)]|>>>)\s*", "", line).strip().strip("`")
        try:
            node = ast.parse(bare, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name):
            continue
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        if all(map(_is_literal, values)) and all(keyword.arg for keyword in node.keywords):
            found.setdefault(ast.unparse(node))
    return list(found)[:MOST]


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
