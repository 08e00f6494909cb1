"""Reads and changes the one-line signature of a function: parameters, annotations."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache


@lru_cache(maxsize=512)
def _parsed(signature: str) -> ast.FunctionDef | None:
    if "\n" in signature or not signature.lstrip().startswith("def "):
        return None
    try:
        node = ast.parse(signature.strip().rstrip(":") + ": ...").body[0]
    except SyntaxError:
        return None
    return node if isinstance(node, ast.FunctionDef) else None


def _arguments(node: ast.FunctionDef) -> list[ast.arg]:
    given = node.args
    return [*given.posonlyargs, *given.args, *([given.vararg] if given.vararg else []), *given.kwonlyargs,
            *([given.kwarg] if given.kwarg else [])]  # fmt: skip


def parameters(signature: str) -> tuple[str, ...]:
    """Names of the parameters in their order; nothing for a class or a script."""
    node = _parsed(signature)
    return tuple(argument.arg for argument in _arguments(node)) if node else ()


def annotation(signature: str, param: str | None = None) -> str | None:
    """The annotation of a parameter, or of the result."""
    node = _parsed(signature)
    if node is None:
        return None
    if param is None:
        return ast.unparse(node.returns) if node.returns else None
    return next(
        (ast.unparse(a.annotation) for a in _arguments(node) if a.arg == param and a.annotation is not None),
        None,
    )


def annotated(signature: str, hints: dict[str, str], result: str | None) -> str:
    """The signature with exactly these annotations.

    Args:
        signature: `def f(a, b=1):`; returned as it is when it is no function's.
        hints: annotation by parameter.
        result: annotation of the result.
    """
    if _parsed(signature) is None:
        return signature
    node = ast.parse(signature.strip().rstrip(":") + ": ...").body[0]
    assert isinstance(node, ast.FunctionDef)
    shown = [_shown(argument, default, hints) for argument, default in _with_defaults(node)]
    ending = f" -> {result}" if result else ""
    return f"def {node.name}({', '.join(shown)}){ending}:"


def _with_defaults(node: ast.FunctionDef) -> Iterator[tuple[ast.arg | str, ast.expr | None]]:
    """The parameters with their defaults, and the marks `/`, `*` between them."""
    given = node.args
    plain = [*given.posonlyargs, *given.args]
    missing: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
    for place, (argument, default) in enumerate(zip(plain, [*missing, *given.defaults], strict=True), 1):
        yield argument, default
        if place == len(given.posonlyargs):
            yield "/", None
    if given.vararg:
        yield ast.arg(arg=f"*{given.vararg.arg}"), None
    elif given.kwonlyargs:
        yield "*", None
    yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)
    if given.kwarg:
        yield ast.arg(arg=f"**{given.kwarg.arg}"), None


def _shown(argument: ast.arg | str, default: ast.expr | None, hints: dict[str, str]) -> str:
    if isinstance(argument, str):
        return argument
    hint = hints.get(argument.arg.lstrip("*"))
    value = "" if default is None else ast.unparse(default)
    if not hint:
        return argument.arg + (f"={value}" if value else "")
    if value == "None" and "None" not in hint:
        hint = f"{hint} | None"
    return f"{argument.arg}: {hint}" + (f" = {value}" if value else "")


def hints_of(signature: str) -> tuple[dict[str, str], str | None]:
    """All annotations of a signature: by parameter, and the result's."""
    hints = {param: hint for param in parameters(signature) if (hint := annotation(signature, param))}
    return hints, annotation(signature)
