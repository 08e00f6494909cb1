"""Where a stub's body goes: which lines it replaces, and what of them stays."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from assistant.edits.render import Layout, Splice, Statement, render
from assistant.specs.outline import Definition, Outline
from assistant.specs.stubs import is_docstring, is_placeholder
from assistant.specs.todos import is_pragma, is_todo


class StubPlace:
    """Where a stub's body goes."""

    def __init__(self, read: Outline, stub: Definition, layout: Layout) -> None:
        node = stub.node
        assert isinstance(node, cst.FunctionDef)
        self._read = read
        self._stub = stub
        self._layout = layout
        self._suite = node.body
        first = node.body.body[0]
        small = first.body[0] if isinstance(first, cst.SimpleStatementLine) else first
        self.docstring = _docstring(small)
        if isinstance(node.body, cst.IndentedBlock):
            start = read.positions[first].start
            self.indent = read.lines[start.line - 1][: start.column]
        else:
            self.indent = stub.indent + layout.unit
        self._first, self._last, self._before = self._region()

    def covers(self, line: int) -> bool:
        """Whether a line is replaced."""
        return self._first <= line <= self._last

    def filled(self, lines: Sequence[str]) -> list[Splice]:
        """The change that puts lines in the stub."""
        return [Splice(self._first, self._last, [*self._before, *lines])]

    def without_comment(self, line: int, comment: str) -> Splice:
        """A line of the signature without the TODO that ends it."""
        text = self._read.lines[line - 1]
        end = text[len(text.rstrip("\r\n")) :]
        return Splice(line, line, [text.rstrip().removesuffix(comment).rstrip() + end])

    def _region(self) -> tuple[int, int, list[str]]:
        """First and last line to replace, and what of them stays in front of the body."""
        read, newline = self._read, self._layout.newline
        suite = self._suite
        if not isinstance(suite, cst.IndentedBlock):
            return self._one_line_region()
        for statement in suite.body:
            assert isinstance(statement, cst.SimpleStatementLine)
            if any(is_placeholder(small) for small in statement.body):
                place = read.positions[statement]
                kept = _kept_comment(statement.trailing_whitespace.comment)
                before = [f"{self.indent}{kept}{newline}"] if kept else []
                if any(is_docstring(small) for small in statement.body):
                    before = [*self._docstring_lines(), *before]
                return place.start.line, place.end.line, before
        after = self._stub.end_line
        return after + 1, after, []

    def _one_line_region(self) -> tuple[int, int, list[str]]:
        """Of `def f(): ...`: the line is broken behind its colon."""
        assert isinstance(self._suite, cst.SimpleStatementSuite)
        start = self._read.positions[self._suite].start
        end = self._read.positions[self._suite].end
        header = self._read.lines[start.line - 1][: start.column].rstrip()
        comment = self._suite.trailing_whitespace.comment
        if comment is not None and not is_todo(comment.value):
            header += f"  {comment.value}"
        before = [f"{header}{self._layout.newline}", *self._docstring_lines()]
        return start.line, end.line, before

    def _docstring_lines(self) -> list[str]:
        if self.docstring is None:
            return []
        statement = cst.SimpleStatementLine([
            self.docstring.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        ])
        return render([statement], indent=self.indent, layout=self._layout)


def without_docstring(body: Sequence[Statement]) -> list[Statement]:
    """A body without its docstring."""
    first = body[0]
    if not isinstance(first, cst.SimpleStatementLine) or not is_docstring(first.body[0]):
        return list(body)
    rest = first.body[1:]
    return [*([first.with_changes(body=rest)] if rest else []), *body[1:]]


def _docstring(statement: cst.CSTNode) -> cst.Expr | None:
    """The statement, if it is a docstring, without the semicolon that may end it."""
    if not isinstance(statement, cst.Expr) or not is_docstring(statement):
        return None
    return statement.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)


def _kept_comment(comment: cst.Comment | None) -> str:
    """A comment behind a placeholder, unless it is about the placeholder: a TODO, a word to a tool."""
    if comment is None or is_todo(comment.value) or is_pragma(comment.value):
        return ""
    return comment.value
