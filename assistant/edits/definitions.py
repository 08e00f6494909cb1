"""Replaces functions and classes of a file by generated ones, without losing what the reply left out."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import libcst as cst

from assistant.edits.bring import laid_out
from assistant.edits.render import Layout, Splice, Statement, bare, render
from assistant.edits.reply_code import ASK_AGAIN, block_of, walk
from assistant.specs.names import assigned_name
from assistant.specs.outline import Definition, Outline
from assistant.specs.stubs import decorator_names, is_docstring, is_placeholder, is_stub
from models.errors import UserError

_ELISION = re.compile(
    r"#\s*(?:\.\.\.|…|(?:\.\.\. ?)?(?:the )?(?:rest of|remaining|existing|other) (?:the |your )?"
    r"(?:code|class|methods?|function|body|implementation)\b)",
    re.IGNORECASE,
)


def function_replaced(old: Definition, new: cst.FunctionDef, layout: Layout) -> list[Splice]:
    """A whole function put in the place of another; decorators and docstring stay where the new one has none.

    One that differs only in layout and comments is left as it is.

    Raises:
        UserError: the new one leaves parts out.
    """
    assert isinstance(old.node, cst.FunctionDef)
    refuse_elision(new)
    changed = new if new.decorators else new.with_changes(decorators=old.node.decorators)
    documented = _documented(old.node, changed)
    if _same(old.node, documented):
        return []
    return [Splice(old.first_line, old.end_line, _rendered(documented, old.indent, layout))]


def refuse_elision(function: cst.FunctionDef) -> None:
    """See that a generated function is whole.

    Raises:
        UserError: its body says `...` or "rest of the code" where code should be.
    """
    body, footer = block_of(function)
    elided = any(_is_ellipsis(statement) for statement in body) or any(
        isinstance(node, cst.Comment) and _ELISION.match(node.value)
        for part in (*body, *footer)
        for node in walk(part)
    )
    if elided:
        raise UserError(f"the reply leaves out parts of `{function.name.value}`", do=ASK_AGAIN)


def class_merged(read: Outline, old: Definition, new: cst.ClassDef, layout: Layout) -> list[Splice]:
    """A generated class merged into one of the file, member by member.

    Members of the same name are replaced, new ones come after the member that they follow in the reply, and
    those that the reply lacks stay: a model often writes only what changes. The user's decorators and bases
    stay where the reply has none.

    Raises:
        UserError: a member leaves parts out.
    """
    assert isinstance(old.node, cst.ClassDef)
    if not is_written(old.node):
        whole = new if new.decorators else new.with_changes(decorators=old.node.decorators)
        if not new.bases:
            whole = whole.with_changes(bases=old.node.bases, lpar=old.node.lpar, rpar=old.node.rpar)
        return [
            Splice(old.first_line, old.end_line, _rendered(_documented(old.node, whole), old.indent, layout))
        ]
    if not isinstance(old.node.body, cst.IndentedBlock):
        raise UserError(
            f"`{old.plain_name}` is written in one line, so nothing can be merged into it",
            do="put its body on lines of its own",
        )
    theirs = dict(_keyed(old.node))
    splices = _header_replaced(read, old, new, layout)
    indent = _member_indent(read, old.node)
    docstring = _docstring(old.node)
    top = read.positions[docstring].end.line if docstring else _first_member_line(read, old.node) - 1
    after = top
    fresh: list[Statement] = []
    for key, member in _keyed(new):
        mine = theirs.get(key)
        if mine is None:
            if _written(member):
                fresh.append(member)
            continue
        splices += _added(fresh, after, indent, layout)
        fresh = []
        splices += _member_replaced(read, mine, member, layout, indent)
        after = read.last_line(mine)
    return splices + _added(fresh, after if after > top else old.end_line, indent, layout)


def _header_replaced(read: Outline, old: Definition, new: cst.ClassDef, layout: Layout) -> list[Splice]:
    """The line of the class, if the reply gives it other bases or decorators."""
    assert isinstance(old.node, cst.ClassDef)
    code = read.module.code_for_node

    def differ(ours: Sequence[cst.CSTNode], theirs: Sequence[cst.CSTNode]) -> bool:
        return bool(theirs) and [code(n).strip(", \r\n") for n in ours] != [
            code(n).strip(", \r\n") for n in theirs
        ]

    if not (differ(old.node.bases, new.bases) or differ(old.node.decorators, new.decorators)):
        return []
    header = new.with_changes(
        decorators=new.decorators or old.node.decorators,
        bases=new.bases or old.node.bases,
        body=cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])]),
    )
    last = _first_member_line(read, old.node) - 1
    while not read.lines[last - 1].strip():
        last -= 1
    return [Splice(old.first_line, last, _rendered(header, old.indent, layout)[:-1])]


def _member_replaced(
    read: Outline, old: Statement, new: Statement, layout: Layout, indent: str
) -> list[Splice]:
    definition = read.of_node(old)
    if _same(old, new):
        return []
    if definition is None or not isinstance(new, cst.FunctionDef | cst.ClassDef):
        lines = render([bare(new)], indent=indent, layout=layout)
        return [Splice(read.first_line(old), read.last_line(old), lines)]
    if isinstance(new, cst.ClassDef) and isinstance(old, cst.ClassDef):
        return class_merged(read, definition, new, layout)
    if isinstance(new, cst.FunctionDef) and isinstance(old, cst.FunctionDef):
        if is_stub(new) and not is_stub(old):
            return []  # only a reminder that it is there
        return function_replaced(definition, new, layout)
    return [Splice(definition.first_line, definition.end_line, _rendered(new, indent, layout))]


def _added(members: Sequence[Statement], after: int, indent: str, layout: Layout) -> list[Splice]:
    """New members after a line, each definition with a blank line around."""
    if not members:
        return []
    only_fields = all(_field(member) for member in members)
    above = [] if only_fields else layout.blank()
    return [Splice(after + 1, after, [*above, *laid_out(members, indent, layout)])]


def _documented(old: cst.FunctionDef | cst.ClassDef, new: Statement) -> Statement:
    """The new definition with the old one's docstring, if it has none itself."""
    assert isinstance(new, cst.FunctionDef | cst.ClassDef)
    docstring = _docstring(old)
    if docstring is None or _docstring(new) is not None:
        return new
    line = cst.SimpleStatementLine([docstring.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])
    body, footer = block_of(new)
    return new.with_changes(body=cst.IndentedBlock(body=[line, *body], footer=footer))


