"""The request that a TODO comment makes: the code it speaks of, then what it says as one sentence.

This order and wording were chosen by trying four on a 0.5B model: with the code first and the TODO's words
repeated last it wrote the whole function every time; with the comment alone it wrote a stray line.
"""

from __future__ import annotations

import libcst as cst

from assistant.specs.comments import Todo
from assistant.specs.context import dedented, source_of
from assistant.specs.outline import Definition, Outline
from assistant.specs.todos import todo_words

_LONGEST_SOURCE = 2000
_LINES_AROUND = 12


def order_of(todo: Todo) -> str:
    """The sentence that ends a TODO's request; it also finds the TODO again after other edits."""
    place = f" in `{todo.inside.name}`" if todo.inside else ""
    words = todo_words(list(todo.comments))
    return f"Write the code for the TODO{place}: {words}" if words else f"Write the code for the TODO{place}."


def text_of(read: Outline, todo: Todo) -> str:
    """The whole request."""
    code = _code(read, todo)
    return f"{code}\n\n{order_of(todo)}" if code else order_of(todo)


def subject_of(read: Outline, todo: Todo) -> Definition | None:
    """The function that the TODO stands in, or the function or class that it stands right above."""
    if todo.inside is not None and isinstance(todo.inside.node, cst.FunctionDef):
        return todo.inside
    return read.of_node(todo.following)


def _code(read: Outline, todo: Todo) -> str:
    """The code the TODO speaks of, the comment included, dedented; empty when it stands alone."""
    if subject := subject_of(read, todo):
        source = source_of(read, subject, comments=subject.node is todo.following)
        if len(source) <= _LONGEST_SOURCE:
            return source
        first = max(subject.first_line, todo.line - _LINES_AROUND)
        return dedented(read, first, min(subject.end_line, todo.end_line + _LINES_AROUND), subject.indent)
    statement = todo.statement or todo.following
    if statement is None:
        return ""
    place = read.positions[statement]
    last = min(place.end.line, todo.end_line + _LINES_AROUND)
    return dedented(read, min(todo.line, place.start.line), last, todo.indent)
