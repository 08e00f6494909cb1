"""Puts generated code in the place of a TODO comment.

A model answers a TODO in three ways, told apart by the names that its code defines: it writes the whole
function that the TODO stands in (or above), which then gets that body; it writes the whole class, which is
merged; or it writes the lines themselves, which take the comment's place.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

import libcst as cst

from assistant.edits.bring import Brought, bring, collected, laid_out
from assistant.edits.definitions import class_merged, function_replaced, refuse_elision
from assistant.edits.imports import Change, FileNames
from assistant.edits.parameters import fit, parameter_names
from assistant.edits.render import Layout, Splice, Statement, render
from assistant.edits.reply_code import ASK_AGAIN, ReplyCode, block_of, is_demonstration, is_import, needed
from assistant.edits.stub_place import without_docstring
from assistant.specs.comments import Todo
from assistant.specs.names import assigned_name
from assistant.specs.outline import Definition, Outline
from assistant.specs.spec import Spec
from assistant.specs.stubs import is_docstring, is_placeholder
from assistant.specs.todo_request import order_of
from models.errors import UserError


def insert_todo(read: Outline, spec: Spec, reply: ReplyCode) -> Change:
    """The changes that do a TODO, and the imports to be added.

    Raises:
        UserError: the TODO is no longer there, or the reply cannot take its place.
    """
    todo = _find(read, spec)
    layout = Layout.of(read.module)
    for old in todo.inside.chain if todo.inside else []:
        if (new := _counterpart(reply, old)) is not None:
            return _whole(read, todo, old, new, reply, layout)
    below = read.of_node(todo.following)
    if below is not None and (new := _counterpart(reply, below)) is not None:
        return _whole(read, todo, below, new, reply, layout)
    return _lines(read, todo, reply, layout)


def _find(read: Outline, spec: Spec) -> Todo:
    """The TODO with the spec's words in the same function; of several, the one nearest to its line."""
    found = [todo for todo in read.todos if spec.text.endswith(order_of(todo))]
    if not found:
        raise UserError("the TODO is no longer there", where=spec.place, do="run again")
    return min(found, key=lambda todo: abs(todo.line - spec.line))


def _counterpart(reply: ReplyCode, old: Definition) -> Definition | None:
    """What the reply writes for a definition of the file; None when it does not."""
    same = [d for d in reply.outline.definitions if d.plain_name == old.plain_name]
    if isinstance(old.node, cst.ClassDef):
        return next((d for d in same if isinstance(d.node, cst.ClassDef)), None)
    return reply.find(old) if any(isinstance(d.node, cst.FunctionDef) for d in same) else None


def _whole(
    read: Outline, todo: Todo, old: Definition, new: Definition, reply: ReplyCode, layout: Layout
) -> Change:
    """With the whole function or class of the reply in the place of the file's."""
    body: list[Statement]
    if isinstance(new.node, cst.ClassDef):
        body = [s for s in new.node.body.body if isinstance(s, Statement)]
    else:
        refuse_elision(new.node)
        body = list(block_of(new.node)[0])
    brought = bring(read, reply, old, new, body)
    splices = brought.splices(read, old, layout)
    whole = brought.localised(new.node)
    if isinstance(whole, cst.ClassDef):
        splices += class_merged(read, old, whole, layout)
    elif isinstance(whole, cst.FunctionDef) and set(parameter_names(new)) > set(parameter_names(old)):
        splices += function_replaced(old, whole, layout)
    else:
        splices.append(_body_replaced(read, old, new, brought, layout))
    if not any(splice.first <= todo.line <= splice.last for splice in splices):
        splices.append(_removed(read, todo))
    return _cleaned(todo, splices), brought.imports


def _body_replaced(
    read: Outline, old: Definition, new: Definition, brought: Brought, layout: Layout
) -> Splice:
    """The function's body behind its docstring, in the user's signature."""
    assert isinstance(old.node, cst.FunctionDef)
    assert isinstance(new.node, cst.FunctionDef)
    body, footer = block_of(new.node)
    suite = old.node.body
    kept = suite.body[0]
    start = read.positions[kept].start
    if not isinstance(suite, cst.IndentedBlock):
        header = read.lines[start.line - 1][: start.column].rstrip()
        statements = fit(brought.within(body), written=new, wanted=old)
        lines = render(statements, indent=old.indent + layout.unit, layout=layout, footer=footer)
        return Splice(start.line, old.end_line, [header + layout.newline, *lines])
    documented = isinstance(kept, cst.SimpleStatementLine) and is_docstring(kept.body[0])
    taken = brought.within(without_docstring(body) if documented else body)
    statements = fit(taken, written=new, wanted=old)
    indent = read.lines[start.line - 1][: start.column]
    first = read.positions[kept].end.line + 1 if documented else read.comment_top(read.first_line(kept))
    while not read.lines[first - 1].strip():
        first += 1  # a blank line below a docstring is the user's
    return Splice(first, old.end_line, render(statements, indent=indent, layout=layout, footer=footer))


