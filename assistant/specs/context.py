"""What stands around a spec, as a skeleton of its file that fits a budget of characters.

Taken in this order until the budget is spent, within a tier the nearest lines first:
imports; the classes around the spec with docstring, fields and `__init__`, or the function around it; the
other methods of its class; module constants; the other functions and classes; their methods. Functions are
shown as their signature and the first line of their docstring. A piece that does not fit is given in its
short form or left out whole, never cut; what was taken is put in the order of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from assistant.specs.names import flat
from assistant.specs.outline import Definition, Outline
from assistant.specs.stubs import docstring_of

BUDGET_CHARACTERS = 3000
"""About 800 tokens: prefill time is what a user waits for, and small models lose sight of more."""

_LONGEST_VALUE = 160
_LONGEST_DOCSTRING = 600
_LONGEST_SOURCE = 1500

_SEPARATOR = 2  # characters of the line ends that may go before a piece
_EMPTY_BODY = 4

_IMPORTS, _AROUND, _SIBLINGS, _CONSTANTS, _NEIGHBOURS, _THEIR_METHODS = range(6)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A candidate.

    Args:
        line: where it stands, 1-based.
        tier: the order of taking.
        full: its text.
        short: what is left of it when that does not fit.
        header: the class it stands in, without which it makes no sense.
        opens: whether it is a class header that needs something below it.
    """

    line: int
    tier: int
    full: str
    short: str
    header: _Piece | None = None
    opens: bool = False

    @property
    def depth(self) -> int:
        """How many classes it stands in; a header is taken before what is below it."""
        return self.header.depth + 1 if self.header else 0


def context_of(
    outline: Outline,
    line: int,
    *,
    around: Definition | None,
    shown: Definition | None = None,
    budget: int = BUDGET_CHARACTERS,
) -> str:
    """The skeleton around one spec.

    Args:
        outline: of the whole file.
        line: where the spec stands, 1-based; nearness is counted from here.
        around: the innermost function or class that the spec stands in.
        shown: what the spec's own text holds already, and is left out here.
        budget: most characters.

    Returns:
        Dedented Python with line feeds at the line ends; empty when nothing stands around it.
    """
    chain = around.chain if around else []
    pieces = list(_pieces(outline, chain, shown))
    taken: dict[int, str] = {}
    left = budget
    for piece in sorted(pieces, key=lambda p: (p.tier, p.depth, abs(p.line - line))):
        if piece.header is not None and id(piece.header) not in taken:
            continue
        for text in (piece.full, piece.short):
            cost = len(text) + (_SEPARATOR + _EMPTY_BODY if piece.opens else _SEPARATOR)
            if text and cost <= left:
                taken[id(piece)] = text
                left -= cost
                break
    return _join([p for p in pieces if id(p) in taken], taken)


def _join(pieces: list[_Piece], taken: dict[int, str]) -> str:
    """In the order of the file; a class that nothing was taken of gets a body."""
    filled = {id(piece.header) for piece in pieces}
    parts: list[str] = []
    before: _Piece | None = None
    for piece in sorted(pieces, key=lambda p: p.line):
        text = taken[id(piece)]
        if piece.opens and id(piece) not in filled and text.endswith(":"):
            text += " ..."
        if before is not None and (before.tier, piece.tier) not in {
            (_IMPORTS, _IMPORTS),
            (_CONSTANTS, _CONSTANTS),
        }:
            parts.append("")
        parts.append(text)
        before = piece
    return "\n".join(parts)


def _pieces(outline: Outline, chain: list[Definition], shown: Definition | None) -> Iterator[_Piece]:
    yield from _statements(outline)
    own = {id(definition) for definition in chain}
    headers: dict[int, _Piece] = {}
    for definition in outline.definitions:
        parent = definition.parent
        header = headers.get(id(parent)) if parent else None
        if definition is shown or (parent is not None and header is None):
            continue
        if isinstance(definition.node, cst.ClassDef):
            tier = _AROUND if id(definition) in own else _NEIGHBOURS
            headers[id(definition)] = piece = _class(outline, definition, tier, header)
            yield piece
        elif id(definition) in own:
            yield _enclosing_function(outline, definition, header)
        else:
            yield _function(outline, definition, _tier(definition, chain), header)


def _tier(definition: Definition, chain: list[Definition]) -> int:
    if definition.parent is None:
        return _NEIGHBOURS
    if definition.parent not in chain:
        return _THEIR_METHODS
    return _AROUND if definition.plain_name == "__init__" else _SIBLINGS


def _statements(outline: Outline) -> Iterator[_Piece]:
    """Imports and constants of the module, also those within `if` and `try`."""
    for statement in flat(outline.module.body):
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        first = statement.body[0]
        line = outline.positions[statement].start.line
        if isinstance(first, cst.Import | cst.ImportFrom):
            yield _Piece(line, _IMPORTS, _code(outline, statement), "")
        elif short := _constant(first):
            text = _code(outline, statement)
            yield _Piece(line, _CONSTANTS, text if len(text) <= _LONGEST_VALUE else short, short)


