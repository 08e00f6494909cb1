"""Puts a generated function's body in the place of a stub, with the helpers and imports that it needs."""

from __future__ import annotations

import libcst as cst

from assistant.edits.bring import Brought, bring
from assistant.edits.imports import Change, import_splices
from assistant.edits.parameters import fit
from assistant.edits.render import Layout, Splice, render, spliced
from assistant.edits.reply_code import ASK_AGAIN, ReplyCode, block_of, read_reply
from assistant.edits.stub_place import StubPlace, without_docstring
from assistant.specs.outline import Definition, Outline, outline
from assistant.specs.parsing import BOM
from assistant.specs.spec import Spec
from models.errors import UserError

ASSUMPTION = "# Assumption:"


def insert(source: str, spec: Spec, code: str) -> str:
    """Put generated code in the place of a spec; see `assistant.edits.plan.insert_spec`.

    Raises:
        UserError: the code or the source does not fit the spec.
    """
    where = str(spec.file) if spec.file else ""
    read = outline(source, where=where)
    reply = read_reply(code, Layout.of(read.module).newline)
    if spec.kind == "todo":
        from assistant.edits.insert_todo import insert_todo

        splices, imports = insert_todo(read, spec, reply)
    elif spec.kind == "text":
        raise UserError("a request in words has no place in a file", where=where, do="give --output FILE")
    else:
        splices, imports = fill_stub(read, _stub(read, spec), reply)
    mark = BOM if source.startswith(BOM) else ""
    return mark + spliced(read, [*import_splices(read, imports), *splices])


def _stub(read: Outline, spec: Spec) -> Definition:
    definition = read.named(spec.name)
    if definition is None or definition.kind == "class":
        raise UserError(f"`{spec.name}` is no longer there", where=str(spec.file or ""), do="run again")
    if not definition.stub:
        raise UserError(f"`{spec.name}` is no longer a stub", where=spec.place, do="run again")
    return definition


def fill_stub(read: Outline, stub: Definition, reply: ReplyCode) -> Change:
    """The changes that fill a stub, and the imports to be added.

    Raises:
        UserError: the reply does not define the function, or its parameters do not fit.
    """
    written = reply.find(stub)
    layout = Layout.of(read.module)
    assert isinstance(written.node, cst.FunctionDef)
    place = StubPlace(read, stub, layout)
    body, footer = block_of(written.node)
    body = without_docstring(body) if place.docstring else list(body)
    if not body:
        raise UserError(f"the reply leaves `{stub.plain_name}` unwritten", do=ASK_AGAIN)
    brought = bring(read, reply, stub, written, body)
    body = fit(brought.within(body), written=written, wanted=stub)
    todos = read.stub_todos.get(stub.name, ())
    done = {comment for todo in todos for comment in todo.comments}
    lines = [
        *(f"{place.indent}{comment}{layout.newline}" for comment in _assumptions(reply, written, brought)),
        *render([*body], indent=place.indent, layout=layout, footer=footer, drop_comments=done),
    ]
    splices = [*place.filled(lines), *brought.splices(read, stub, layout)]
    for todo in todos:
        if todo.statement is None and not place.covers(todo.line):
            splices.append(Splice(todo.line, todo.end_line))
        elif todo.statement is not None and not place.covers(todo.line):
            splices.append(place.without_comment(todo.line, todo.comments[0]))
    return splices, brought.imports


def _assumptions(reply: ReplyCode, written: Definition, brought: Brought) -> list[str]:
    """The assumptions stated outside of the body and of the helpers; those come with what they stand in."""
    outside = [*reply.outline.module.header]
    for node in (*reply.statements, *(definition.node for definition in written.chain)):
        outside += node.leading_lines
    along = {
        _comment(line) for helper in (*brought.helpers, *brought.members) for line in helper.leading_lines
    }
    lines = dict.fromkeys(map(_comment, outside))
    return [line for line in lines if line.startswith(ASSUMPTION) and line not in along]


def _comment(line: cst.EmptyLine) -> str:
    return line.comment.value if line.comment is not None else ""
