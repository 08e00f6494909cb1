"""A problem of the corpus as the other sources give theirs: `synth.schema.Problem`."""

from __future__ import annotations

import ast

from models.shown import shown
from synth.corpus.format import CODE_SHAPES, CorpusProblem, Text
from synth.schema import Case, Example, Problem
from synth.sources.docstrings.calls import without_examples

LICENCE = "Apache-2.0"


def problem_of(domain: str, problem: CorpusProblem, which: Text = "text") -> Problem:
    """The clear problem in one of its wordings.

    Args:
        domain: that it is in; the group that a split keeps together.
        problem: of the corpus.
        which: the wording.

    Returns:
        A problem whose description is, for a code shape, what its docstrings say, and else the whole request;
        either without examples.
    """
    text = problem.clear(which)
    described = _docstrings(text) if problem.shape in CODE_SHAPES else text
    return Problem(
        id=f"corpus:{domain}/{problem.id}",
        name=problem.name,
        shape=problem.shape,
        signature=_signature(problem, text),
        description=without_examples(described, problem.name) or described.strip(),
        examples=examples_of(text, problem.name),
        solution=problem.solution,
        tests=tuple(Case(expression=one.call, expected=one.want, raises=one.raises) for one in problem.cases),
        source="corpus",
        group=f"corpus:{domain}",
        licence=LICENCE,
    )


def examples_of(text: str, name: str) -> tuple[Example, ...]:
    """The examples of a request that stand alone: a call and a value."""
    found = {
        one.call: Example(call=one.call, result=one.want)
        for one in shown(text, name)
        if not one.before and not one.printed and one.raises is None
    }
    return tuple(found.values())


def _docstrings(text: str) -> str:
    """The docstrings of a request in code, from the outermost in."""
    found = [
        ast.get_docstring(node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return "\n\n".join(filter(None, found)) or text


def _signature(problem: CorpusProblem, text: str) -> str:
    """The head of the entry point as the request shows it, else as the solution has it."""
    sources = [text, problem.solution] if problem.shape in CODE_SHAPES else [problem.solution]
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == problem.name:
                return _head(node)
    return ""


def _head(node: ast.FunctionDef | ast.ClassDef) -> str:
    if isinstance(node, ast.FunctionDef):
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        return f"def {node.name}({ast.unparse(node.args)}){returns}:"
    bases = f"({', '.join(map(ast.unparse, node.bases))})" if node.bases else ""
    methods = [_head(one) for one in node.body if isinstance(one, ast.FunctionDef)]
    return "\n".join([f"class {node.name}{bases}:", *(f"    {one}\n        ..." for one in methods)])