def _constant(statement: cst.BaseSmallStatement) -> str:
    """`NAME = ...` for an assignment to a name; empty for anything else."""
    match statement:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]) if name != "__all__":
            return f"{name} = ..."
        case cst.AnnAssign(target=cst.Name(value=name)):
            return f"{name} = ..."
        case cst.TypeAlias(name=cst.Name(value=name)):
            return f"type {name} = ..."
    return ""


def _class(outline: Outline, definition: Definition, tier: int, header: _Piece | None) -> _Piece:
    node = definition.node
    assert isinstance(node, cst.ClassDef)
    opening = _header(outline, node)
    around = tier == _AROUND
    inner = [f"    {line}".rstrip() for line in _docstring(node, whole=around)]
    fields = []
    for statement in node.body.body:
        if isinstance(statement, cst.SimpleStatementLine) and (short := _constant(statement.body[0])):
            text = _code(outline, statement)
            fields.append(f"    {text if len(text) <= _LONGEST_VALUE else short}")
    brief = [f"    {line}" for line in _docstring(node, whole=False)]
    depth = len(definition.chain) - 1
    return _Piece(
        line=definition.first_line,
        tier=tier,
        full=_indented([opening, *inner, *fields], depth),
        short=_indented([opening, *brief], depth),
        header=header,
        opens=True,
    )


def _function(outline: Outline, definition: Definition, tier: int, header: _Piece | None) -> _Piece:
    node = definition.node
    depth = len(definition.chain) - 1
    opening = _header(outline, node)
    brief = f"{opening} ..."
    docstring = _docstring(node, whole=False)
    full = [opening, *(f"    {line}" for line in docstring)] if docstring else [brief]
    if tier == _AROUND:  # __init__ says what the instance holds
        source = source_of(outline, definition)
        full = source.split("\n") if len(source) <= _LONGEST_SOURCE else full
    return _Piece(definition.first_line, tier, _indented(full, depth), _indented([brief], depth), header)


def _enclosing_function(outline: Outline, definition: Definition, header: _Piece | None) -> _Piece:
    depth = len(definition.chain) - 1
    source = source_of(outline, definition).split("\n")
    brief = [f"{_header(outline, definition.node)} ..."]
    return _Piece(
        line=definition.first_line,
        tier=_AROUND,
        full=_indented(source if len("\n".join(source)) <= _LONGEST_SOURCE else brief, depth),
        short=_indented(brief, depth),
        header=header,
    )


def source_of(outline: Outline, definition: Definition, *, comments: bool = False) -> str:
    """A definition's own lines, dedented, with line feeds at their ends.

    Args:
        outline: of the file.
        definition: which one.
        comments: whether to begin with the comment lines right above it.
    """
    first = outline.comment_top(definition.first_line) if comments else definition.first_line
    return dedented(outline, first, definition.end_line, definition.indent)


def dedented(outline: Outline, first: int, last: int, indent: str) -> str:
    """Lines first to last (1-based, both included) without an indentation, their ends line feeds."""
    lines = [line.rstrip("\r\n").removeprefix(indent) for line in outline.lines[first - 1 : last]]
    return "\n".join(lines)


def _header(outline: Outline, node: cst.FunctionDef | cst.ClassDef) -> str:
    """Decorators and signature up to the colon."""
    empty = cst.SimpleStatementSuite(
        body=[cst.Expr(cst.Ellipsis())],
        leading_whitespace=cst.SimpleWhitespace(" "),
        trailing_whitespace=cst.TrailingWhitespace(newline=cst.Newline("\n")),
    )
    bare = node.with_changes(leading_lines=(), lines_after_decorators=(), body=empty)
    return _code(outline, bare).removesuffix("...").rstrip()


def _docstring(node: cst.FunctionDef | cst.ClassDef, *, whole: bool) -> list[str]:
    """The docstring's lines as they would be written, at no indentation; only its first line unless whole."""
    text = docstring_of(node).strip()
    if not text:
        return []
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    if not whole or "\n" not in text or len(text) > _LONGEST_DOCSTRING:
        return [f'"""{text.splitlines()[0].strip()}"""']
    return [*f'"""{text}'.split("\n"), '"""']


def _code(outline: Outline, node: cst.CSTNode) -> str:
    """The node as written, without blank or comment lines before it and without its line end."""
    bare = node.with_changes(leading_lines=()) if hasattr(node, "leading_lines") else node
    return outline.module.code_for_node(bare).replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def _indented(lines: list[str], depth: int) -> str:
    return "\n".join(f"{'    ' * depth}{line}".rstrip() for line in "\n".join(lines).split("\n"))
