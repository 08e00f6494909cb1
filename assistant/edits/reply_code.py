"""Reads generated code: what it defines, where the wanted function is, and what that function needs.

What is needed is found by scope, not by position: demonstrations, prints and a `__main__` part that nothing
refers to never come along.
"""

from __future__ import annotations

import re
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, ScopeProvider
from libcst.metadata.scope_provider import Access, ClassScope, LocalScope, Scope

from assistant.edits.render import Statement
from assistant.specs.names import bound_names
from assistant.specs.outline import Definition, Outline, outline
from assistant.specs.stubs import decorator_names, is_stub
from models.errors import UserError

ASK_AGAIN = "ask again, or write it by hand"
_WORD = re.compile(r"[^\W\d]\w*")
_MOST_NAMES = 6


@dataclass(frozen=True, slots=True, eq=False)
class ReplyCode:
    """Generated code, parsed.

    Args:
        outline: its definitions.
        statements: of the module, without `if __name__ == "__main__":`.
        accesses: names read or called that are not local to a function, by node.
    """

    outline: Outline
    statements: tuple[Statement, ...]
    accesses: Mapping[cst.CSTNode, frozenset[str]]

    def uses(self, *nodes: cst.CSTNode) -> set[str]:
        """The module's names (also undefined ones and builtins) that some nodes refer to."""
        found: set[str] = set()
        for node in nodes:
            for inner in walk(node):
                found |= self.accesses.get(inner, frozenset())
        return found

    def binding(self, name: str) -> list[Statement]:
        """The statements of the module that bind a name."""
        return [statement for statement in self.statements if name in bound_names(statement)]

    def find(self, wanted: Definition) -> Definition:
        """The function that the code writes for a definition of a file.

        The best of all functions of that name: one that is written, stands in a class of the same name,
        has the same decorators (a property's getter and setter share a name), is nested as deep; the last
        of equals, as Python would have it.

        Raises:
            UserError: the code does not define it, or repeats the stub.
        """
        named = [
            definition
            for definition in self.outline.definitions
            if definition.plain_name == wanted.plain_name
            and isinstance(definition.node, cst.FunctionDef)
            and not definition.name.endswith("@declared")
        ]
        if not named:
            raise UserError(
                f"the reply does not define `{wanted.plain_name}`; {self.defines()}", do=ASK_AGAIN
            )
        best = max(named, key=lambda definition: _likeness(definition, wanted))
        assert isinstance(best.node, cst.FunctionDef)
        if is_stub(best.node):
            raise UserError(f"the reply leaves `{wanted.plain_name}` unwritten", do=ASK_AGAIN)
        return best

    def defines(self) -> str:
        """What the code defines, as a clause for an error."""
        names = [d.name for d in self.outline.definitions if d.parent is None or d.kind == "method"]
        if not names:
            return "it defines no function"
        more = ", …" if len(names) > _MOST_NAMES else ""
        return f"it defines {', '.join(f'`{name}`' for name in names[:_MOST_NAMES])}{more}"


