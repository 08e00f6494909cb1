"""Runs a study: measures what is missing, combines what is there, and writes the folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from eval.requests.reading import Labelled, digest
from eval.statistics import DRAWS
from eval.study.document import LeftOut, StudyDocument
from eval.study.drawing import drawing
from eval.study.figures import row_figures
from eval.study.findings import FindingLog, claimed
from eval.study.material import domain_of, requests_of
from eval.study.measuring import RowFindings, measure
from eval.study.recipe import StudyRecipe
from eval.study.report import as_markdown
from eval.study.weights import as_toml
from models.errors import UserError
from models.files import write_atomic
from models.sandbox.policy import Choice

if TYPE_CHECKING:
    from assistant.config import Settings

FINDINGS, DOCUMENT, TABLE, PLOT, WEIGHTS = (
    "findings.jsonl",
    "study.json",
    "study.md",
    "study.svg",
    "weights.toml",
)
"""The files of a study's folder."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a study is run, beside its recipe.

    Args:
        out: its folder.
        sandbox: for drafts.
        command: the command line, for the record.
    """

    out: Path
    sandbox: Choice = "auto"
    command: str = ""


def study(
    recipe: StudyRecipe,
    settings: Settings,
    options: Options,
    on_model: Callable[[str], None] = lambda name: None,
) -> StudyDocument:
    """Run a study, or go on with one that was stopped.

    Args:
        recipe: what to do.
        settings: how models are opened; model and adapter are the rows'.
        options: see there.
        on_model: told the name of each model when it is its turn.

    Raises:
        UserError: requests or a model cannot be used, or a model failed; what was found stays.
    """
    requests = requests_of(recipe.requests, recipe.limit, recipe.seed)
    if all(recipe.left_out(row) for row in recipe.rows):
        raise UserError("every row is left out", do=str(recipe.left_out(recipe.rows[0])))
    with claimed(options.out):
        log = FindingLog(options.out / FINDINGS)
        rows = measure(recipe, requests, settings, log, sandbox=options.sandbox, on_model=on_model)
        document = document_of(recipe, requests, rows, options.command)
        _write(options.out, document)
    return document


def document_of(
    recipe: StudyRecipe, requests: Sequence[Labelled], rows: Sequence[RowFindings], command: str
) -> StudyDocument:
    """Combine what was found; the same findings give the same document.

    Args:
        recipe: of the study.
        requests: of the study.
        rows: what was found for each row.
        command: the command line, for the record.
    """
    return StudyDocument(
        name=recipe.name,
        command=command,
        version=version("clarifycoder"),
        seed=recipe.seed,
        draws=DRAWS,
        recipe_sha256=hashlib.sha256(recipe.model_dump_json().encode()).hexdigest(),
        requests=tuple(_without_folder(place) for place in recipe.requests),
        requests_sha256=digest(requests),
        clear=sum(not one.unclear for one in requests),
        unclear=sum(one.unclear for one in requests),
        pairs=len({one.pair for one in requests}),
        domains=len({domain_of(one.pair) for one in requests}),
        rows=tuple(row_figures(row, recipe.seed) for row in rows),
        left_out=tuple(
            LeftOut(name=row.name, reason=reason)
            for row in recipe.rows
            if (reason := recipe.left_out(row)) is not None
        ),
    )


def _write(folder: Path, document: StudyDocument) -> None:
    write_atomic(folder / DOCUMENT, document.model_dump_json(indent=2) + "\n")
    write_atomic(folder / TABLE, as_markdown(document, PLOT))
    write_atomic(folder / PLOT, drawing(document))
    write_atomic(folder / WEIGHTS, as_toml(document))


def _without_folder(place: str) -> str:
    """A file by its name alone: the document says nothing of the machine."""
    return Path(place).name if Path(place).is_absolute() else place
