"""A statement's own text without what only its package needs: docstrings, foreign annotations, tool comments.

Comments and layout stay as they were written: the text is edited by position, not printed anew.
"""

from __future__ import annotations

import ast
import io
import re
import symtable
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from synth.sources.code.modules import BUILTINS, Import, Module

# Modules whose names say what a type is.
_TYPE_MODULES = frozenset({
    "typing", "collections", "collections.abc", "datetime", "decimal", "fractions", "numbers", "re", "types",
    "pathlib", "enum", "uuid",
})  # fmt: skip
_TOOL_COMMENT = re.compile(r"#\s*(type:|noqa|pragma|pylint|mypy|pyright|fmt:|nosec|flake8|ruff:|isort:|lint)")
ANY = Import("typing", "Any", "from typing import Any")


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes of a statement to be replaced, from `start` to before `end`."""

    start: int
    end: int
    text: str


class Statement:
    """A top-level statement as text, decorators included.

    Args:
        module: where it stands.
        node: the statement.
    """

    def __init__(self, module: Module, node: ast.stmt) -> None:
        self.module = module
        self.node = node
        self.first: int = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
        lines = module.lines[self.first - 1 : node.end_lineno]
        self._data = "".join(lines).encode()
        self._starts: list[int] = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line.encode()))
        self._edits: list[Edit] = []
        self.typing: dict[str, Import] = {}
        """Imports that the annotations which stay need."""

    def text(self) -> str:
        """The text with all edits made."""
        parts, done = [], 0
        for edit in sorted(self._edits, key=lambda edit: (edit.start, -edit.end)):
            if edit.start < done:
                continue  # inside what is gone already
            parts += [self._data[done : edit.start], edit.text.encode()]
            done = edit.end
        parts.append(self._data[done:])
        text = b"".join(parts).decode().rstrip() + "\n"
        indent = " " * self.node.col_offset
        if indent:  # it stands in a branch
            text = "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))
        return without_tool_comments(text)

    def clean(self) -> None:
        """Take out docstrings and the annotations that cannot stay."""
        for node in ast.walk(self.node):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self._drop_docstring(node)
            if isinstance(node, ast.ClassDef) and not node.decorator_list and not _speaks_in_fields(node):
                for field in node.body:
                    if isinstance(field, ast.AnnAssign):
                        self._plain_assignment(field)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._clean_annotations(node)
                for inner in ast.walk(node):
                    if isinstance(inner, ast.AnnAssign):
                        self._plain_assignment(inner)

    def rename(self, names: Mapping[str, str]) -> None:
        """Call names otherwise, wherever they stand as names."""
        for node in ast.walk(self.node):
            if isinstance(node, ast.Name) and node.id in names:
                self._replace(node, names[node.id])

    def replace(self, node: ast.expr, text: str) -> None:
        """Put text in the place of an expression."""
        self._replace(node, text)

    def drop(self, node: ast.stmt) -> None:
        """Take out a statement inside a function."""
        self._replace(node, "pass")

    # --- positions ---

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - self.first] + column

    def _start(self, node: ast.expr | ast.stmt | ast.arg) -> int:
        return self._at(node.lineno, node.col_offset)

    def _end(self, node: ast.expr | ast.stmt | ast.arg) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._at(node.end_lineno, node.end_col_offset)

    def _replace(self, node: ast.expr | ast.stmt, text: str) -> None:
        self._edits.append(Edit(self._start(node), self._end(node), text))

    # --- edits ---

    def _drop_docstring(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        first = node.body[0]
        if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)):
            return
        if not isinstance(first.value.value, str):
            return
        line = self._at(first.lineno, 0)
        alone = not self._data[line : self._start(first)].strip()
        end = self._data.find(b"\n", self._end(first)) + 1 or len(self._data)
        if len(node.body) == 1 or not alone or self._data[self._end(first) : end].strip():
            self._replace(first, "pass")
            return
        blank = re.compile(rb"(?:[ \t]*\n)*").match(self._data, end)
        self._edits.append(Edit(line, blank.end() if blank else end, ""))

    def _clean_annotations(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        given = node.args
        plain = [*given.posonlyargs, *given.args]
        defaults: dict[ast.arg, ast.expr] = dict(
            zip(plain[len(plain) - len(given.defaults) :], given.defaults, strict=True)
        )
        for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
            if default is not None:
                defaults[argument] = default
        others = [one for one in (given.vararg, given.kwarg) if one]
        for argument in [*plain, *given.kwonlyargs, *others]:
            self._clean_argument(argument, defaults.get(argument))
        if node.returns is not None:
            kept = self._kept(node.returns)
            if kept is not None:
                self._replace(node.returns, kept)
                return
            arrow = self._data.rindex(b"->", 0, self._start(node.returns))
            start = len(self._data[:arrow].rstrip())
            end = self._data.index(b":", self._end(node.returns))
            self._edits.append(Edit(start, end, ""))

    def _clean_argument(self, argument: ast.arg, default: ast.expr | None) -> None:
        if argument.annotation is None:
            return
        kept = self._kept(argument.annotation)
        if kept is not None:
            self._replace(argument.annotation, kept)
            return
        start = self._start(argument) + len(argument.arg.encode())
        if default is None:
            self._edits.append(
                Edit(start, self._end(argument), "")
            )  # brackets around it are part of the argument
        else:
            equals = self._data.index(b"=", self._end(argument.annotation))
            after = re.compile(rb"=\s*").match(self._data, equals)
            self._edits.append(Edit(start, after.end() if after else equals + 1, "="))

    def _plain_assignment(self, node: ast.AnnAssign) -> None:
        """A local variable's annotation means nothing at run time."""
        if node.value is None:
            self._replace(node, "pass")
        else:
            equals = self._data.index(b"=", self._end(node.annotation))
            self._edits.append(Edit(self._end(node.target), equals, " "))

    def _kept(self, annotation: ast.expr) -> str | None:
        """An annotation as it can stand alone, type variables as Any; None when it cannot."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = ast.parse(annotation.value.strip(), mode="eval").body
            except SyntaxError:
                return None
        needed: dict[str, Import] = {}
        replaced: dict[str, str] = {}
        for node in ast.walk(annotation):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and not _is_literal(annotation):
                return None
            if not isinstance(node, ast.Name):
                continue
            found = self.module.imports.get(node.id) or self.module.typing_imports.get(node.id)
            if found and found.standard and found.module in _TYPE_MODULES:
                needed[node.id] = found
            elif _is_type_variable(self.module, node.id):
                replaced[node.id] = "Any"
                needed["Any"] = ANY
            elif node.id not in BUILTINS or node.id in self.module.bound:
                return None
        self.typing |= needed
        return _renamed(annotation, replaced)


def _speaks_in_fields(node: ast.ClassDef) -> bool:
    """Whether annotated fields make the class, as in a NamedTuple; a base of its own may do so too."""
    return any(not (isinstance(base, ast.Name) and base.id in BUILTINS) for base in node.bases)


def _is_literal(annotation: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).endswith("Literal")
        for node in ast.walk(annotation)
    )


def _is_type_variable(module: Module, name: str) -> bool:
    match module.bound.get(name):
        case [ast.Assign(value=ast.Call(func=called))]:
            return ast.unparse(called).rpartition(".")[2] == "TypeVar"
    return False


def _renamed(annotation: ast.expr, names: Mapping[str, str]) -> str:
    class Rename(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.Name(names.get(node.id, node.id), node.ctx)

    return ast.unparse(Rename().visit(ast.parse(ast.unparse(annotation), mode="eval")))


def without_tool_comments(text: str) -> str:
    """Code without the comments that are meant for linters and type checkers."""
    if not _TOOL_COMMENT.search(text):
        return text
    lines = text.splitlines(keepends=True)
    gone: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and _TOOL_COMMENT.match(token.string):
            row, column = token.start
            before = lines[row - 1][:column].rstrip()
            lines[row - 1] = before + "\n"
            if not before:
                gone.add(row - 1)
    return "".join(line for number, line in enumerate(lines) if number not in gone)


def global_names(text: str) -> tuple[set[str], set[str]]:
    """The names that a statement takes from its module, and those that it binds inside its functions.

    Raises:
        SyntaxError: it is not Python.
    """
    taken: set[str] = set()
    local: set[str] = set()
    for table in _tables(symtable.symtable(text, "statement", "exec")):
        for symbol in table.get_symbols():
            if table.get_type() == "module":
                if symbol.is_referenced():
                    taken.add(symbol.get_name())
            elif symbol.is_global():
                taken.add(symbol.get_name())
            elif symbol.is_local() and table.get_type() == "function":
                local.add(symbol.get_name())
    return taken, local


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for inner in table.get_children():
        yield from _tables(inner)
