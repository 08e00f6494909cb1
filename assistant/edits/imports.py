"""The imports of a file and of generated code: which are missing, which clash, and where they are added."""

from __future__ import annotations

import builtins
import itertools
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from assistant.edits.render import Layout, Splice
from assistant.edits.reply_code import ReplyCode, walk
from assistant.specs.names import bound_names, flat, import_names
from assistant.specs.outline import Outline, split_lines
from assistant.specs.stubs import has_docstring, is_type_checking

# Comments that speak of the whole file and stay above its imports.
_INTERPRETER = re.compile(r"#(?:!|.*coding[:=])")
_LICENCE = re.compile(r"#.*(?:copyright|licen[cs]e|spdx)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Imported:
    """One name that an import binds.

    Args:
        name: what it is called in the file.
        module: with leading dots when relative.
        member: what is taken from the module; empty for `import module`, `*` for all.
        alias: the name after `as`; empty without.
    """

    name: str
    module: str
    member: str = ""
    alias: str = ""

    def __str__(self) -> str:
        """The statement."""
        alias = f" as {self.alias}" if self.alias else ""
        if self.member:
            return f"from {self.module} import {self.member}{alias}"
        return f"import {self.module}{alias}"


Change = tuple[list[Splice], Sequence[Imported]]
"""Lines to change in a file, and imports to add to it."""


@dataclass(frozen=True, slots=True)
class FileNames:
    """What names a file has when it is imported.

    Args:
        imports: its imports, wherever in it they run (not under `if TYPE_CHECKING`).
        bound: names of the module, imported or defined.
        type_only: names that only a type checker sees.
        words: every name that occurs anywhere in it.
    """

    imports: tuple[Imported, ...]
    bound: frozenset[str]
    type_only: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, module: cst.Module) -> FileNames:
        """Read a module."""
        run = [s for s in module.body if not _is_type_only(s)]
        bound = frozenset(name for statement in run for name in bound_names(statement))
        typed = frozenset(name for s in module.body if s not in run for name in bound_names(s))
        return cls(
            imports=tuple(imports_of(module.body)),
            bound=bound,
            type_only=typed - bound,
            words=frozenset(node.value for node in walk(module) if isinstance(node, cst.Name)),
        )

    @property
    def own(self) -> frozenset[str]:
        """Names that the module defines itself; not its imports."""
        return self.bound - {imported.name for imported in self.imports}

    def has(self, wanted: Imported) -> bool:
        """Whether the file needs no import for this, because it imports the same or defines the name."""
        if wanted in self.imports:
            return True
        same = [imported for imported in self.imports if imported.name == wanted.name]
        if wanted.member:
            # Some names have two homes, as Iterable has typing and collections.abc.
            return any(imported.member == wanted.member for imported in same)
        return False

    def clashes(self, wanted: Imported) -> bool:
        """Whether importing this for the module would change what a name of the file means."""
        same = [imported for imported in self.imports if imported.name == wanted.name]
        plain = not wanted.member and not wanted.alias
        if plain and same and all(not imported.member and not imported.alias for imported in same):
            return False  # `import a.b` beside `import a`
        # What only a type checker sees is kept from run time on purpose, often because of an import cycle.
        return bool(same) or wanted.name in self.type_only


@dataclass(frozen=True, slots=True)
class Imports:
    """What generated code needs.

    Args:
        top: to be added to the module.
        local: cannot be, for their names mean something else in the file; only within a function.
    """

    top: tuple[Imported, ...]
    local: tuple[Imported, ...]


def imports_of(body: Sequence[cst.CSTNode]) -> Iterator[Imported]:
    """The imports among statements and the blocks in them."""
    for statement in body:
        if _is_type_only(statement):
            continue
        for part in flat([statement]):
            if isinstance(part, cst.SimpleStatementLine):
                for small in part.body:
                    if isinstance(small, cst.Import | cst.ImportFrom):
                        yield from _parts(small)


def missing_imports(code: ReplyCode, names: Iterable[str], file: FileNames, *, guess: bool = True) -> Imports:
    """Which imports a file lacks for names that generated code uses.

    Args:
        code: whose imports are looked at.
        names: that the taken part of it uses.
        file: where it goes.
        guess: whether to import a module of the standard library that the code uses as `re.sub` and forgot
            to import; never one whose name occurs in the file.
    """
    wanted = set(names)
    top: list[Imported] = []
    local: list[Imported] = []
    theirs = list(imports_of(code.statements))
    for imported in (i for i in theirs if i.member != "*"):
        if imported.module == "__future__" or imported.name not in wanted or imported.name in file.own:
            continue
        if file.has(imported) or imported in top or imported in local:
            continue
        (local if file.clashes(imported) else top).append(imported)
    defined = {name for statement in code.statements for name in bound_names(statement)}
    if guess:
        for name in sorted(wanted - defined - file.bound - file.words):
            if name in sys.stdlib_module_names and name in _attribute_roots(code):
                top.append(Imported(name, name))
    if wanted - defined - file.bound - set(dir(builtins)):
        modules = {imported.module for imported in file.imports}
        top.extend(i for i in theirs if i.member == "*" and i.module not in modules)
    return Imports(tuple(top), tuple(local))


