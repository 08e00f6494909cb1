"""What makes a function a stub that is asking to be written, told from its syntax alone."""

from __future__ import annotations

import warnings

import libcst as cst
import libcst.matchers as m

_DECLARING = frozenset({"overload", "abstractmethod", "abstractproperty", "abstractclassmethod"})
_PLACEHOLDER = m.Expr(m.Ellipsis()) | m.Pass() | m.Raise(exc=m.Name("NotImplementedError"))
_RAISES_WITH_TEXT = m.Raise(exc=m.Call(func=m.Name("NotImplementedError")))


def is_stub(function: cst.FunctionDef) -> bool:
    """Whether the body is `...`, `pass`, `raise NotImplementedError`, a docstring, or it and one of those."""
    statements = small_statements(function)
    if statements is None:
        return False
    if statements and is_docstring(statements[0]):
        statements = statements[1:]
        return not statements or (len(statements) == 1 and is_placeholder(statements[0]))
    return len(statements) == 1 and is_placeholder(statements[0])


def is_declaration(function: cst.FunctionDef) -> bool:
    """Whether a decorator says that there is nothing to write: `@overload`, `@abstractmethod`."""
    return bool(set(decorator_names(function)) & _DECLARING)


def is_overload(function: cst.FunctionDef) -> bool:
    """Whether it is one of the signatures before the function itself."""
    return "overload" in decorator_names(function)


def is_protocol(node: cst.ClassDef) -> bool:
    """Whether the class is a Protocol by its own bases, so that its methods are only declared."""
    return any(_last_name(base.value) == "Protocol" for base in node.bases)


def is_type_checking(node: cst.If) -> bool:
    """Whether this is `if TYPE_CHECKING:`, whose body never runs."""
    return _last_name(node.test) == "TYPE_CHECKING"


def is_placeholder(statement: cst.BaseSmallStatement) -> bool:
    """Whether the statement stands for code that is not there yet."""
    return m.matches(statement, _PLACEHOLDER) or m.matches(statement, _RAISES_WITH_TEXT)


def is_docstring(statement: cst.CSTNode) -> bool:
    """Whether the statement, if first in its block, is a docstring."""
    return isinstance(statement, cst.Expr) and _is_text(statement.value)


def has_docstring(node: cst.Module | cst.FunctionDef | cst.ClassDef) -> bool:
    """Whether a module, function or class opens with a docstring."""
    body = node.body if isinstance(node, cst.Module) else node.body.body
    first = body[0] if body else None
    small = first.body[0] if isinstance(first, cst.SimpleStatementLine) else first
    return small is not None and is_docstring(small)


def docstring_of(node: cst.FunctionDef | cst.ClassDef) -> str:
    """The docstring's text without its indentation; empty without one."""
    if not has_docstring(node):
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # libcst evaluates the literal, whose escapes may be odd
        return node.get_docstring() or ""


def _is_text(value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.ConcatenatedString):
        return _is_text(value.left) and _is_text(value.right)
    return isinstance(value, cst.SimpleString) and "b" not in value.prefix.lower()


def small_statements(function: cst.FunctionDef) -> list[cst.BaseSmallStatement] | None:
    """The statements of a body that holds simple ones only; None when it holds an `if` or a `def`."""
    found: list[cst.BaseSmallStatement] = []
    for statement in function.body.body:
        if isinstance(statement, cst.SimpleStatementLine):
            found.extend(statement.body)
        elif isinstance(statement, cst.BaseSmallStatement):
            found.append(statement)
        else:
            return None
    return found


def decorator_names(node: cst.FunctionDef | cst.ClassDef) -> list[str]:
    """The last name of each decorator: `abc.abstractmethod` → `abstractmethod`, `cache(10)` → `cache`."""
    return [_last_name(decorator.decorator) for decorator in node.decorators]


def _last_name(node: cst.BaseExpression) -> str:
    """The name that an expression ends in, past calls and subscripts; empty for others."""
    match node:
        case cst.Name(value=name):
            return name
        case cst.Attribute(attr=cst.Name(value=name)):
            return name
        case cst.Call(func=inner) | cst.Subscript(value=inner):
            return _last_name(inner)
    return ""