def _lines(read: Outline, todo: Todo, reply: ReplyCode, layout: Layout) -> Change:
    """With the reply's statements in the place of the comment, or of the statement that it stands behind."""
    statements = _wanted(reply, todo)
    first, last, indent = _region(read, todo, statements)
    brought = collected(reply, FileNames.of(read.module), reply.uses(*statements))
    if not _in_function(todo):
        statements = [brought.localised(statement) for statement in statements]
    statements = _without_repeats(read, statements, Splice(first, last), indent, layout)
    if not statements:
        raise UserError("the reply holds no code for the TODO", do=ASK_AGAIN)
    last = _past_dead_return(read, todo, statements, last)
    if _in_function(todo):
        statements = brought.within(statements)
    if any(isinstance(s, cst.FunctionDef | cst.ClassDef) for s in statements):
        lines = laid_out(statements, indent, layout)
    else:
        lines = render(statements, indent=indent, layout=layout)
    return _cleaned(todo, [Splice(first, last, lines)]), brought.imports


def _wanted(reply: ReplyCode, todo: Todo) -> list[Statement]:
    """The reply's statements without imports; where it defines something, without demonstrations too."""
    statements = [s for s in reply.statements if not is_import(s)]
    defined = [s for s in statements if isinstance(s, cst.FunctionDef | cst.ClassDef)]
    if _in_function(todo) or not defined:
        return statements
    helpers, _ = needed(reply, defined, set())
    return [s for s in statements if s in defined or s in helpers or not _shows(s)]


def _in_function(todo: Todo) -> bool:
    return todo.inside is not None and isinstance(todo.inside.node, cst.FunctionDef)


def _shows(statement: Statement) -> bool:
    """Whether nothing is lost with a statement that no definition needs."""
    name = assigned_name(statement)
    return is_demonstration(statement) or bool(name and not name.isupper())


def _region(read: Outline, todo: Todo, statements: Sequence[Statement]) -> tuple[int, int, str]:
    """The lines that the code takes the place of, and their indentation."""
    if todo.statement is not None:
        statement = todo.statement
        if not isinstance(statement, cst.SimpleStatementLine) and not any(
            type(s) is type(statement) for s in statements
        ):
            raise UserError("the reply does not repeat the statement that the TODO stands in", do=ASK_AGAIN)
        place = read.positions[statement]
        line = read.lines[place.start.line - 1]
        return read.first_line(statement), place.end.line, line[: len(line) - len(line.lstrip())]
    last = todo.end_line
    below = todo.following
    if isinstance(below, cst.SimpleStatementLine):
        name = assigned_name(below)
        again = bool(name) and any(assigned_name(s) == name for s in statements)
        if again or all(is_placeholder(small) for small in below.body):
            last = read.positions[below].end.line
    return todo.line, last, todo.indent


def _past_dead_return(read: Outline, todo: Todo, statements: Sequence[Statement], last: int) -> int:
    """The last line to replace: that of a placeholder `return 0` below, where the code returns by itself."""
    below = todo.following
    if not _returns(statements[-1]) or not isinstance(below, cst.SimpleStatementLine):
        return last
    place = read.positions[below]
    beside = todo.statement is None and place.start.column == len(todo.indent)
    if beside and len(below.body) == 1 and _is_placeholder_return(below.body[0]):
        return max(last, place.end.line)
    return last


def _returns(statement: Statement) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[-1], cst.Return)


def _is_placeholder_return(statement: cst.BaseSmallStatement) -> bool:
    """Whether it returns a constant that says nothing: `return`, `return None`, `return 0`, `return []`."""
    if not isinstance(statement, cst.Return):
        return False
    if statement.value is None:
        return True
    try:
        return not ast.literal_eval(cst.Module([]).code_for_node(statement.value))
    except (ValueError, SyntaxError):
        return False


def _without_repeats(
    read: Outline, statements: Sequence[Statement], place: Splice, indent: str, layout: Layout
) -> list[Statement]:
    """Without statements at either end that only repeat what stands right above or below the place."""
    above = [line.rstrip() for line in read.lines[: place.first - 1] if line.strip()]
    below = [line.rstrip() for line in read.lines[place.last :] if line.strip()]

    def lines(part: Sequence[Statement]) -> list[str]:
        return [line.rstrip() for line in render(part, indent=indent, layout=layout) if line.strip()]

    kept = list(statements)
    for count in range(len(kept), 0, -1):
        if (new := lines(kept[:count])) == above[-len(new) :]:
            kept = kept[count:]
            break
    for count in range(len(kept), 0, -1):
        if (new := lines(kept[-count:])) == below[: len(new)]:
            kept = kept[:-count]
            break
    return kept


def _removed(read: Outline, todo: Todo) -> Splice:
    """The file without the comment, for when the code that answers it stands elsewhere."""
    line = read.lines[todo.line - 1]
    before = line.rstrip().removesuffix(todo.comments[0])
    if not before.strip():
        return Splice(todo.line, todo.end_line)
    return Splice(todo.line, todo.line, [before.rstrip() + line[len(line.rstrip("\r\n")) :]])


def _cleaned(todo: Todo, splices: Sequence[Splice]) -> list[Splice]:
    """Without the TODO's own lines, which a model likes to repeat."""
    marks = set(todo.comments)
    return [Splice(s.first, s.last, [line for line in s.lines if line.strip() not in marks]) for s in splices]