def future_imports(code: ReplyCode, file: FileNames) -> list[Imported]:
    """The `from __future__` imports of generated code that a file lacks."""
    theirs = [imported for imported in imports_of(code.statements) if imported.module == "__future__"]
    return [imported for imported in theirs if imported not in file.imports]


def import_splices(read: Outline, imports: Sequence[Imported]) -> list[Splice]:
    """The changes that add imports to the top of a file: to its imports, else above its first statement.

    They come after the module's docstring, `from __future__` before the others, a name to an import of the
    same module where there is one.

    Args:
        read: the file, with at least one statement.
        imports: what it lacks.
    """
    if not imports:
        return []
    body = read.module.body[1 if has_docstring(read.module) else 0 :]
    opening = [
        s for s in itertools.takewhile(_is_plain_import, body) if isinstance(s, cst.SimpleStatementLine)
    ]
    return [_extended(read, opening, imports) if opening else _begun(read, body, imports)]


def _extended(
    read: Outline, opening: Sequence[cst.SimpleStatementLine], imports: Sequence[Imported]
) -> Splice:
    """The imports that the file opens with, extended."""
    from libcst.codemod import CodemodContext
    from libcst.codemod.visitors import AddImportsVisitor

    context = CodemodContext()
    for imported in imports:
        AddImportsVisitor.add_needed_import(
            context, imported.module, imported.member or None, imported.alias or None
        )
    first = opening[0].with_changes(leading_lines=())
    block = read.module.with_changes(
        header=(), body=[first, *opening[1:]], footer=(), has_trailing_newline=True
    )
    lines = split_lines(AddImportsVisitor(context).transform_module(block).code)
    last = read.positions[opening[-1]].end.line
    if last < len(read.lines) and read.lines[last].strip():
        lines += Layout.of(read.module).blank()
    return Splice(read.positions[opening[0]].start.line, last, lines)


def _begun(read: Outline, body: Sequence[cst.CSTNode], imports: Sequence[Imported]) -> Splice:
    """Imports before the first statement, or the comment that belongs to it.

    libcst's visitor would put them between the two.
    """
    layout = Layout.of(read.module)
    order = sorted(imports, key=lambda i: (i.module != "__future__", bool(i.member), i.module, i.member))
    lines = [f"{imported}{layout.newline}" for imported in order]
    if not body:
        at = len(read.lines) + 1
        return Splice(at, at - 1, [*layout.blank(), *lines])
    first = body[0]
    code = read.first_line(first)
    at = read.comment_top(code)
    if any(_LICENCE.match(line) for line in read.lines[at - 1 : code - 1]):
        at = code
    while at < code and _INTERPRETER.match(read.lines[at - 1]):
        at += 1
    above = at > 1 and bool(read.lines[at - 2].strip())
    wide = isinstance(first, cst.FunctionDef | cst.ClassDef)
    return Splice(at, at - 1, [*layout.blank(int(above)), *lines, *layout.blank(2 if wide else 1)])


def _is_plain_import(statement: cst.CSTNode) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and len(statement.body) == 1
        and isinstance(statement.body[0], cst.Import | cst.ImportFrom)
    )


def _is_type_only(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.If) and is_type_checking(statement)


def _parts(node: cst.Import | cst.ImportFrom) -> Iterator[Imported]:
    module = ""
    if isinstance(node, cst.ImportFrom):
        module = "." * len(node.relative) + (_dotted(node.module) if node.module else "")
        if isinstance(node.names, cst.ImportStar):
            yield Imported("", module, "*")
            return
    for name, alias in import_names(node):
        called = alias.evaluated_alias or ""
        if isinstance(node, cst.ImportFrom):
            yield Imported(name, module, alias.evaluated_name, called)
        else:
            yield Imported(name, alias.evaluated_name, "", called)


def _dotted(node: cst.Attribute | cst.Name) -> str:
    from libcst.helpers import get_full_name_for_node

    return get_full_name_for_node(node) or ""


def _attribute_roots(code: ReplyCode) -> set[str]:
    """Names that something is taken from with a dot."""
    return {
        node.value.value
        for node in walk(code.outline.module)
        if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name)
    }
