"""`humaneval:FILE`, `mbpp:FILE` and `jsonl:FILE`: rows of functions with tests, and problems of our own form.

The formats are those of two well-known benchmarks; their own files are not meant to become training data, and
are kept out of it elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.errors import UserError
from models.faults import first_fault
from models.files import json_lines
from synth.schema import Case, Example, Problem
from synth.sources.base import Skipped, SourceOptions
from synth.sources.code.closure import SelfContained, gather_from_text
from synth.sources.code.licences import UNSTATED
from synth.sources.code.pieces import NotSelfContained
from synth.sources.docstrings.calls import arrows_of, calls_of, without_arrows, without_examples
from synth.sources.drafts import Draft, verified
from synth.sources.recording.recorder import Recorder

MOST_TESTS = 12
Row = Mapping[str, Any]


def rows_of(path: Path) -> Iterator[tuple[int, Row | None]]:
    """The rows of a JSON-lines file with their line numbers; None for a line that is none.

    Raises:
        UserError: the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as file:
            yield from json_lines(file)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot be read: {error}", where=str(path)) from error


class JsonlRows:
    """Problems from a JSON-lines file; the form of each row is told from its fields.

    Args:
        argument: the file.
        options: where recordings are kept, and so on.
    """

    kind = "jsonl"

    def __init__(self, argument: str, options: SourceOptions) -> None:
        self.name = f"{self.kind}:{argument}"
        self.skipped: list[Skipped] = []
        self._path = Path(argument).expanduser()
        self._recorder = Recorder(options)
        if not self._path.is_file():
            raise UserError("there is no such file", where=argument)

    @classmethod
    def open(cls, argument: str, options: SourceOptions) -> JsonlRows:
        """The source for `jsonl:FILE`."""
        return cls(argument, options)

    def problems(self) -> Iterator[Problem]:
        """The problems whose solution passes its tests."""
        self.skipped = []
        return verified(self._drafts(), self._recorder, self.skipped)

    def _drafts(self) -> Iterator[Draft | Skipped]:
        seen: set[str] = set()
        for number, row in rows_of(self._path):
            place = f"{self.kind}:{self._path.stem}:{number}"
            if row is None:
                yield Skipped(place, "unreadable", "the line is no JSON object")
                continue
            draft = self._draft(place, row)
            key = draft.problem.id if isinstance(draft, Draft) else draft.id
            if key in seen:
                yield Skipped(key, "duplicate", "a row before has this id")
                continue
            seen.add(key)
            yield draft

    def _draft(self, place: str, row: Row) -> Draft | Skipped:
        if "canonical_solution" in row or "entry_point" in row:
            return humaneval_draft(place, self.kind, row)
        if "test_list" in row:
            return mbpp_draft(place, self.kind, row)
        if "input_output" in row:
            from synth.sources.apps_rows import apps_draft

            return apps_draft(place, self.name, row)
        try:
            return Draft(Problem.model_validate(row))
        except ValidationError as error:
            return Skipped(place, "unreadable", str(first_fault(error)))


class HumanEvalRows(JsonlRows):
    """Rows with `prompt`, `canonical_solution`, `test` and `entry_point`."""

    kind = "humaneval"

    def _draft(self, place: str, row: Row) -> Draft | Skipped:
        return humaneval_draft(place, self.kind, row)


class MbppRows(JsonlRows):
    """Rows with `text` or `prompt`, `code` and `test_list`."""

    kind = "mbpp"

    def _draft(self, place: str, row: Row) -> Draft | Skipped:
        return mbpp_draft(place, self.kind, row)


def humaneval_draft(place: str, kind: str, row: Row) -> Draft | Skipped:
    """A row whose prompt is a stub with a docstring, and whose test is a function `check(candidate)`."""
    try:
        prompt, name, test = str(row["prompt"]), str(row["entry_point"]), str(row["test"])
        whole = prompt + str(row["canonical_solution"])
    except KeyError as error:
        return Skipped(place, "unreadable", f"it has no {error}")
    id_ = f"{kind}:{row.get('task_id', place)}"
    try:
        docstring = _docstring(whole, name)
        alone = gather_from_text(whole, name)
        cases = _cases(_asserts(test, "check"), {"candidate": name, name: name})
    except NotSelfContained as error:
        return Skipped(id_, "not self-contained", str(error))
    except SyntaxError as error:
        return Skipped(id_, "unreadable", f"its test is not Python: {error}")
    sessions = without_arrows(docstring, name)
    shown = [one for one in calls_of(sessions, name, name, {}) if not one.imports and not one.raises]
    shown += arrows_of(docstring, name)
    examples = {one.call: Example(call=one.call, result=one.want) for one in shown if one.how == "value"}
    return _draft_of(id_, kind, row, alone, without_examples(docstring, name), list(examples.values()), cases)


