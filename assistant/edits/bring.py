"""What a generated body needs beside itself: helpers of its module, members of its class, imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from assistant.edits.imports import FileNames, Imported, future_imports, missing_imports
from assistant.edits.render import Layout, Splice, Statement, bare, render
from assistant.edits.reply_code import ASK_AGAIN, ReplyCode, block_of, needed, walk
from assistant.specs.names import assigned_name, bound_names
from assistant.specs.outline import Definition, Outline
from models.errors import UserError


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """What comes with generated code.

    Args:
        reply: the generated code.
        helpers: statements for the module.
        members: statements for the class that the code goes into.
        imports: to be added to the module.
        local: imports that only functions may have, for in the file their names mean something else.
    """

    reply: ReplyCode
    helpers: Sequence[Statement]
    members: Sequence[Statement]
    imports: Sequence[Imported]
    local: Sequence[Imported]

    def within(self, body: Sequence[Statement]) -> list[Statement]:
        """A function's body, opened by those local imports that it uses."""
        names = self.reply.uses(*body)
        return [*(_statement(imported) for imported in self.local if imported.name in names), *body]

    def localised(self, statement: Statement) -> Statement:
        """A definition whose functions have those local imports that they use.

        Raises:
            UserError: it uses one outside of a function's body.
        """
        clashing = {imported.name for imported in self.local} & self.reply.uses(statement)
        if not clashing:
            return statement
        if isinstance(statement, cst.FunctionDef) and clashing <= self.reply.uses(statement.body):
            body, footer = block_of(statement)
            block = cst.IndentedBlock(body=self.within(body), footer=footer)
            return statement.with_changes(body=block)
        if isinstance(statement, cst.ClassDef) and isinstance(statement.body, cst.IndentedBlock):
            body = [self.localised(s) for s in statement.body.body if isinstance(s, Statement)]
            return statement.with_changes(body=statement.body.with_changes(body=body))
        names = ", ".join(sorted(clashing))
        raise UserError(f"the reply imports {names} otherwise than the file does", do=ASK_AGAIN)

    def splices(self, read: Outline, at: Definition, layout: Layout) -> list[Splice]:
        """The changes that put helpers before the module's statement and members before the definition."""
        member_line = read.comment_top(at.first_line)
        return [
            *_inserted(self.helpers, statement_line(read, at.first_line), "", layout, read),
            *_inserted(self.members, member_line, at.indent, layout, read),
        ]


def bring(
    read: Outline, reply: ReplyCode, at: Definition, written: Definition, body: Sequence[Statement]
) -> Brought:
    """Collect what a generated body needs and the file lacks.

    Args:
        read: the file.
        reply: the generated code.
        at: the definition of the file that the body is for.
        written: the generated definition that it is from.
        body: the part of it that is taken.

    Raises:
        UserError: a helper needs an import that clashes with one of the file.
    """
    file = FileNames.of(read.module)
    members = _members(at, written, body)
    known = {at.plain_name, *file.bound}
    nested = False
    for outer in at.chain[1:]:
        if isinstance(outer.node, cst.FunctionDef):
            nested = True
            known |= {node.value for node in walk(outer.node) if isinstance(node, cst.Name)}
    helpers, names = needed(reply, [*body, *members], known)
    own = {definition.node for definition in written.chain}
    return collected(reply, file, names, [h for h in helpers if h not in own], members, guess=not nested)


def collected(
    reply: ReplyCode,
    file: FileNames,
    names: set[str],
    helpers: Sequence[Statement] = (),
    members: Sequence[Statement] = (),
    *,
    guess: bool = True,
) -> Brought:
    """Helpers and members with the imports that some names call for.

    Raises:
        UserError: a helper needs an import that clashes with one of the file.
    """
    found = missing_imports(reply, names, file, guess=guess)
    future = future_imports(reply, file) if helpers or members else []
    brought = Brought(reply, (), (), [*future, *found.top], found.local)
    return replace(
        brought,
        helpers=[brought.localised(helper) for helper in helpers],
        members=[brought.localised(member) for member in members],
    )


def _members(at: Definition, written: Definition, body: Sequence[Statement]) -> list[Statement]:
    """Members of the generated class that the body reaches through `self` and the user's class lacks."""
    theirs, ours = written.parent, at.parent
    if at.kind != "method" or written.kind != "method" or theirs is None or ours is None:
        return []
    assert isinstance(theirs.node, cst.ClassDef)
    assert isinstance(ours.node, cst.ClassDef)
    has = {name for statement in ours.node.body.body for name in bound_names(statement)}
    candidates = [s for s in theirs.node.body.body if isinstance(s, Statement) and s is not written.node]
    taken: list[Statement] = []
    todo: list[cst.CSTNode] = list(body)
    while todo:
        reached = _attributes([todo.pop()])
        for candidate in candidates:
            names = bound_names(candidate) - has
            if names & reached and candidate not in taken:
                taken.append(candidate)
                todo.append(candidate)
    return [candidate for candidate in candidates if candidate in taken]


def _attributes(nodes: Iterable[cst.CSTNode]) -> set[str]:
    """The names after a dot."""
    return {inner.attr.value for node in nodes for inner in walk(node) if isinstance(inner, cst.Attribute)}


def statement_line(read: Outline, line: int) -> int:
    """Where the module's statement that covers a line begins, the comment right above it included."""
    first = line
    for statement in read.module.body:
        start = read.first_line(statement)
        if start > line:
            break
        first = start
    return read.comment_top(first)


def _inserted(
    statements: Sequence[Statement], line: int, indent: str, layout: Layout, read: Outline
) -> list[Splice]:
    """New definitions before a line: two blank lines apart in a module, one in a class."""
    if not statements:
        return []
    gap = 1 if indent else 2
    lines: list[str] = []
    above = read.lines[line - 2].strip() if line > 1 else ""
    if above and not above.endswith(":"):
        lines += layout.blank(gap)
    return [Splice(line, line - 1, [*lines, *laid_out(statements, indent, layout), *layout.blank(gap)])]


def laid_out(statements: Sequence[Statement], indent: str, layout: Layout) -> list[str]:
    """Definitions with blank lines around each, assignments one below the other."""
    gap = 1 if indent else 2
    lines: list[str] = []
    for index, statement in enumerate(statements):
        if index and not (assigned_name(statement) and assigned_name(statements[index - 1])):
            lines += layout.blank(gap)
        lines += render([bare(statement)], indent=indent, layout=layout)
    return lines


def _statement(imported: Imported) -> cst.SimpleStatementLine:
    parsed = cst.parse_statement(str(imported))
    assert isinstance(parsed, cst.SimpleStatementLine)
    return parsed