def _docstring(node: cst.FunctionDef | cst.ClassDef) -> cst.Expr | None:
    first = node.body.body[0]
    small = first.body[0] if isinstance(first, cst.SimpleStatementLine) else first
    return small if isinstance(small, cst.Expr) and is_docstring(small) else None


def _same(old: Statement, new: Statement) -> bool:
    """Whether two statements differ at most in layout and comments."""
    trees = [ast.parse(cst.Module(body=[statement]).code) for statement in (old, new)]
    return ast.dump(trees[0]) == ast.dump(trees[1])


def _rendered(node: Statement, indent: str, layout: Layout) -> list[str]:
    return render([node.with_changes(leading_lines=())], indent=indent, layout=layout)


def _members(node: cst.ClassDef) -> list[Statement]:
    return list(block_of(node)[0])


def is_written(definition: cst.FunctionDef | cst.ClassDef) -> bool:
    """Whether there is anything in a definition but a docstring and a placeholder."""
    if isinstance(definition, cst.FunctionDef):
        return not is_stub(definition)
    return any(_written(member) for member in block_of(definition)[0])


def _written(member: Statement) -> bool:
    """Whether a statement of a class is more than a docstring or a placeholder."""
    if isinstance(member, cst.SimpleStatementLine):
        return not all(is_docstring(small) or is_placeholder(small) for small in member.body)
    return True


def _keyed(node: cst.ClassDef) -> Iterator[tuple[tuple[str, str, int], Statement]]:
    """Members with what tells them apart: name, role (a property has several), and number among equals."""
    seen: Counter[tuple[str, str]] = Counter()
    for member in _members(node):
        if isinstance(member, cst.FunctionDef | cst.ClassDef):
            roles = {"setter", "deleter", "getter", "overload"} & set(decorator_names(member))
            key = (member.name.value, "".join(sorted(roles)))
        elif name := _field(member):
            key = (name, "=")
        elif isinstance(member, cst.SimpleStatementLine) and is_docstring(member.body[0]):
            key = ("", "docstring")
        else:
            continue
        seen[key] += 1
        yield (*key, seen[key]), member


def _field(member: Statement) -> str:
    """The name that a member assigns or declares; empty for others."""
    match member:
        case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name))]):
            return name
    return assigned_name(member)


def _member_indent(read: Outline, node: cst.ClassDef) -> str:
    start = read.positions[node.body.body[0]].start
    return read.lines[start.line - 1][: start.column]


def _first_member_line(read: Outline, node: cst.ClassDef) -> int:
    return read.comment_top(read.first_line(node.body.body[0]))


def _is_ellipsis(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and any(
        isinstance(small, cst.Expr) and isinstance(small.value, cst.Ellipsis) for small in statement.body
    )
