"""Reads data files back, in any format, as checked samples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.errors import UserError
from models.faults import first_fault
from models.files import json_lines
from synth.gate.split import SIDES
from synth.output.formats import WRITERS, check_ending
from synth.schema import Sample


def read_samples(path: Path) -> Iterator[Sample]:
    """The samples of a file, or of all sides in a folder.

    Args:
        path: a data file, or the folder of a build.

    Raises:
        UserError: there is none, or it holds something else.
    """
    for file in data_files(path):
        rows = _jsonl(file) if file.suffix == ".jsonl" else _parquet(file)
        for number, row in enumerate(rows, 1):
            try:
                yield Sample.model_validate(row)
            except ValidationError as error:
                raise UserError(f"sample {number} is none: {first_fault(error)}", where=str(file)) from error


def data_files(path: Path) -> list[Path]:
    """The data files that a path stands for.

    Raises:
        UserError: there is none.
    """
    if path.is_dir():
        found = [path / f"{side}{ending}" for side in SIDES for ending in WRITERS]
        files = [file for file in found if file.is_file()]
        if not files:
            raise UserError("there is no data file in this folder", where=str(path))
        return files
    check_ending(path)
    if not path.is_file():
        raise UserError("there is no such file", where=str(path))
    return [path]


def _jsonl(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        for number, row in json_lines(file):
            if row is None:
                raise UserError("is not a JSON object", where=f"{path}:{number}")
            yield row


def _parquet(path: Path) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=256):
                yield from batch.to_pylist()
    except pa.ArrowException as error:
        raise UserError(f"not a parquet file: {error}", where=str(path)) from error
