"""Empty and broken-off texts, and replies that do not keep to the form that their type asks for."""

from __future__ import annotations

import ast
import re

from models.reply import CodeBlock, Prose, QuestionList, parse
from synth.gate.reason import Reason
from synth.schema import Problem, Sample

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_BROKEN_OFF = re.compile(r"(?:\.\.\.|…|[,;:(\[{]|\b(?:and|or|the|a|an|of|to|with|for))$")


def truncated(sample: Sample, source: Problem) -> Reason | None:
    """The request or the reply is empty, stops in the middle, or is a reply of the wrong form."""
    if not sample.problem.strip():
        return Reason("empty", "there is no request")
    if not sample.answer.strip():
        return Reason("empty", "there is no reply")
    if cut := _cut(sample.problem):
        return Reason("truncated", f"the request {cut}")
    match parse(sample.answer):
        case Prose():
            return Reason("form", "the reply is neither a list of questions nor a block of code")
        case QuestionList(questions):
            if not sample.unclear:
                return Reason("form", "the request is clear, and the reply asks")
            if len(questions) < len(sample.questions):
                return Reason("truncated", "the reply holds fewer questions than were made")
            if any(_BROKEN_OFF.search(question.text) for question in questions):
                return Reason("truncated", "a question stops in the middle")
            return None
        case CodeBlock(code, closed=closed):
            if sample.unclear:
                return Reason("form", "the request is unclear, and the reply is code")
            return _bad_code(code, closed, source)


def _cut(request: str) -> str | None:
    if len(_FENCE.findall(request)) % 2:
        return "opens a block of code and does not close it"
    if request.count('"""') % 2:
        return "opens a docstring and does not close it"
    return None


def _bad_code(code: str, closed: bool, source: Problem) -> Reason | None:
    if not closed:
        return Reason("truncated", "the block of code is not closed")
    if not code.strip():
        return Reason("empty", "the block of code is empty")
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError) as error:
        return Reason("truncated", f"the code is not Python: {error}")
    if source.shape != "script" and not any(_defines(node) for node in tree.body):
        return Reason("empty", "the code defines nothing")
    return None


def _defines(node: ast.stmt) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    return isinstance(node, kinds)
