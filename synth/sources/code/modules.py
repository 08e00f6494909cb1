"""One module as a table: what each of its names is bound by, and which functions it offers."""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import importlib
import sys
import typing
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

BUILTINS = frozenset(dir(builtins))
STDLIB = frozenset(sys.stdlib_module_names) - {"antigravity", "this", "idlelib", "lib2to3", "test"}

Function = ast.FunctionDef
_COMPARE: dict[type[ast.cmpop], Callable[[tuple[object, ...], tuple[object, ...]], bool]] = {
    ast.Lt: lambda version, other: version < other,
    ast.LtE: lambda version, other: version <= other,
    ast.Gt: lambda version, other: version > other,
    ast.GtE: lambda version, other: version >= other,
    ast.Eq: lambda version, other: version == other,
}


@dataclass(frozen=True, slots=True)
class Import:
    """A name bound by an import at the top of a module.

    Args:
        module: absolute dotted name; for `import a.b` without `as`, `a`, which is what is bound.
        attribute: the name taken from it; None for the module itself.
        line: the statement that makes just this binding.
    """

    module: str
    attribute: str | None
    line: str

    @property
    def top(self) -> str:
        """The package it is from."""
        return self.module.partition(".")[0]

    @property
    def binds(self) -> str:
        """The name that the line binds."""
        return self.line.rpartition(" as ")[2] if " as " in self.line else self.attribute or self.module

    @property
    def standard(self) -> bool:
        """Whether it is from the standard library."""
        return self.top in STDLIB


@dataclass
class Module:
    """The top level of a module, without overloads.

    Args:
        name: dotted.
        source: its text; lines end with a line feed.
        tree: parsed.
        package: that its relative imports start from.
        bound: name to the statements that bind or change it, in order; imports apart.
        imports: name to import.
        typing_imports: the same, of those under `if TYPE_CHECKING`.
        stars: modules that everything is imported from.
        exported: of `__all__`; None without one.
    """

    name: str
    source: str
    tree: ast.Module
    package: str
    bound: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)
    typing_imports: dict[str, Import] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    exported: frozenset[str] | None = None

    @functools.cached_property
    def lines(self) -> list[str]:
        """Its text by line, ends kept."""
        return self.source.splitlines(keepends=True)

    def functions(self) -> Iterator[Function]:
        """Top-level functions that are defined once, in order."""
        for statement in self.tree.body:
            if isinstance(statement, ast.FunctionDef) and self.bound.get(statement.name) == [statement]:
                yield statement


def read(name: str, path: Path) -> Module:
    """Parse a module's file.

    Args:
        name: its dotted name.
        path: its file.

    Raises:
        SyntaxError, ValueError, OSError: it is not Python, or cannot be read.
    """
    return parse(name, path.read_text(encoding="utf-8-sig"), is_package=path.name == "__init__.py")


