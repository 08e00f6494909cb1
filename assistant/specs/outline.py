"""The functions, classes and TODO comments of a Python source, with the lines they stand on.

Specs are taken from it and edits are placed by it, so that both mean the same thing by a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from assistant.specs.comments import Comment, Todo, stub_of, todo_blocks
from assistant.specs.parsing import BOM, parse, too_deep
from assistant.specs.stubs import is_declaration, is_overload, is_protocol, is_stub, is_type_checking

_STATEMENT = cst.BaseCompoundStatement | cst.SimpleStatementLine
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


def split_lines(text: str) -> list[str]:
    """Lines with their ends, split where Python splits them (not at form feeds, as str.splitlines does)."""
    return _LINE.findall(text)


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A function or class.

    Args:
        name: qualified by what it stands in (`Cart.total`); a second one of that name is `Cart.total#2`.
        kind: a method is a function directly in a class.
        node: as parsed.
        parent: the function or class around it.
        first_line: 1-based, of its first decorator, or of the `def`.
        line: 1-based, of the `def` or `class`.
        end_line: 1-based, of the last line of its body, comments at the body's indentation included.
        indent: the white space before it.
        stub: whether it is a function that asks to be written.
    """

    name: str
    kind: Literal["function", "method", "class"]
    node: cst.FunctionDef | cst.ClassDef
    parent: Definition | None
    first_line: int
    line: int
    end_line: int
    indent: str
    stub: bool

    @property
    def plain_name(self) -> str:
        """The name after `def` or `class`."""
        return self.node.name.value

    @property
    def chain(self) -> list[Definition]:
        """Itself and all that is around it, innermost first."""
        return [self, *(self.parent.chain if self.parent else [])]


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """What stands where in a source.

    Args:
        module: the whole tree.
        lines: the source's lines with their ends, the byte order mark left out.
        positions: of every node; lines are 1-based, columns 0-based.
        definitions: in the order of the file.
        todos: in the order of the file, without those that belong to a stub.
        stub_todos: TODO lines in or right above a stub, by its name; they are part of its spec.
    """

    module: cst.Module
    lines: Sequence[str]
    positions: Mapping[cst.CSTNode, CodeRange]
    definitions: tuple[Definition, ...]
    todos: tuple[Todo, ...]
    stub_todos: Mapping[str, tuple[Todo, ...]]

    def named(self, name: str) -> Definition | None:
        """The definition with this qualified name."""
        return next((d for d in self.definitions if d.name == name), None)

    def of_node(self, node: cst.CSTNode | None) -> Definition | None:
        """The definition that is this node."""
        return next((d for d in self.definitions if d.node is node), None) if node else None

    def first_line(self, statement: cst.CSTNode) -> int:
        """Where a statement begins, its decorators included; 1-based."""
        decorators = getattr(statement, "decorators", ())
        return self.positions[decorators[0] if decorators else statement].start.line

    def last_line(self, statement: cst.CSTNode) -> int:
        """Where a statement ends; for a definition, comments at its body's indentation included."""
        definition = self.of_node(statement)
        return definition.end_line if definition else self.positions[statement].end.line

    def comment_top(self, line: int) -> int:
        """The first line of the comment block that stands right above a line, or that line itself."""
        while line > 1 and self.lines[line - 2].lstrip().startswith("#"):
            line -= 1
        return line


def outline(source: str, *, where: str = "", do: str = "fix the syntax first") -> Outline:
    """Read a source.

    Args:
        source: Python text; a byte order mark at its start is passed over.
        where: what it is, for the error.
        do: what to do about wrong syntax.

    Raises:
        UserError: it is not valid Python, or cannot be kept to the letter; see `parsing.parse`.
    """
    module = parse(source, where=where, do=do)
    try:
        return _read(module, source)
    except RecursionError as error:
        raise too_deep(where) from error


def _read(module: cst.Module, source: str) -> Outline:
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    positions: Mapping[cst.CSTNode, CodeRange] = wrapper.resolve(PositionProvider)
    lines = split_lines(source.removeprefix(BOM))
    reader = _Reader(positions, lines)
    module.visit(reader)
    todos = todo_blocks(reader.comments)
    owners = {id(todo): stub_of(todo, reader.definitions) for todo in todos}
    of_stubs: dict[str, list[Todo]] = {}
    for todo in todos:
        if owner := owners[id(todo)]:
            of_stubs.setdefault(owner.name, []).append(todo)
    return Outline(
        module=module,
        lines=lines,
        positions=positions,
        definitions=tuple(sorted(reader.definitions, key=lambda d: d.line)),
        todos=tuple(todo for todo in todos if owners[id(todo)] is None),
        stub_todos={name: tuple(found) for name, found in of_stubs.items()},
    )


