"""Rows of APPS (Hendrycks et al. 2021): a statement, solutions, and inputs with outputs."""

from __future__ import annotations

import ast
import json
import re
import typing
from collections.abc import Mapping
from typing import Any

from synth.schema import Case, Example, Problem
from synth.sources.base import Skipped
from synth.sources.code.closure import SelfContained, gather_from_text
from synth.sources.code.pieces import NotSelfContained
from synth.sources.drafts import Draft

LICENCE = "MIT"  # as the data set's authors state it
MOST_SOLUTIONS, MOST_TESTS, EXAMPLES = 4, 8, 2
LONGEST_STATEMENT, LONGEST_SOLUTION = 4_000, 6_000  # characters
LONGEST_TEXT = 2_000  # characters of an input or output
LONGEST_SHOWN = 300

# What its judges import for every solution, whether it says so or not.
_USUAL_MODULES = (
    "bisect",
    "collections",
    "functools",
    "heapq",
    "itertools",
    "math",
    "random",
    "re",
    "string",
)
_EXAMPLE_HEADING = re.compile(r"^-{2,}\s*(?:sample|example)s?.*$", re.IGNORECASE | re.MULTILINE)
_NOTE_HEADING = re.compile(r"^-{2,}\s*(?:note|explanation)s?\b.*$", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(r"^-{2,}\s*(?P<name>[^-\n]+?)\s*-{2,}[ \t]*$\n*", re.MULTILINE)
Row = Mapping[str, Any]


def apps_draft(place: str, source: str, row: Row) -> Draft | Skipped:
    """A row as a draft.

    Args:
        place: where it stands, for what is skipped; its own number takes the place of it.
        source: for the problem's `source`, and the start of its id.
        row: `question`, `solutions`, `input_output`, `starter_code`; the middle two as JSON text or as data.
    """
    number = row.get("problem_id", row.get("id"))
    id_ = place if number is None else f"{source}:{number}"
    try:
        question = str(row["question"]).replace("\r\n", "\n").strip()
        solutions = _decoded(row.get("solutions")) or []
        tests = _decoded(row.get("input_output")) or {}
        inputs, outputs = list(tests.get("inputs", ())), list(tests.get("outputs", ()))
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        return Skipped(id_, "unreadable", f"its fields are not those of APPS: {error}")
    if not solutions:
        return Skipped(id_, "no solution")
    if len(question) > LONGEST_STATEMENT:
        return Skipped(id_, "too long", f"its statement has {len(question)} characters")
    usable = [str(one).replace("\r\n", "\n") for one in solutions if len(str(one)) <= LONGEST_SOLUTION]
    usable = sorted((one for one in usable if _is_python(one)), key=len)[:MOST_SOLUTIONS]
    if not usable:
        return Skipped(id_, "fails", "no solution is Python 3 of a moderate length")
    pairs = list(zip(inputs, outputs, strict=False))
    if name := tests.get("fn_name"):
        return _function(id_, source, question, str(name), usable, pairs)
    return _script(id_, source, question, usable, pairs)


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value.strip() else value


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def statement(question: str) -> str:
    """A statement without its samples and the notes on them; its headings as plain words."""
    parts = _EXAMPLE_HEADING.split(question, maxsplit=1)
    text = parts[0]
    if len(parts) == 2:
        # A section behind the samples, other than their Input and Output, belongs to the statement.
        later = [match for match in _HEADING.finditer(parts[1]) if not _is_sample(match["name"])]
        text += parts[1][later[0].start() :] if later else ""
    text = _NOTE_HEADING.split(text, maxsplit=1)[0]
    text = _HEADING.sub(lambda match: f"{match['name']}:\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _is_sample(heading: str) -> bool:
    return (
        re.match(r"(?:sample|example|input|output|note|explanation)", heading.strip(), re.IGNORECASE)
        is not None
    )


# --- programs -----------------------------------------------------------------------------------------------


def _script(
    id_: str, source: str, question: str, solutions: list[str], pairs: list[tuple[Any, Any]]
) -> Draft | Skipped:
    texts = [(_text(given), _text(wanted)) for given, wanted in pairs]
    usable = [
        (one, other) for one, other in texts if one.strip() and max(len(one), len(other)) <= LONGEST_TEXT
    ]
    usable = list(dict(usable[:MOST_TESTS]).items())
    if not usable:
        return Skipped(id_, "no tests")
    short = [pair for pair in usable if max(map(len, pair)) <= LONGEST_SHOWN][:EXAMPLES]
    problem = Problem(
        id=id_,
        name="main",
        shape="script",
        signature="",
        description=statement(question) or question,
        examples=tuple(Example(call=given, result=wanted) for given, wanted in short),
        solution=solutions[0],
        tests=tuple(
            Case(expression=given, expected=wanted)
            for given, wanted in usable
            if (given, wanted) not in short
        ),
        source=source,
        group=id_,
        licence=LICENCE,
    )
    return Draft(problem, others=tuple(solutions[1:]))


def _text(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


# --- functions ----------------------------------------------------------------------------------------------


def _function(
    id_: str, source: str, question: str, name: str, solutions: list[str], pairs: list[tuple[Any, Any]]
) -> Draft | Skipped:
    found: list[SelfContained] = []
    why = ""
    for solution in solutions:
        try:
            found.append(gather_from_text(as_function(solution, name), name))
        except NotSelfContained as error:
            why = str(error)
    if not found:
        return Skipped(id_, "not self-contained", why)
    cases = [
        Case(expression=f"{name}({', '.join(map(repr, given))})", expected=repr(wanted))
        for given, wanted in pairs
        if isinstance(given, list)
    ]
    cases = [one for one in cases if max(len(one.expression), len(one.expected)) <= LONGEST_TEXT][:MOST_TESTS]
    if not cases:
        return Skipped(id_, "no tests")
    short = [one for one in cases if max(len(one.expression), len(one.expected)) <= LONGEST_SHOWN][:EXAMPLES]
    problem = Problem(
        id=id_,
        name=name,
        signature=found[0].signature,
        description=statement(question) or question,
        examples=tuple(Example(call=one.expression, result=one.expected) for one in short),
        prelude=found[0].prelude,
        solution=found[0].solution,
        tests=tuple(one for one in cases if one not in short),
        source=source,
        group=id_,
        licence=LICENCE,
    )
    same = [one.solution for one in found[1:] if one.signature == found[0].signature]
    return Draft(problem, others=tuple(same), loose=True)


def as_function(solution: str, name: str) -> str:
    """Code in which a method of `class Solution` is a function, and what judges import is imported.

    Args:
        solution: Python source.
        name: of the method or function.
    """
    tree = ast.parse(solution)
    holder = next(
        (one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == "Solution"), None
    )
    if holder is not None:
        solution = _out_of_class(tree, holder, name)
    return "\n".join([*_usual_imports(solution), solution])


def _out_of_class(tree: ast.Module, holder: ast.ClassDef, name: str) -> str:
    methods = [one for one in holder.body if isinstance(one, ast.FunctionDef)]
    method = next((one for one in methods if one.name == name), None)
    if method is None or not method.args.args:
        raise NotSelfContained(f"its class has no method `{name}`")
    me = method.args.args[0].arg
    uses_self = any(isinstance(node, ast.Name) and node.id == me for node in ast.walk(method))
    if len(holder.body) == 1 and not uses_self and not method.decorator_list:
        method.args.args = method.args.args[1:]
        tree.body[tree.body.index(holder)] = method
        return ast.unparse(tree)
    arguments = ast.unparse(ast.arguments([], method.args.args[1:], None, [], [], None, method.args.defaults))
    passed = ", ".join(one.arg for one in method.args.args[1:])
    returns = f" -> {ast.unparse(method.returns)}" if method.returns else ""
    wrapper = f"def {name}({arguments}){returns}:\n    return Solution().{name}({passed})\n"
    return f"{ast.unparse(tree)}\n\n\n{wrapper}"


def _usual_imports(solution: str) -> list[str]:
    """Imports of what is used and nowhere bound."""
    tree = ast.parse(solution)
    bound = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {(one.asname or one.name).partition(".")[0] for one in node.names}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - bound
    lines = [f"import {module}" for module in _USUAL_MODULES if module in used]
    types = sorted(used & set(typing.__all__))
    return [*lines, *([f"from typing import {', '.join(types)}"] if types else [])]