def parse(name: str, text: str, *, is_package: bool = False) -> Module:
    """Parse a module's text.

    Args:
        name: its dotted name.
        text: its source.
        is_package: whether relative imports start from its own name.

    Raises:
        SyntaxError, ValueError: it is not Python.
    """
    source = text.replace("\r\n", "\n").replace("\f", "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of invalid escapes in strings
        tree = ast.parse(source)
    module = Module(name, source, tree, package=name if is_package else name.rpartition(".")[0])
    for statement in tree.body:
        _enter(module, statement)
    return module


def _enter(module: Module, statement: ast.stmt) -> None:
    branch = _branch(module, statement)
    if branch is not None:
        for inner in branch:
            _enter(module, inner)
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        found, stars = imports_of(module.package, statement)
        module.imports |= found
        module.stars += stars
    elif not (isinstance(statement, ast.FunctionDef) and any(map(_is_overload, statement.decorator_list))):
        for name in _touched(statement):
            module.bound.setdefault(name, []).append(statement)
        if isinstance(statement, ast.Assign) and _is_all(statement):
            module.exported = _strings(statement.value)


def _branch(module: Module, statement: ast.stmt) -> list[ast.stmt] | None:
    """The part of a statement that is taken where nothing but this Python is installed.

    Returns:
        its statements; None when it has no parts to choose from, or the choice is not known.
    """
    if isinstance(statement, ast.Try):
        tried = [inner for inner in statement.body if isinstance(inner, ast.Import | ast.ImportFrom)]
        found = [one for inner in tried for one in imports_of(module.package, inner)[0].values()]
        own = module.name.partition(".")[0]
        if all(one.top == own or _is_there(one) for one in found):
            return [*statement.body, *statement.orelse, *statement.finalbody]
        handled = statement.handlers[0].body if statement.handlers else []
        return [*handled, *statement.finalbody]
    if not isinstance(statement, ast.If):
        return None
    if "TYPE_CHECKING" in ast.unparse(statement.test):
        for inner in statement.body:
            if isinstance(inner, ast.Import | ast.ImportFrom):
                module.typing_imports |= imports_of(module.package, inner)[0]
        return statement.orelse
    newer = _version_test(statement.test)
    return None if newer is None else statement.body if newer else statement.orelse


def _is_overload(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).rpartition(".")[2] == "overload"


def _version_test(test: ast.expr) -> bool | None:
    """What `sys.version_info >= (3, 8)` and the like come to; None for another test."""
    match test:
        case ast.Compare(left=left, ops=[operator], comparators=[ast.Tuple() as version]):
            if (
                ast.unparse(left) in {"sys.version_info", "sys.version_info[:2]"}
                and type(operator) in _COMPARE
            ):
                with contextlib.suppress(ValueError, TypeError):
                    return _COMPARE[type(operator)](sys.version_info[:], ast.literal_eval(version))
    return None


def _is_there(found: Import) -> bool:
    """Whether an import from the standard library works in this Python."""
    if not found.standard:
        return False
    try:
        module = importlib.import_module(found.module)
    except ImportError:
        return False
    return found.attribute is None or hasattr(module, found.attribute)


def _is_all(statement: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in statement.targets)


def _strings(node: ast.expr) -> frozenset[str] | None:
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return None
    constants = [one.value for one in node.elts if isinstance(one, ast.Constant)]
    return frozenset(one for one in constants if isinstance(one, str))


def imports_of(package: str, statement: ast.Import | ast.ImportFrom) -> tuple[dict[str, Import], list[str]]:
    """What an import statement binds, and the modules that it takes everything from.

    Args:
        package: that relative imports start from.
        statement: the import.
    """
    found = {}
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            line = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            found[alias.asname or whole] = Import(whole, None, line)
        return found, []
    origin = _absolute(package, statement)
    stars = []
    for alias in statement.names:
        if alias.name == "*":
            stars.append(origin)
            continue
        typed = origin == "typing_extensions" and alias.name in typing.__all__
        module = "typing" if typed else origin
        line = f"from {module} import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
        found[alias.asname or alias.name] = Import(module, alias.name, line)
    return found, stars


def _absolute(package: str, statement: ast.ImportFrom) -> str:
    if not statement.level:
        return statement.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - statement.level + 1]
    return ".".join([*base, *([statement.module] if statement.module else [])])


def _touched(statement: ast.stmt) -> set[str]:
    """Names that a statement at module level binds, or whose value it changes."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    names: set[str] = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
                continue  # what is bound inside is not bound here
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                continue
            case ast.Name(ctx=ast.Store() | ast.Del()):
                names.add(node.id)
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                names |= _root(node)
            case ast.Expr(value=ast.Call(func=ast.Attribute() as called)):
                names |= _root(called)
            case ast.ExceptHandler(name=str(name)):
                names.add(name)
            case ast.alias():
                names.add((node.asname or node.name).partition(".")[0])
        waiting.extend(ast.iter_child_nodes(node))
    return names


def _root(node: ast.expr) -> set[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
