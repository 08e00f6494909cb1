"""What an evaluation leaves on disk: append-only lines, so that a run that was killed goes on.

A run's folder holds `run.json`, `responses.jsonl`, `scores.jsonl` and `judgements-JUDGE.jsonl`. Responses may
also be a file of any system's log. A line torn by a kill is skipped; what it should have said is done again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from eval.schema import Judgement, Response, RunInfo, Score
from models.errors import UserError
from models.faults import first_fault
from models.files import append_jsonl, write_atomic

RecordT = TypeVar("RecordT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files of a run.

    Args:
        path: the folder; it need not be there yet.
    """

    path: Path

    @property
    def info(self) -> Path:
        """`RunInfo` as JSON."""
        return self.path / "run.json"

    @property
    def responses(self) -> Path:
        """A `Response` a line."""
        return self.path / "responses.jsonl"

    @property
    def scores(self) -> Path:
        """A `Score` a line."""
        return self.path / "scores.jsonl"

    def judgements(self, judge: str) -> Path:
        """A `Judgement` a line, of one judge."""
        return self.path / f"judgements-{re.sub(r'[^A-Za-z0-9._-]+', '-', judge)}.jsonl"

    def write_info(self, info: RunInfo) -> None:
        """Put down what the run is.

        Raises:
            UserError: it cannot be written.
        """
        write_atomic(self.info, info.model_dump_json(indent=2) + "\n")

    def read_info(self) -> RunInfo:
        """What the run is.

        Raises:
            UserError: there is no `run.json`, or it has another form.
        """
        try:
            return RunInfo.model_validate_json(self.info.read_bytes())
        except OSError as error:
            raise UserError(
                f"cannot be read: {error.strerror}",
                where=str(self.info),
                do="give the folder of an evaluation run",
            ) from error
        except ValidationError as error:
            raise UserError(str(first_fault(error)), where=str(self.info)) from error


@dataclass(frozen=True, slots=True)
class Log:
    """Responses that were read.

    Args:
        responses: in the order of their first lines; of one key the last line counts.
        unreadable: lines that are no JSON, torn by a kill.
        folder: the run's, where it is one.
        info: of the run, where there is one.
    """

    responses: tuple[Response, ...]
    unreadable: int = 0
    folder: RunFolder | None = None
    info: RunInfo | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the figures must know."""
        lines = "line is" if self.unreadable == 1 else "lines are"
        return (f"{self.unreadable} unreadable {lines} left out",) if self.unreadable else ()


def read_log(place: Path) -> Log:
    """Read a run's folder, or a file of responses.

    Raises:
        UserError: it is not there, has no responses, or a row has another form.
    """
    folder = RunFolder(place) if place.is_dir() else None
    file = folder.responses if folder else place
    responses, unreadable = read(file, Response)
    if not responses:
        raise UserError("there are no responses in it", where=str(file))
    by_key = {response.key: response for response in responses}
    info = folder.read_info() if folder and folder.info.exists() else None
    return Log(tuple(by_key.values()), unreadable, folder, info)


def read(file: Path, kind: type[RecordT]) -> tuple[list[RecordT], int]:
    """The records of a file, and how many lines are no JSON.

    Raises:
        UserError: the file cannot be read, or a record has another form.
    """
    records: list[RecordT] = []
    unreadable = 0
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(file)) from error
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            records.append(kind.model_validate(json.loads(line)))
        except ValidationError as error:
            raise UserError(str(first_fault(error)), where=f"{file}:{number}") from error
        except (ValueError, RecursionError):
            unreadable += 1
    return records, unreadable


def read_scores(file: Path) -> dict[str, Score]:
    """Scores by the response's key; empty where there are none yet."""
    return {score.key: score for score in read(file, Score)[0]} if file.exists() else {}


def read_judgements(file: Path) -> dict[str, Judgement]:
    """Judgements by the response's key; empty where there are none yet."""
    return {one.key: one for one in read(file, Judgement)[0]} if file.exists() else {}


def append(file: Path, records: Iterable[BaseModel]) -> None:
    """Add records, each complete on the disk before the next.

    Raises:
        UserError: the file cannot be written.
    """
    for record in records:
        append_jsonl(file, record.model_dump(mode="json"))