def read_reply(code: str, newline: str = "\n") -> ReplyCode:
    """Parse generated code.

    Args:
        code: what the model wrote, without its fence; indented as a whole or not.
        newline: the line end of the file that it is for.

    Raises:
        UserError: it is not valid Python, or holds no code.
    """
    text = textwrap.dedent(code.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    text = text.strip("\n") + "\n"
    read = outline(text.replace("\n", newline), where="the reply", do=ASK_AGAIN)
    statements = tuple(s for s in read.module.body if not is_main_guard(s))
    if not read.module.body:
        raise UserError("the reply holds no code", do=ASK_AGAIN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # libcst evaluates strings, whose escapes may be odd
            scopes = MetadataWrapper(read.module, unsafe_skip_copy=True).resolve(ScopeProvider)
    except RecursionError as error:
        raise UserError("the reply is nested too deeply to be read", do=ASK_AGAIN) from error
    except NotImplementedError as error:  # libcst's word for a `nonlocal` at the module's level
        raise UserError(f"the reply is not valid Python: {error}", do=ASK_AGAIN) from error
    accesses: dict[cst.CSTNode, set[str]] = {}
    for scope in {scope for scope in scopes.values() if scope is not None}:
        for access in scope.accesses:
            for name in _names(access):
                if not _is_local(name, access.scope):
                    accesses.setdefault(access.node, set()).add(name)
    return ReplyCode(read, statements, {node: frozenset(names) for node, names in accesses.items()})


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and all below it."""
    yield node
    for child in node.children:
        yield from walk(child)


def is_main_guard(statement: cst.CSTNode) -> bool:
    """Whether this is `if __name__ == "__main__":`."""
    return isinstance(statement, cst.If) and m.matches(statement.test, m.Comparison(left=m.Name("__name__")))


def is_demonstration(statement: cst.CSTNode) -> bool:
    """Whether a statement only shows something off: a call, an assert, a loop at the module's level."""
    if isinstance(statement, cst.SimpleStatementLine):
        return all(isinstance(small, cst.Expr | cst.Assert | cst.Pass) for small in statement.body)
    return isinstance(statement, cst.For | cst.While | cst.With) or is_main_guard(statement)


def block_of(
    definition: cst.FunctionDef | cst.ClassDef,
) -> tuple[Sequence[Statement], Sequence[cst.EmptyLine]]:
    """The statements of a body, and the comment lines after the last."""
    if isinstance(definition.body, cst.IndentedBlock):
        return [s for s in definition.body.body if isinstance(s, Statement)], definition.body.footer
    small = [s for s in definition.body.body if isinstance(s, cst.BaseSmallStatement)]
    return [cst.SimpleStatementLine(body=small)], ()


def needed(
    code: ReplyCode, seeds: Iterable[cst.CSTNode], known: set[str]
) -> tuple[list[Statement], set[str]]:
    """The statements of the module that some nodes need, directly or through others.

    Args:
        code: where they are looked for.
        seeds: what needs them; statements among these are not given again.
        known: names that are there already.

    Returns:
        Statements other than imports, in the order of the code, and all names that they and the seeds use.
    """
    given = set(seeds)
    names = code.uses(*given)
    todo = sorted(names - known)
    taken: set[cst.CSTNode] = set()
    while todo:
        for statement in code.binding(todo.pop()):
            if statement in taken | given or is_import(statement):
                continue
            taken.add(statement)
            new = code.uses(statement) - names
            names |= new
            todo.extend(sorted(new - known))
    return [s for s in code.statements if s in taken], names


def is_import(statement: cst.CSTNode) -> bool:
    """Whether a statement only imports."""
    return isinstance(statement, cst.SimpleStatementLine) and all(
        isinstance(small, cst.Import | cst.ImportFrom) for small in statement.body
    )


def _likeness(found: Definition, wanted: Definition) -> tuple[bool, bool, bool, bool, int, int]:
    chain = [d.plain_name for d in found.chain]
    assert isinstance(found.node, cst.FunctionDef)
    return (
        not is_stub(found.node),
        chain == [d.plain_name for d in wanted.chain],
        decorator_names(found.node) == decorator_names(wanted.node),
        found.kind == wanted.kind,
        -len(chain),
        found.line,
    )


def _names(access: Access) -> list[str]:
    """The first name of `a.b.c`; the words of an annotation in quotes."""
    node: cst.CSTNode = access.node
    while isinstance(node, cst.Attribute | cst.Call | cst.Subscript):
        node = node.func if isinstance(node, cst.Call) else node.value
    if isinstance(node, cst.Name):
        return [node.value]
    if isinstance(node, cst.SimpleString):
        return _WORD.findall(node.raw_value)
    return []


def _is_local(name: str, scope: Scope) -> bool:
    """Whether a function or comprehension around the access binds the name, wherever in it."""
    place: Scope = scope
    while isinstance(place, LocalScope):
        visible = place is scope or not isinstance(place, ClassScope)
        if visible and name in place.assignments:
            return True
        place = place.parent
    return False