def mbpp_draft(place: str, kind: str, row: Row) -> Draft | Skipped:
    """A row with a sentence, code, and a list of asserts; the first assert is shown as the example."""
    try:
        code, tests = str(row["code"]).replace("\r\n", "\n"), [str(one) for one in row["test_list"]]
        text = str(row.get("text") or row["prompt"]).strip()
    except (KeyError, TypeError) as error:
        return Skipped(place, "unreadable", f"it has no {error}")
    id_ = f"{kind}:{row.get('task_id', place)}"
    setup = "\n".join([*map(str, row.get("test_imports") or ()), str(row.get("test_setup_code") or "")])
    try:
        name = _tested(code, tests)
        alone = gather_from_text(f"{setup.strip()}\n{code}".lstrip(), name)
        asserts = [one for test in tests for one in ast.parse(test).body if isinstance(one, ast.Assert)]
        cases = _cases(asserts, {name: name})
    except NotSelfContained as error:
        return Skipped(id_, "not self-contained", str(error))
    except SyntaxError as error:
        return Skipped(id_, "unreadable", f"it is not Python: {error}")
    simple = [case for case in cases if case.expression.startswith(f"{name}(")]
    examples = [Example(call=case.expression, result=case.expected) for case in simple[:1]]
    return _draft_of(id_, kind, row, alone, text, examples, [one for one in cases if one not in simple[:1]])


def _draft_of(
    id_: str,
    kind: str,
    row: Row,
    alone: SelfContained,
    description: str,
    examples: list[Example],
    cases: list[Case],
) -> Draft | Skipped:
    if not description:
        return Skipped(id_, "no description")
    shown = {one.call for one in examples}
    tests = [one for one in cases if one.expression not in shown][:MOST_TESTS]
    if not examples and not tests:
        return Skipped(id_, "no tests", "none of its asserts could be read")
    problem = Problem(
        id=id_,
        name=alone.name,
        signature=alone.signature,
        description=description,
        examples=tuple(examples),
        prelude=alone.prelude,
        solution=alone.solution,
        tests=tuple(tests),
        source=kind,
        group=id_,
        licence=str(row.get("licence") or row.get("license") or UNSTATED),
    )
    return Draft(problem)


# --- reading tests ------------------------------------------------------------------------------------------


def _docstring(source: str, name: str) -> str:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise NotSelfContained(f"it is not Python: {error}") from error
    for node in reversed(tree.body):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return ast.get_docstring(node) or ""
    raise NotSelfContained(f"it does not define `{name}`")


def _tested(code: str, tests: list[str]) -> str:
    """The function that the tests call."""
    defined = {one.name for one in ast.parse(code).body if isinstance(one, ast.FunctionDef)}
    for test in tests:
        for node in ast.walk(ast.parse(test)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in defined:
                return node.func.id
    raise NotSelfContained("its tests call nothing that it defines")


def _asserts(test: str, name: str) -> list[ast.Assert]:
    for node in ast.parse(test).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return [one for one in node.body if isinstance(one, ast.Assert)]
    return []


def _cases(asserts: list[ast.Assert], names: Mapping[str, str]) -> list[Case]:
    """Asserts as cases; those that need more than the function and builtins are left out."""
    found: dict[str, Case] = {}
    for one in asserts:
        test = _Renamed(names).visit(one.test)
        case = _case(test)
        if _is_closed(test, set(names.values())):
            found.setdefault(case.expression, case)
    return list(found.values())


def _case(test: ast.expr) -> Case:
    match test:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            try:
                return Case(expression=ast.unparse(left), expected=repr(ast.literal_eval(right)))
            except (ValueError, TypeError):
                pass
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call() as call):
            return Case(expression=f"bool({ast.unparse(call)})", expected="False")
        case ast.Call():
            return Case(expression=f"bool({ast.unparse(test)})", expected="True")
    return Case(expression=ast.unparse(test), expected="True")


def _is_closed(test: ast.expr, known: set[str]) -> bool:
    from synth.sources.code.modules import BUILTINS

    bound = {
        node.id for node in ast.walk(test) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    bound |= {node.arg for node in ast.walk(test) if isinstance(node, ast.arg)}
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    return names <= BUILTINS | known | bound and bool(names & known)


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Call it as the solution does."""
        return ast.copy_location(ast.Name(self._names.get(node.id, node.id), node.ctx), node)
