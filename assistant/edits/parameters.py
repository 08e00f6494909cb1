"""Fits a generated body to the user's parameters, which a model does not always call by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from assistant.edits.render import Statement
from assistant.edits.reply_code import ASK_AGAIN
from assistant.specs.outline import Definition
from assistant.specs.stubs import decorator_names
from models.errors import UserError


@dataclass(frozen=True, slots=True)
class _Parameters:
    """A function's parameters by kind, `self` and `cls` apart."""

    receiver: str
    positional: tuple[str, ...]
    star: str
    keyword_only: tuple[str, ...]
    double_star: str

    @property
    def names(self) -> tuple[str, ...]:
        rest = [name for name in (self.star, *self.keyword_only, self.double_star) if name]
        return (*self.positional, *rest)


def fit(body: Sequence[Statement], *, written: Definition, wanted: Definition) -> list[Statement]:
    """A generated body in terms of the user's parameters.

    Parameters that the reply calls otherwise are renamed by their place. Where the user's name has another
    meaning in the body already, the reply's name is assigned from it first.

    Args:
        body: of the generated function.
        written: the generated function.
        wanted: the user's function.

    Raises:
        UserError: the body uses a parameter that the user's function does not have.
    """
    ours = _parameters(wanted)
    theirs = _parameters(written, also=ours.receiver)
    used = _variables(body)
    if theirs.receiver in used and not ours.receiver:
        raise UserError(f"the reply writes `{wanted.plain_name}` as a method of a class", do=ASK_AGAIN)
    renamed = _renaming(theirs, ours, used)
    if renamed is None:
        raise UserError(
            f"the reply's `{wanted.plain_name}` takes ({', '.join(theirs.names)}), "
            f"the file's ({', '.join(ours.names)})",
            do=ASK_AGAIN,
        )
    clashing = {old: new for old, new in renamed.items() if new in used}
    renamer = _Renamer({old: new for old, new in renamed.items() if old not in clashing})
    aliases: list[Statement] = [
        cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(old))], cst.Name(new))])
        for old, new in clashing.items()
    ]
    return [*aliases, *(_renamed(statement, renamer) for statement in body)]


def parameter_names(definition: Definition) -> tuple[str, ...]:
    """The names of a function's parameters, without `self` and `cls`."""
    return _parameters(definition).names


def _renaming(theirs: _Parameters, ours: _Parameters, used: set[str]) -> dict[str, str] | None:
    """Which of their names become which of ours; None when one has no counterpart."""
    renamed = {}
    if theirs.receiver != ours.receiver and theirs.receiver in used:
        renamed[theirs.receiver] = ours.receiver
    free = [name for name in ours.names if name not in theirs.names]
    by_place = (
        dict(zip(theirs.positional, ours.positional, strict=True))
        if len(theirs.positional) == len(ours.positional)
        else {}
    )
    by_place |= {theirs.star: ours.star, theirs.double_star: ours.double_star}
    for name in theirs.names:
        if name in ours.names or name not in used:
            continue
        ours_name = by_place.get(name, "")
        if ours_name not in free:
            return None
        renamed[name] = ours_name
    return renamed


def _parameters(definition: Definition, *, also: str = "") -> _Parameters:
    node = definition.node
    assert isinstance(node, cst.FunctionDef)
    parameters = node.params
    positional = [p.name.value for p in (*parameters.posonly_params, *parameters.params)]
    receiver = ""
    bound = definition.kind == "method" and "staticmethod" not in decorator_names(node)
    if positional and (bound or positional[0] in {"self", "cls", also}):
        receiver = positional.pop(0)
    star = parameters.star_arg
    return _Parameters(
        receiver=receiver,
        positional=tuple(positional),
        star=star.name.value if isinstance(star, cst.Param) else "",
        keyword_only=tuple(p.name.value for p in parameters.kwonly_params),
        double_star=parameters.star_kwarg.name.value if parameters.star_kwarg else "",
    )


def _renamed(statement: Statement, renamer: _Renamer) -> Statement:
    changed = statement.visit(renamer)
    assert isinstance(changed, Statement)
    return changed


def _variables(body: Sequence[Statement]) -> set[str]:
    """The names in a body that are neither attributes nor keywords of calls."""
    collector = _Variables()
    for statement in body:
        statement.visit(collector)
    return collector.names


class _Variables(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_Name(self, node: cst.Name) -> None:
        self.names.add(node.value)

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:
        node.value.visit(self)
        return False


class _Renamer(cst.CSTTransformer):
    """Renames variables; not attributes, and not the keywords of calls."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self._names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        new = self._names.get(original_node.value)
        return updated_node.with_changes(value=new) if new else updated_node

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)
