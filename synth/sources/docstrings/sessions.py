"""The calls that a docstring shows, each made to stand alone, with what is shown for it.

An interactive session builds on what was typed before; here each example becomes one expression: variables
are replaced by what was assigned to them, small functions by a lambda, `module.function` by `function`.
Whether the result still holds is for the sandbox to say.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import doctest
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from synth.sources.code.modules import BUILTINS, Import, imports_of

LONGEST_CALL = 240  # characters
LONGEST_RESULT = 600
MOST_CALLS = 24
_CHANGING = re.compile(r"\b(?:now|utcnow|today|time\.time|random\w*|shuffle|urandom|uuid\w*|id)\(")
How = Literal["value", "printed", "lines"]
_PRINTERS = frozenset({"print"})
_PRETTY = frozenset({"pprint", "pp"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A call and what is shown for it.

    Args:
        call: an expression.
        want: the text below it; empty for an exception.
        how: as the interpreter echoes the value, as it is printed, or its items printed as lines.
        raises: type of the exception that is shown instead, without its module.
        imports: what the expression needs besides the function.
    """

    call: str
    want: str
    how: How = "value"
    raises: str | None = None
    imports: tuple[Import, ...] = ()


@dataclass(slots=True)
class _Session:
    """What has been typed so far."""

    entry: str
    aliases: frozenset[str]
    around: Mapping[str, Import]
    variables: dict[str, ast.expr | None] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)


class _Unusable(Exception):
    """An example that cannot stand alone."""


def calls_of(docstring: str, entry: str, package: str, around: Mapping[str, Import]) -> list[Shown]:
    """The usable examples of a docstring, in order.

    Args:
        docstring: as it is in the source.
        entry: name of the function that it belongs to.
        package: of the function; its modules are what `module.function` may be called through.
        around: imports of the function's module, which examples use without saying.
    """
    session = _Session(entry, frozenset({package, entry}), around)
    found: dict[str, Shown] = {}
    for example in _examples(docstring):
        try:
            tree = ast.parse(example.source)
        except (SyntaxError, ValueError, RecursionError):
            continue
        if example.options.get(doctest.SKIP):
            continue
        for shown in _typed(session, tree.body, example, package):
            found.setdefault(shown.call, shown)
    return list(found.values())[:MOST_CALLS]


def _examples(docstring: str) -> list[doctest.Example]:
    # Fences and closing quotes directly below a result are no part of it.
    text = re.sub(r"^[ \t]*(```.*|~~~.*)$", "", docstring.expandtabs(), flags=re.MULTILINE)
    try:
        return doctest.DocTestParser().get_examples(text)
    except ValueError:  # inconsistent white space somewhere: take the blocks that are well formed
        found = []
        for block in re.split(r"\n\s*\n", text):
            try:
                found += doctest.DocTestParser().get_examples(block)
            except ValueError:
                continue
        return found


def _typed(
    session: _Session, body: list[ast.stmt], example: doctest.Example, package: str
) -> Iterator[Shown]:
    """Go on with a session by what one prompt shows."""
    match body:
        case [ast.Expr(value=expression)]:
            if not example.want:
                _forget(session, expression)  # it may have changed what its variables hold
                return
            with contextlib.suppress(_Unusable, RecursionError):
                yield _shown(session, expression, example)
        case [ast.Import() | ast.ImportFrom()]:
            assert isinstance(body[0], ast.Import | ast.ImportFrom)
            session.imports |= imports_of(package, body[0])[0]
        case [ast.For(target=ast.Name(id=item), iter=ast.expr() as items, body=[ast.Expr(value=printed)])]:
            # What a loop prints, line by line, is the list of the items.
            if isinstance(printed, ast.Call) and ast.unparse(printed) == f"print({item})" and example.want:
                with contextlib.suppress(_Unusable, RecursionError):
                    yield _shown(
                        session, ast.Call(ast.Name("list", ast.Load()), [items], []), example, "lines"
                    )
            _forget(session, items)
        case [ast.Assign(targets=[ast.Name(id=name)], value=value)]:
            session.variables[name] = _replaced(session, value)
        case [ast.FunctionDef(name=name, body=[ast.Return(value=ast.expr() as value)], args=arguments)]:
            lambda_ = ast.Lambda(arguments, value)
            session.variables[name] = _replaced(session, lambda_)
        case _:
            for statement in body:
                _forget(session, statement)