class _Reader(cst.CSTVisitor):
    """Collects definitions and comments, with the scope that each stands in."""

    def __init__(self, positions: Mapping[cst.CSTNode, CodeRange], lines: Sequence[str]) -> None:
        super().__init__()
        self.definitions: list[Definition] = []
        self.comments: list[Comment] = []
        self._positions = positions
        self._lines = lines
        self._seen: Counter[str] = Counter()
        self._made: dict[int, Definition] = {}
        self._scopes: list[Definition] = []
        self._statements: list[cst.CSTNode] = []
        self._unwritten = 0
        self._brackets = 0
        self._first: cst.CSTNode | None = None

    def visit_Module(self, node: cst.Module) -> None:
        self._first = node.body[0] if node.body else None

    # Definitions. A scope opens at the body: decorators, parameters and leading comments are outside it.

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        parent = self._scopes[-1] if self._scopes else None
        in_class = parent is not None and isinstance(parent.node, cst.ClassDef)
        declared = is_declaration(node) or (in_class and self._is_protocol(parent)) or self._unwritten > 0
        self._define(node, "method" if in_class else "function", is_stub(node) and not declared)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self._define(node, "class", False)

    def visit_FunctionDef_body(self, node: cst.FunctionDef) -> None:
        self._scopes.append(self._made[id(node)])

    def leave_FunctionDef_body(self, node: cst.FunctionDef) -> None:
        self._scopes.pop()

    def visit_ClassDef_body(self, node: cst.ClassDef) -> None:
        self._scopes.append(self._made[id(node)])

    def leave_ClassDef_body(self, node: cst.ClassDef) -> None:
        self._scopes.pop()

    def visit_If_body(self, node: cst.If) -> None:
        self._unwritten += is_type_checking(node)

    def leave_If_body(self, node: cst.If) -> None:
        self._unwritten -= is_type_checking(node)

    def _define(
        self, node: cst.FunctionDef | cst.ClassDef, kind: Literal["function", "method", "class"], stub: bool
    ) -> None:
        parent = self._scopes[-1] if self._scopes else None
        base = f"{parent.name}.{node.name.value}" if parent else node.name.value
        if self._unwritten or (isinstance(node, cst.FunctionDef) and is_overload(node)):
            name = f"{base}@declared"  # not numbered: the function itself keeps the plain name
        else:
            self._seen[base] += 1
            name = base if self._seen[base] == 1 else f"{base}#{self._seen[base]}"
        place = self._positions[node]
        line = place.start.line
        indent = self._lines[line - 1][: place.start.column]
        first = self._positions[node.decorators[0]].start.line if node.decorators else line
        made = Definition(
            name=name,
            kind=kind,
            node=node,
            parent=parent,
            first_line=first,
            line=line,
            end_line=self._end(node, place.end.line, indent),
            indent=indent,
            stub=stub,
        )
        self.definitions.append(made)
        self._made[id(node)] = made

    def _end(self, node: cst.FunctionDef | cst.ClassDef, line: int, indent: str) -> int:
        """The last line of a body with the comments below it that are indented deeper than its header."""
        end = line
        if not isinstance(node.body, cst.IndentedBlock):
            return end
        for number, text in enumerate(self._lines[line:], line + 1):
            stripped = text.lstrip()
            if stripped.startswith("#") and len(text) - len(stripped) > len(indent):
                end = number
            elif stripped:
                break
        return end

    @staticmethod
    def _is_protocol(definition: Definition | None) -> bool:
        return (
            definition is not None
            and isinstance(definition.node, cst.ClassDef)
            and is_protocol(definition.node)
        )

    # Statements, brackets and comments.

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.ParenthesizedWhitespace):
            self._brackets += 1
        elif isinstance(node, _STATEMENT):
            self._statements.append(node)
        elif isinstance(node, cst.Comment):
            self._comment(node)
        return super().on_visit(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        super().on_leave(original_node)
        if isinstance(original_node, cst.ParenthesizedWhitespace):
            self._brackets -= 1
        elif isinstance(original_node, _STATEMENT):
            self._statements.pop()

    def _comment(self, node: cst.Comment) -> None:
        start = self._positions[node].start
        before = self._lines[start.line - 1][: start.column]
        alone = not before.strip() and self._brackets == 0
        # Comments above the first statement belong to the module's header, not to the statement.
        innermost = self._statements[-1] if self._statements else self._first
        below = innermost is not None and start.line < self._positions[innermost].start.line
        self.comments.append(
            Comment(
                text=node.value,
                line=start.line,
                indent=before if not before.strip() else before[: len(before) - len(before.lstrip())],
                inside=self._scopes[-1] if self._scopes else None,
                statement=None if alone else innermost,
                following=innermost if alone and below else None,
                following_line=self._first_line(innermost) if alone and below and innermost else 0,
                own_line=alone,
            )
        )

    def _first_line(self, statement: cst.CSTNode) -> int:
        if isinstance(statement, cst.FunctionDef | cst.ClassDef) and statement.decorators:
            return self._positions[statement.decorators[0]].start.line
        return self._positions[statement].start.line
