"""The statements that run when a module is imported, and the names that they bind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import libcst as cst


def flat(body: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """The statements of a block and of the blocks in it, such as those of `if` and `try`.

    What is within functions and classes is not theirs and left out.
    """
    for statement in body:
        yield statement
        for block in blocks(statement):
            yield from flat(block)


def blocks(statement: cst.CSTNode) -> list[Sequence[cst.CSTNode]]:
    """The blocks of a compound statement that share its scope."""
    match statement:
        case cst.If() | cst.For() | cst.While():
            return [statement.body.body, *_alternative(statement.orelse)]
        case cst.Try() | cst.TryStar():
            handlers = [handler.body.body for handler in statement.handlers]
            return [
                statement.body.body,
                *handlers,
                *_alternative(statement.orelse),
                *_alternative(statement.finalbody),
            ]
        case cst.With():
            return [statement.body.body]
        case cst.Match():
            return [case.body.body for case in statement.cases]
    return []


def _alternative(node: cst.If | cst.Else | cst.Finally | None) -> list[Sequence[cst.CSTNode]]:
    if isinstance(node, cst.If):  # an `elif` is an If in the place of the Else
        return [node.body.body, *_alternative(node.orelse)]
    return [node.body.body] if node is not None else []


def bound_names(statement: cst.CSTNode) -> set[str]:
    """The names that one statement binds, by definition, import or assignment, in itself and its blocks."""
    names: set[str] = set()
    for part in flat([statement]):
        if isinstance(part, cst.FunctionDef | cst.ClassDef):
            names.add(part.name.value)
        elif isinstance(part, cst.SimpleStatementLine):
            for small in part.body:
                names |= _of_small(small)
        elif isinstance(part, cst.For):
            names |= _targets([part.target])
        elif isinstance(part, cst.With):
            names |= _targets(item.asname.name for item in part.items if item.asname)
    return names


def assigned_name(statement: cst.CSTNode) -> str:
    """The one plain name that a statement assigns a value to; empty for any other statement."""
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        match statement.body[0]:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
                return name
            case cst.AnnAssign(target=cst.Name(value=name), value=cst.BaseExpression()):
                return name
    return ""


def import_names(node: cst.Import | cst.ImportFrom) -> list[tuple[str, cst.ImportAlias]]:
    """The name that each part of an import binds; none for `from x import *`."""
    if isinstance(node.names, cst.ImportStar):
        return []
    found = []
    for alias in node.names:
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            found.append((alias.asname.name.value, alias))
        else:
            found.append((alias.evaluated_name.split(".")[0], alias))
    return found


def _of_small(statement: cst.BaseSmallStatement) -> set[str]:
    match statement:
        case cst.Import() | cst.ImportFrom():
            return {name for name, _ in import_names(statement)}
        case cst.Assign():
            return _targets(target.target for target in statement.targets)
        case cst.AnnAssign(value=cst.BaseExpression()):
            return _targets([statement.target])
        case cst.TypeAlias():
            return {statement.name.value}
    return set()


def _targets(targets: Iterable[cst.CSTNode]) -> set[str]:
    names: set[str] = set()
    for target in targets:
        match target:
            case cst.Name(value=name):
                names.add(name)
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                names |= _targets(element.value for element in elements)
    return names
