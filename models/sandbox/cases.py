"""Tests as data: a call, what is expected of it, and what came of it."""

from __future__ import annotations

import ast
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.errors import UserError
from models.sandbox.plain import NotPlain, literal

Verdict = Literal["passed", "failed", "error", "timeout", "not run"]


class Returns(BaseModel):
    """The call's value equals this one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["returns"] = "returns"
    value: str = Field(
        description="Python text: a literal as `[1, 2]`, or an expression without the solution's names, "
        "which is worked out in a sandbox of its own."
    )
    tolerance: float = Field(default=0.0, ge=0, description="Of numbers, absolute or relative; 0 is exact.")
    any_order: bool = Field(default=False, description="Whether the outermost list may be in another order.")
    tuple_is_list: bool = Field(default=False, description="Whether a tuple equals a list of its items.")


class Raises(BaseModel):
    """The call raises this exception, or one derived from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["raises"] = "raises"
    error: str = Field(description="Name of the class, with or without its module: `ValueError`.")
    contains: str = Field(default="", description="A part of its message.")


class Prints(BaseModel):
    """The call writes this to stdout; line ends and blanks at the end of lines do not count."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["prints"] = "prints"
    text: str = Field(description="The whole output.")


class Shows(BaseModel):
    """The call's value shows itself as this text, as in an interactive session; runs of blanks are one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["shows"] = "shows"
    text: str = Field(description="Its `repr`.")


Expected = Annotated[Returns | Raises | Prints | Shows, Field(discriminator="kind")]


class Case(BaseModel):
    """One test of a solution."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call: str = Field(
        default="",
        description="Statements with the solution's names; the value of the last one counts when it is an "
        "expression. Empty runs the solution as a program. The solution can read it.",
    )
    stdin: str = Field(default="", description="Standard input.")
    expected: Expected = Field(description="What is expected; the solution never sees it.")

    @classmethod
    def from_assert(cls, statement: str) -> Case:
        """A case from an assert statement, split so that the expected side stays with the judge.

        Taken are `assert call == value`, `is`, `not call`, `call` alone, and a difference below a limit:
        `assert abs(call - value) < 1e-6` and `math.isclose(call, value)`.

        Raises:
            UserError: it has another form.
        """
        try:
            body = ast.parse(statement.strip()).body
        except SyntaxError:
            body = []
        if len(body) != 1 or not isinstance(body[0], ast.Assert):
            raise UserError("not an assert statement", where=statement.strip()[:60], do="give one per case")
        found = _split(body[0].test)
        if found is None:
            raise UserError(
                "an assert of this form would leave the verdict to the code under test",
                where=statement.strip()[:60],
                do="write it as `assert call == value`",
            )
        call, expected = found
        return cls(call=ast.unparse(call), expected=expected)


def _split(test: ast.expr) -> tuple[ast.expr, Returns] | None:
    """The call and the expected value of a condition."""
    match test:
        case ast.Compare(left=call, ops=[ast.Eq() | ast.Is()], comparators=[value]):
            if _is_literal(call) and not _is_literal(value):
                call, value = value, call
            return call, Returns(value=ast.unparse(value))
        case ast.Compare(
            left=ast.Call(func=ast.Name(id="abs"), args=[ast.BinOp(left=call, op=ast.Sub(), right=value)]),
            ops=[ast.Lt() | ast.LtE()],
            comparators=[ast.Constant(value=float() | int() as limit)],
        ):
            return call, Returns(value=ast.unparse(value), tolerance=float(limit))
        case ast.Call(func=ast.Attribute(value=ast.Name(id="math"), attr="isclose"), args=[call, value]):
            return call, Returns(value=ast.unparse(value), tolerance=_tolerance(test) or 1e-9)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call() as call):
            return ast.Call(func=ast.Name(id="bool"), args=[call], keywords=[]), Returns(value="False")
        case ast.Call():
            return ast.Call(func=ast.Name(id="bool"), args=[test], keywords=[]), Returns(value="True")
    return None


def _is_literal(node: ast.expr) -> bool:
    try:
        literal(ast.unparse(node))
    except NotPlain:
        return False
    return True


def _tolerance(call: ast.Call) -> float | None:
    for keyword in call.keywords:
        if keyword.arg in {"rel_tol", "abs_tol"} and isinstance(keyword.value, ast.Constant):
            value = keyword.value.value
            return float(value) if isinstance(value, int | float) else None
    return None


class CaseResult(BaseModel):
    """What came of a case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Verdict = Field(
        description="`passed`; `failed`: another result than expected; `error`: an exception, a crash or a "
        "solution that does not load; `timeout`; `not run`."
    )
    got: str = Field(default="", description="The value, output or exception that came, as text, cut.")
    detail: str = Field(default="", description="Why it did not pass, as a clause for people.")
    seconds: float = Field(default=0.0, ge=0, description="Wall time of the call.")

    @property
    def passed(self) -> bool:
        """Whether it passed."""
        return self.verdict == "passed"
