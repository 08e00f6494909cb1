"""A problem as its request will show it: renamed, hinted or not, in a class or as a script."""

from __future__ import annotations

import ast
import re
import textwrap

from synth.modifications.recorded import recorded
from synth.modifications.signature import annotated, hints_of, parameters
from synth.modifications.text import normalise
from synth.modifications.types import parameter_hints, result_hint
from synth.requests.rename import rename, rename_in_text
from synth.requests.style import Style
from synth.schema import Case, Example, Problem

_BUILTIN_HINTS = frozenset(
    "int float str bool list dict tuple set frozenset bytes object None complex range".split()
)
_WORD = re.compile(r"[A-Za-z_][\w.]*")


def dress(problem: Problem, style: Style) -> Problem:
    """Give a problem the name, hints and surroundings of a style; its description is normalised.

    The result holds together by itself: its solution passes its tests and examples under the new name.

    Args:
        problem: as a source yields it.
        style: drawn for it.
    """
    signature = _hinted(problem, style)
    owner = style.owner if style.shape == "class" and problem.shape != "class" else ""
    called = f"{owner}.{style.name}" if owner else style.name
    old = problem.name

    def example(shown: Example) -> Example:
        return Example(call=rename(shown.call, old, called), result=shown.result)

    def case(test: Case) -> Case:
        return test.model_copy(update={"expression": rename(test.expression, old, called)})

    solution = rename(problem.solution, old, style.name)
    if owner:
        solution = _in_class(solution, style)
    if style.shape == "script" and problem.shape != "script":
        solution = _as_script(solution, style.name)
    return problem.model_copy(
        update={
            "name": style.name,
            "shape": style.shape,
            "signature": rename(signature, old, style.name),
            "description": rename_in_text(normalise(problem.description), old, style.name),
            "examples": tuple(map(example, problem.examples)),
            "tests": tuple(map(case, problem.tests)),
            "prelude": rename(_needed(problem, signature), old, style.name),
            "solution": solution,
        }
    )


def _needed(problem: Problem, signature: str) -> str:
    """The code around a request; of mere imports only those whose names the request shows."""
    try:
        statements = ast.parse(problem.prelude).body
    except SyntaxError:
        return problem.prelude
    if not all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in statements):
        return problem.prelude
    shown = " ".join([signature, problem.description, *(example.call for example in problem.examples)])
    kept = [
        ast.unparse(statement)
        for statement in statements
        if isinstance(statement, ast.Import | ast.ImportFrom)
        and any(
            re.search(
                rf"\b{(name.asname or name.name).split('.')[0]}\.|\b{name.asname or name.name}\(", shown
            )
            for name in statement.names
        )
    ]
    return "\n".join(kept) + "\n" if kept else ""


def _hinted(problem: Problem, style: Style) -> str:
    """The signature with the hints it has, those that recorded calls show, or none."""
    if "\n" in problem.signature or not problem.signature:
        return problem.signature
    if not style.hints:
        return annotated(problem.signature, {}, None)
    hints, result = hints_of(problem.signature)
    if (hints or result) and all(map(_self_contained, [*hints.values(), result or "None"])):
        return problem.signature
    records = recorded(problem)
    if not all(_is_the_call(record.example.call, problem.name) for record in records):
        return annotated(problem.signature, {}, None)
    return annotated(
        problem.signature, parameter_hints(records, parameters(problem.signature)), result_hint(records)
    )


def _is_the_call(expression: str, name: str) -> bool:
    """Whether an expression is the entry point's call and nothing around it: its value is the result."""
    try:
        node = ast.parse(expression, mode="eval").body
    except SyntaxError:
        return False
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _self_contained(hint: str) -> bool:
    return all(word in _BUILTIN_HINTS for word in _WORD.findall(hint))


def _in_class(solution: str, style: Style) -> str:
    """The solution as a static method: inside the class where the function stands alone, else beside it."""
    tree = ast.parse(solution)
    only = tree.body[0] if len(tree.body) == 1 else None
    if isinstance(only, ast.FunctionDef) and not only.decorator_list and not _recursive(only):
        body = textwrap.indent(f"@staticmethod\n{solution}", "    ")
        return f"class {style.owner}:\n{body}"
    return f"{solution.rstrip()}\n\n\nclass {style.owner}:\n    {style.name} = staticmethod({style.name})\n"


def _recursive(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Name) and node.id == function.name for node in ast.walk(function))


def _as_script(solution: str, name: str) -> str:
    imports = "" if re.search(r"^import sys$", solution, re.MULTILINE) else "import sys\n\n\n"
    if imports and re.match(r"(?:import|from) ", solution):
        imports = "import sys\n"
    return f'{imports}{solution.rstrip()}\n\n\nif __name__ == "__main__":\n    print({name}(sys.argv[1]))\n'
