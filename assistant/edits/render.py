"""Turns generated statements into lines at a place's indentation, and puts lines in the place of others.

Files are changed line by line and never printed anew from a tree, so what is not replaced cannot change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import libcst as cst

from assistant.specs.outline import Outline, split_lines
from models.errors import UserError

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out.

    Args:
        unit: one level of indentation.
        newline: the line end.
    """

    unit: str
    newline: str

    @classmethod
    def of(cls, module: cst.Module) -> Layout:
        """The layout that a file mostly has."""
        return cls(module.default_indent, module.default_newline)

    def blank(self, count: int = 1) -> list[str]:
        """Empty lines."""
        return [self.newline] * count


@dataclass(frozen=True, slots=True)
class Splice:
    """Lines that take the place of others.

    Args:
        first: 1-based, the first line replaced, or the line to insert before.
        last: the last line replaced; `first - 1` inserts.
        lines: with their ends.
    """

    first: int
    last: int
    lines: Sequence[str] = ()


def spliced(read: Outline, splices: Sequence[Splice]) -> str:
    """A file's text after changes, without its byte order mark. A missing newline at the end stays missing.

    Args:
        read: the file.
        splices: what is inserted at one place keeps their order.

    Raises:
        UserError: two of them would replace the same line.
    """
    newline = read.module.default_newline
    result = list(read.lines)
    open_end = bool(result) and not result[-1].endswith(("\n", "\r"))
    if open_end:
        result[-1] += newline
    above = len(result) + 1
    for splice in reversed(sorted(splices, key=lambda s: (s.first, s.last))):
        if splice.last >= above:
            raise UserError(
                f"two changes meet in line {splice.last}, so neither is made", do="take one after the other"
            )
        result[splice.first - 1 : splice.last] = splice.lines
        above = splice.first
    text = "".join(result)
    return text.removesuffix(newline) if open_end else text


def render(
    statements: Sequence[Statement],
    *,
    indent: str,
    layout: Layout,
    footer: Sequence[cst.EmptyLine] = (),
    drop_comments: Collection[str] = (),
) -> list[str]:
    """Lines of statements at an indentation.

    Args:
        statements: of generated code; its own indentation and line ends give way to the file's.
        indent: the white space before each.
        layout: of the file.
        footer: comment lines after the last statement.
        drop_comments: whole-line comments to leave out, `#` included.

    Returns:
        Lines with their ends, without blank ones at the start.
    """
    if not statements:
        return []
    plain = cst.IndentedBlock(body=statements, footer=footer).visit(_Plain(drop_comments))
    assert isinstance(plain, cst.IndentedBlock)
    if indent:
        # Printed as the body of an `if`, whose own line is then cut off, so that libcst indents: it knows
        # which lines continue a string and must stay as they are.
        holder = cst.If(test=cst.Name("_"), body=plain.with_changes(indent=indent))
        module = cst.Module(body=[holder])
    else:
        body = [statement for statement in plain.body if isinstance(statement, Statement)]
        module = cst.Module(body=body, footer=plain.footer)
    module = module.with_changes(default_indent=layout.unit, default_newline=layout.newline)
    lines = split_lines(module.code)[1 if indent else 0 :]
    while lines and not lines[0].strip():
        del lines[0]
    return lines


def bare(statement: Statement) -> Statement:
    """A statement without the blank lines above it; its comments stay."""
    lines = list(statement.leading_lines)
    while lines and lines[0].comment is None:
        del lines[0]
    changed = statement.with_changes(leading_lines=lines)
    assert isinstance(changed, cst.SimpleStatementLine | cst.BaseCompoundStatement)
    return changed


class _Plain(cst.CSTTransformer):
    """Takes the indentation and line ends that a reply chose out of its nodes, and some comments."""

    def __init__(self, drop_comments: Collection[str]) -> None:
        super().__init__()
        self._drop = drop_comments

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        return updated_node.with_changes(indent=None)

    def leave_Newline(self, original_node: cst.Newline, updated_node: cst.Newline) -> cst.Newline:
        return updated_node.with_changes(value=None)

    def leave_EmptyLine(
        self, original_node: cst.EmptyLine, updated_node: cst.EmptyLine
    ) -> cst.EmptyLine | cst.RemovalSentinel:
        if updated_node.comment is not None and updated_node.comment.value in self._drop:
            return cst.RemoveFromParent()
        return updated_node
