"""HumanEvalComm: HumanEval's descriptions, modified so that something is ambiguous, missing or contradictory.

Source: Wu and Fard, "HumanEvalComm" (arXiv 2406.00215), https://github.com/jie-jw-wu/human-eval-comm. Its two
versions have other texts; which one a file holds is told by its texts, so figures of the two cannot be mixed.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.benchmarks.neutral import neutral
from eval.schema import UNCLEAR_CATEGORIES, Category, RelationTest, Variant, View
from models.errors import UserError
from models.files import json_lines
from models.registry.sources.hub_failures import client

VERSION = 1
"""Of this definition: raised when the same file would give other variants or tests."""

REPOSITORY = "jie-jw-wu/HumanEvalComm"
FILE_VARIABLE = "CLARIFY_HUMANEVALCOMM"
V1, V2 = "humanevalcomm-v1", "humanevalcomm-v2"

# Of all modified texts: see `digest`.
_VERSIONS = {
    "766d9f503110440c3ca6176c63bc2a1b3d0c6abc91e10b6b10ee57e93eb764db": V1,
    "18a7832253fc2b12203db80fb0c8a1adce561d80d2dfea798a8344ddfd327e5f": V2,
}

_FIELDS = {"name", "prompt", "entry_point"}

Row = Mapping[str, Any]


def read_file(path: Path) -> list[Row]:
    """The rows of a JSON-lines file.

    Raises:
        UserError: it is not there, or a line is not a row of this benchmark.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UserError(f"cannot read the benchmark: {reason}", where=str(path)) from error
    rows: list[Row] = []
    for number, row in json_lines(lines):
        if row is None or not row.keys() >= _FIELDS:
            raise UserError("not a row of HumanEvalComm", where=f"{path}:{number}", do="give its JSONL file")
        rows.append(row)
    if not rows:
        raise UserError("it has no tasks", where=str(path))
    return rows


def fetch(wanted: str) -> list[Row]:
    """The rows of a version from the Hugging Face Hub, through `datasets`, which keeps them.

    Where the repository has files that name a version, the one wanted is taken, else all that there is.

    Raises:
        UserError: the Hub cannot be reached, or it has another version.
    """
    import datasets  # type: ignore[import-untyped]
    import huggingface_hub
    from huggingface_hub.errors import HfHubHTTPError

    try:
        # This one call is not repeated for half a minute when there is no network.
        siblings = huggingface_hub.HfApi().dataset_info(REPOSITORY).siblings or []
        files = [sibling.rfilename for sibling in siblings]
        of_version = [one for one in files if wanted.rpartition("-")[2] in Path(one).stem.lower()]
        chosen = {"data_files": of_version} if of_version else {}
        rows: list[Row] = list(datasets.load_dataset(REPOSITORY, split="train", **chosen))
    except (OSError, ValueError, RuntimeError, HfHubHTTPError, client().httpx.HTTPError) as error:
        raise UserError(
            f"cannot be loaded from the Hub: {str(error).partition(chr(10))[0]}",
            where=REPOSITORY,
            do=f"check the network, or set {FILE_VARIABLE} to its JSONL file",
        ) from error
    return rows


def digest(rows: Iterable[Row]) -> str:
    """SHA-256 of names, categories and texts of the modified descriptions, in the order of their names."""
    texts = sorted([str(row["name"]), name, text] for row in rows for name, text in _modified(row))
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def _modified(row: Row) -> list[tuple[Category, str]]:
    found = ((category, row.get(f"prompt{category}")) for category in UNCLEAR_CATEGORIES)
    return [(category, text) for category, text in found if text]


def version_of(rows: Sequence[Row]) -> str:
    """The benchmark's name with the version: by its texts; a changed one is named by their hash."""
    found = digest(rows)
    return _VERSIONS.get(found, f"humanevalcomm-{found[:8]}")


def variants(rows: Sequence[Row], view: View, benchmark: str | None = None) -> tuple[Variant, ...]:
    """All variants, task by task: the original first, then the modified ones.

    Args:
        rows: of one version.
        view: `raw` leaves the texts as published, `neutral` gives the function its entry point's name.
        benchmark: its name, where it is known.

    Raises:
        UserError: a row's tests cannot be read.
    """
    name = benchmark or version_of(rows)
    return tuple(variant for row in rows for variant in _variants(row, view, name))


def _variants(row: Row, view: View, benchmark: str) -> Iterable[Variant]:
    tests = tuple(relation_tests(row.get("test_case"), str(row["name"])))
    texts: list[tuple[Category, str]] = [("original", row["prompt"]), *_modified(row)]
    if view == "neutral":
        texts = [(category, neutral(text, row["entry_point"])) for category, text in texts]
    for category, text in texts:
        yield Variant(
            benchmark=benchmark,
            name=row["name"],
            category=category,
            view=view,
            text=text,
            original=texts[0][1],
            entry_point=row["entry_point"],
            solution=row.get("solution") or "",
            tests=tests,
        )


def relation_tests(given: Any, where: str) -> Iterable[RelationTest]:
    """The tests of a row: a list of mappings, or that list as text.

    Raises:
        UserError: it is neither.
    """
    if isinstance(given, str):
        given = _literal(given)
    if not isinstance(given, list) or not all(isinstance(test, dict) for test in given):
        raise UserError("its tests are no list of input, output and relation", where=where)
    for test in given:
        # In a few the input and the output are values, not their text.
        yield RelationTest(
            input=str(test.get("input", "")),
            output=str(test.get("output", "")),
            relation=str(test.get("relation") or "=="),
        )


def _literal(text: str) -> Any:
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return None


def load(wanted: str, view: View) -> tuple[Variant, ...]:
    """The variants of a version: from the file that CLARIFY_HUMANEVALCOMM names, else from the Hub.

    Args:
        wanted: `humanevalcomm-v1` or `humanevalcomm-v2`.
        view: see `variants`.

    Raises:
        UserError: it cannot be had, or what is there is another version.
    """
    file = os.environ.get(FILE_VARIABLE)
    rows = read_file(Path(file).expanduser()) if file else fetch(wanted)
    found = version_of(rows)
    if found != wanted:
        raise UserError(
            f"{wanted} is wanted, and this is {found}",
            where=file or REPOSITORY,
            do="name the file itself with --benchmark, or set the variable to the right one",
        )
    return variants(rows, view, found)
