"""Merges the code of a conversation into a file: definitions replace those of their name, or are added."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from assistant.edits.bring import Brought, collected, laid_out, statement_line
from assistant.edits.definitions import class_merged, function_replaced, is_written
from assistant.edits.imports import FileNames, future_imports, import_splices, imports_of
from assistant.edits.render import Layout, Splice, Statement, render, spliced
from assistant.edits.reply_code import ASK_AGAIN, ReplyCode, is_import, is_main_guard, needed, read_reply
from assistant.specs.names import assigned_name, flat
from assistant.specs.outline import Definition, Outline, outline
from assistant.specs.parsing import BOM
from assistant.specs.stubs import is_overload, is_stub
from models.errors import UserError

_Definition = cst.FunctionDef | cst.ClassDef


def merge(source: str, code: str) -> str:
    """Merge code into a file; see `assistant.edits.plan.merge_code`.

    Raises:
        UserError: either is not valid Python, or there is nothing to merge.
    """
    if not source.removeprefix(BOM).strip():
        return code if code.endswith("\n") or not code else f"{code}\n"
    read = outline(source)
    layout = Layout.of(read.module)
    if not read.module.body:
        return source + ("" if source.endswith("\n") else layout.newline) + layout.newline + code
    reply = read_reply(code, layout.newline)
    file = FileNames.of(read.module)
    kept = _kept(reply, read, file)
    only_imports = all(is_import(statement) for statement in reply.statements)
    names = _imported_names(reply) if only_imports else reply.uses(*kept)
    brought = collected(reply, file, names)
    if not kept and not only_imports:
        raise UserError("the code defines nothing that could be merged into the file", do=ASK_AGAIN)
    splices = _merged(read, kept, brought, layout)
    future = future_imports(reply, file) if kept else []
    mark = BOM if source.startswith(BOM) else ""
    return mark + spliced(read, [*import_splices(read, [*future, *brought.imports]), *splices])


def _imported_names(reply: ReplyCode) -> set[str]:
    return {imported.name for imported in imports_of(reply.statements)}


def _kept(reply: ReplyCode, read: Outline, file: FileNames) -> list[Statement]:
    """What is not a demonstration: definitions, what they need, constants, and what the file assigns too."""
    assigned = {name for statement in read.module.body if (name := assigned_name(statement))}
    defined = [s for s in reply.statements if _defines(s, file) and _counts(s, reply, file)]
    helpers, _ = needed(reply, defined, set())
    last = {name: s for s in reply.statements if (name := assigned_name(s))}

    def stays(statement: Statement) -> bool:
        if isinstance(statement, _Definition):
            return statement in defined
        name = assigned_name(statement)
        if name and last[name] is not statement:
            return False  # assigned again further down
        wanted = bool(name) and (name.isupper() or name in assigned)
        return wanted or statement in defined or statement in helpers

    return [statement for statement in reply.statements if stays(statement)]


def _defines(statement: Statement, file: FileNames) -> bool:
    """Whether a statement is a definition, or an `if` or `try` with one that is new to the file."""
    if isinstance(statement, cst.If | cst.Try) and not is_main_guard(statement):
        parts = [part for part in flat([statement]) if isinstance(part, _Definition)]
        return any(part.name.value not in file.bound for part in parts)
    return isinstance(statement, _Definition)


def _counts(statement: Statement, reply: ReplyCode, file: FileNames) -> bool:
    """Whether a definition is the one to take: of a repeated one the last that is written.

    Overloads come with a new function; for one of the file, the file's own stay.
    """
    if not isinstance(statement, _Definition):
        return True
    name = statement.name.value
    if isinstance(statement, cst.FunctionDef) and is_overload(statement):
        return name not in file.bound
    same = [
        s
        for s in reply.statements
        if isinstance(s, _Definition)
        and s.name.value == name
        and not (isinstance(s, cst.FunctionDef) and is_overload(s))
    ]
    return statement is max(same, key=lambda s: (is_written(s), same.index(s)))


def _merged(read: Outline, kept: Sequence[Statement], brought: Brought, layout: Layout) -> list[Splice]:
    """Replacements; what is new goes before the replaced statement that it precedes in the reply, or last."""
    splices: list[Splice] = []
    fresh: list[Statement] = []
    for statement in kept:
        old = _existing(read, statement)
        if old is None:
            fresh.append(brought.localised(statement))
            continue
        splices += _added(read, fresh, statement_line(read, read.first_line(old)), layout)
        fresh = []
        splices += _replaced(read, old, brought.localised(statement), layout)
    return splices + _added(read, fresh, _end(read), layout)


def _replaced(read: Outline, old: cst.CSTNode, new: Statement, layout: Layout) -> list[Splice]:
    definition = read.of_node(old)
    if definition is None or not isinstance(new, _Definition):
        indent = _indent(read, old)
        lines = render([new.with_changes(leading_lines=())], indent=indent, layout=layout)
        return [Splice(read.first_line(old), read.last_line(old), lines)]
    if isinstance(new, cst.ClassDef) and isinstance(old, cst.ClassDef):
        return class_merged(read, definition, new, layout)
    if isinstance(new, cst.FunctionDef) and isinstance(old, cst.FunctionDef):
        return [] if is_stub(new) and not is_stub(old) else function_replaced(definition, new, layout)
    lines = render([new.with_changes(leading_lines=())], indent=definition.indent, layout=layout)
    return [Splice(definition.first_line, definition.end_line, lines)]


def _existing(read: Outline, statement: Statement) -> cst.CSTNode | None:
    """What the file has under the name of a statement; of several the last, and one in an `if` last."""
    if isinstance(statement, _Definition):
        same: list[Definition] = [
            d
            for d in read.definitions
            if d.parent is None and d.plain_name == statement.name.value and "@" not in d.name
        ]
        return max(same, key=lambda d: (not d.indent, d.line)).node if same else None
    name = assigned_name(statement)
    found = [s for s in read.module.body if name and assigned_name(s) == name]
    return found[-1] if found else None


def _added(read: Outline, statements: Sequence[Statement], line: int, layout: Layout) -> list[Splice]:
    """New statements before a line of the module."""
    if not statements:
        return []
    above = line > 1 and bool(read.lines[line - 2].strip())
    before = layout.blank(2) if above else layout.blank(0 if line <= len(read.lines) else 1)
    after = layout.blank(2) if line <= len(read.lines) else []
    return [Splice(line, line - 1, [*before, *laid_out(statements, "", layout), *after])]


def _end(read: Outline) -> int:
    """Where to append: before the `__main__` part, if there is one."""
    last = read.module.body[-1]
    if is_main_guard(last):
        return read.comment_top(read.positions[last].start.line)
    return len(read.lines) + 1


def _indent(read: Outline, statement: cst.CSTNode) -> str:
    start = read.positions[statement].start
    return read.lines[start.line - 1][: start.column]
