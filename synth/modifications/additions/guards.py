"""Guards at the head of a function, `if n < 0: raise ValueError`, of which the text says nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from synth.modifications.additions.base import Addition, stated_case
from synth.modifications.recorded import Recorded, Unreadable, recorded
from synth.modifications.signature import annotation, parameters
from synth.modifications.text import uncapitalised
from synth.modifications.types import parameter_hints
from synth.schema import Problem

_Holds = Callable[[object], bool]
_RESULTS = {
    "None": "None", "[]": "an empty list", "''": "an empty string", "{}": "an empty dict", "0": "0",
    "-1": "-1", "False": "False", "0.0": "0.0", "set()": "an empty set", "()": "an empty tuple",
}  # fmt: skip
_ERRORS = frozenset({"ValueError", "TypeError", "IndexError", "KeyError", "ZeroDivisionError"})
_SIGNS: dict[tuple[type[ast.cmpop], int], tuple[str, Callable[[float], bool]]] = {
    (ast.Lt, 0): ("is negative", lambda value: value < 0),
    (ast.LtE, 0): ("is zero or negative", lambda value: value <= 0),
    (ast.Lt, 1): ("is less than 1", lambda value: value < 1),
    (ast.Eq, 0): ("is zero", lambda value: value == 0),
    (ast.Lt, 2): ("is less than 2", lambda value: value < 2),
}
_SIZED = {"list": "list", "str": "text", "dict": "dict", "tuple": "tuple", "set": "set"}
_TOLD = re.compile(
    r"\b(?:empty|negative|positive|non-negative|zero|None|invalid|less than|at least|raises?"
    r"|error|exception|natural"
    r"|missing|differ\w*|same (?:length|size)|equal (?:length|size)|otherwise|unless|if)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Guard:
    """A test of one parameter, in words and for values, and what is done where it holds."""

    param: str
    words: str
    holds: _Holds
    meant: str


def first_guard(problem: Problem) -> Addition | None:
    """What the first guard does."""
    return next((_addition(problem, guard) for guard in _guards(problem)), None)


def second_guard(problem: Problem) -> Addition | None:
    """What the second guard does."""
    return next((_addition(problem, guard) for guard in islice(_guards(problem), 1, None)), None)


def _addition(problem: Problem, guard: _Guard) -> Addition:
    other = "return None" if guard.meant.startswith("raise") else "raise ValueError"
    case = f"If `{guard.param}` {guard.words}"
    place = parameters(problem.signature).index(guard.param)

    def neutral(record: Recorded) -> bool:
        return not _shows(record, guard, place)

    return stated_case(
        case,
        guard.meant,
        other,
        neutral,
        vague=(
            f"{case}, the caller has to notice.",
            f"{case}, that should be dealt with sensibly.",
            f"{case}, react in a suitable way.",
            f"{case}, do not just go on.",
        ),
        missing=(
            f"{case}, do what our other functions do.",
            f"{case}, our rule for such input applies.",
            f"{case}, proceed as agreed.",
        ),
        asked=uncapitalised(case),
        hints=guard.meant == "return None",
    )


def _shows(record: Recorded, guard: _Guard, place: int) -> bool:
    """Whether a call meets the guard; one whose argument cannot be read may."""
    if place < record.positional:
        given = record.arguments[place]
    elif guard.param in record.keywords:
        given = record.arguments[record.positional + record.keywords.index(guard.param)]
    else:
        return guard.words == "is None"  # by default
    return isinstance(given, Unreadable) or guard.holds(given)


def _guards(problem: Problem) -> Iterator[_Guard]:
    """The guards that open the entry point, of parameters that the text does not speak of in such a case."""
    if _TOLD.search(problem.description):
        return
    function = _function(problem)
    for statement in function.body if function else ():
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if not isinstance(statement, ast.If) or statement.orelse or len(statement.body) != 1:
            return
        meant = _outcome(statement.body[0])
        found = _test(statement.test, problem)
        if meant is None or found is None:
            return
        yield _Guard(*found, meant)


def _function(problem: Problem) -> ast.FunctionDef | None:
    try:
        tree = ast.parse(problem.solution)
    except SyntaxError:
        return None
    name = problem.name.rsplit(".", 1)[-1]
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name)
    function = next(found, None)
    generator = function is not None and any(
        isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function)
    )
    return None if generator else function


def _outcome(statement: ast.stmt) -> str | None:
    match statement:
        case ast.Return(value=None):
            return "return None"
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) in _RESULTS:
            return f"return {_RESULTS[ast.unparse(value)]}"
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name)) | ast.Name(id=name)) if name in _ERRORS:
            return f"raise {name}"
    return None


def _test(test: ast.expr, problem: Problem) -> tuple[str, str, _Holds] | None:
    """The parameter, the words and the test itself; None for any that has no simple words."""
    params = parameters(problem.signature)
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=param)) if param in params:
            return (param, "is empty", lambda value: not value) if _is_sized(problem, param) else None
        case ast.Compare(left=ast.Name(id=param), ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            required = not re.search(rf"\b{param}\b[^,)]*=", problem.signature)
            return (param, "is None", lambda value: value is None) if param in params and required else None
        case ast.Compare(
            left=ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=param)]),
            ops=[ast.Eq()],
            comparators=[ast.Constant(value=0)],
        ) if param in params:
            return param, "is empty", lambda value: not value
        case ast.Compare(left=ast.Name(id=param), ops=[op], comparators=[ast.Constant(value=int(bound))]):
            known = _SIGNS.get((type(op), bound)) if param in params else None
            if known is None:
                return None
            words, holds = known
            return param, words, lambda value: not isinstance(value, int | float) or holds(value)
    return None


def _is_sized(problem: Problem, param: str) -> bool:
    hint = annotation(problem.signature, param) or parameter_hints(
        recorded(problem), parameters(problem.signature)
    ).get(param, "")
    return hint.partition("[")[0] in _SIZED