def _forget(session: _Session, node: ast.AST) -> None:
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                if name != session.entry and name not in session.imports:
                    session.variables[name] = None


# --- one example --------------------------------------------------------------------------------------------


def _shown(session: _Session, expression: ast.expr, example: doctest.Example, how: How = "value") -> Shown:
    original = expression
    match expression:
        case ast.Call(func=ast.Name(id=printer), args=[inner], keywords=[]) if printer in _PRINTERS | _PRETTY:
            how = "printed" if printer in _PRINTERS else "value"
            expression = inner
    replaced = _replaced(session, expression)
    if replaced is None:
        raise _Unusable
    if not _calls_entry(replaced, session.entry):
        raise _Unusable
    needed = tuple(_needs(session, replaced))
    same = how != "lines" and ast.dump(replaced) == ast.dump(original)
    source = example.source.strip()
    text = source if same and "\n" not in source and "#" not in source else ast.unparse(replaced)
    raises = _exception(example.exc_msg)
    want = "" if raises else example.want.rstrip("\n")
    if len(text) > LONGEST_CALL or _CHANGING.search(text) or len(want) > LONGEST_RESULT:
        raise _Unusable
    return Shown(text, want, how, raises, needed)


def _exception(message: str | None) -> str | None:
    if message is None:
        return None
    return message.partition(":")[0].strip().rpartition(".")[2]


def _calls_entry(expression: ast.expr, entry: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == entry for node in ast.walk(expression))


def _needs(session: _Session, expression: ast.expr) -> Iterator[Import]:
    """Imports that an expression uses.

    Raises:
        _Unusable: it uses something else besides the function and builtins.
    """
    bound = _bound_inside(expression)
    seen: set[str] = set()
    for node in ast.walk(expression):
        if isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
            raise _Unusable
        if not isinstance(node, ast.Name) or node.id in bound | {session.entry} | seen:
            continue
        seen.add(node.id)
        found = session.imports.get(node.id) or (None if node.id in BUILTINS else session.around.get(node.id))
        if found is not None and found.standard and found.binds == node.id:
            yield found
        elif node.id not in BUILTINS or node.id in {"_", "open", "input", "exec", "eval", "help"}:
            raise _Unusable


def _bound_inside(expression: ast.expr) -> set[str]:
    """Names that lambdas and comprehensions bind."""
    names = set()
    for node in ast.walk(expression):
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


# --- replacing ----------------------------------------------------------------------------------------------


def _replaced(session: _Session, expression: ast.expr) -> ast.expr | None:
    """An expression without the session's variables; None when one of them is not known."""
    replacing = _Replacing(session, _bound_inside(expression))
    result = replacing.visit(copy.deepcopy(expression))
    if replacing.unknown:
        return None
    assert isinstance(result, ast.expr)
    return result


class _Replacing(ast.NodeTransformer):
    def __init__(self, session: _Session, bound: Iterable[str]) -> None:
        self.unknown = False
        self._session = session
        self._bound = set(bound)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """`module.function` becomes `function`."""
        if node.attr == self._session.entry and self._is_package(node.value):
            return ast.copy_location(ast.Name(node.attr, ast.Load()), node)
        return self.generic_visit(node)

    def _is_package(self, node: ast.expr) -> bool:
        text = ast.unparse(node)
        root = text.partition(".")[0]
        if not re.fullmatch(r"[\w.]+", text) or root in self._session.variables:
            return False
        known = self._session.imports.get(root) or self._session.around.get(root)
        own = {alias.partition(".")[0] for alias in self._session.aliases}
        if known is not None:
            return known.top in own
        # `_.chunk(…)` and the like: how a package is usually called, though nobody says so.
        return root in own | {"_"} or (not isinstance(node, ast.Name) and root in own)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """A variable becomes what was assigned to it."""
        if node.id in self._bound or not isinstance(node.ctx, ast.Load):
            return node
        imported = self._session.imports.get(node.id)
        if imported is not None and imported.attribute == self._session.entry and not imported.standard:
            return ast.copy_location(ast.Name(self._session.entry, ast.Load()), node)
        if node.id not in self._session.variables:
            return node
        value = self._session.variables[node.id]
        if value is None:
            self.unknown = True
            return node
        return copy.deepcopy(value)
