"""The comments of a source, and the TODO blocks that they form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from assistant.specs.todos import continues_todo, is_todo

if TYPE_CHECKING:
    from assistant.specs.outline import Definition


@dataclass(frozen=True, slots=True, eq=False)
class Todo:
    """A TODO comment and the comment lines below that go on with it.

    Args:
        comments: its lines from the `#` on.
        line: 1-based, of its first line.
        end_line: 1-based, of its last line.
        indent: the white space before it.
        inside: the innermost function or class whose body it stands in.
        statement: what it is part of, when it stands behind code or within brackets.
        following: the statement right below its comment block, when there is one without a gap.
    """

    comments: tuple[str, ...]
    line: int
    end_line: int
    indent: str
    inside: Definition | None
    statement: cst.CSTNode | None
    following: cst.CSTNode | None


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment.

    Args:
        text: from the `#` on.
        line: 1-based.
        indent: the white space at the start of its line.
        inside: the innermost function or class whose body it stands in.
        statement: what it is part of, when it stands behind code or within brackets.
        following: the statement that it stands above.
        following_line: where that begins, decorators included.
        own_line: whether nothing but it is on its line, outside of brackets.
    """

    text: str
    line: int
    indent: str
    inside: Definition | None
    statement: cst.CSTNode | None
    following: cst.CSTNode | None
    following_line: int
    own_line: bool


def todo_blocks(comments: Sequence[Comment]) -> list[Todo]:
    """TODO comments with the lines that go on with them."""
    todos = []
    for index, first in enumerate(comments):
        if not is_todo(first.text):
            continue
        block = [first]
        run = _run(comments, index)
        for comment in run[1:]:
            if not continues_todo(comment.text):
                break
            block.append(comment)
        last = run[-1]
        todos.append(
            Todo(
                comments=tuple(comment.text for comment in block),
                line=first.line,
                end_line=block[-1].line,
                indent=first.indent,
                inside=first.inside,
                statement=first.statement,
                following=last.following if last.following_line <= last.line + 1 else None,
            )
        )
    return todos


def _run(comments: Sequence[Comment], index: int) -> list[Comment]:
    """The comment lines from this one on that stand on their own, directly below each other."""
    run = [comments[index]]
    if run[0].own_line:
        for comment in comments[index + 1 :]:
            if not comment.own_line or comment.line != run[-1].line + 1 or comment.indent != run[0].indent:
                break
            run.append(comment)
    return run


def stub_of(todo: Todo, definitions: Sequence[Definition]) -> Definition | None:
    """The stub that a TODO stands in or right above; it is part of that stub's request."""
    for definition in definitions:
        if definition.stub and definition.node in (todo.following, todo.statement):
            return definition
    return todo.inside if todo.inside and todo.inside.stub else None
