"""Reads files of requests: JSON lines of their own form, or samples of `clarify synth build`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import UserError
from models.faults import first_fault
from models.files import json_lines

CLEAR = "clear"
_FLAWS = frozenset({"ambiguous", "incomplete", "inconsistent"})
_ORIGINAL = "Original"


class Labelled(BaseModel):
    """A request, and whether it is clear."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(min_length=1, description="Unique in the file.")
    pair: str = Field(min_length=1, description="What a request and its twins have in common.")
    kind: str = Field(
        description="`clear`, or the flaws, joined by `+`: `ambiguous`, `ambiguous+incomplete`."
    )
    request: str = Field(min_length=1, description="As a user writes it.")

    @property
    def unclear(self) -> bool:
        """Whether asking is right."""
        return self.kind != CLEAR


def read_requests(files: Sequence[Path]) -> tuple[Labelled, ...]:
    """The requests of files, in their order. Of samples with one text only the first counts.

    Raises:
        UserError: a file is missing or empty, a line is of neither form, or an id stands twice.
    """
    found: dict[str, Labelled] = {}
    texts: set[tuple[str, str]] = set()
    for file in files:
        for number, row in _rows(file):
            where = f"{file}:{number}"
            if row.get("answers"):  # of a second round: nothing is to be decided there
                continue
            one = _labelled(row, where)
            is_sample = "problem" in row
            if is_sample and (one.pair, one.request) in texts:
                continue
            if one.id in found:
                raise UserError(f"the id `{one.id}` stands twice", where=where)
            found[one.id] = one
            texts.add((one.pair, one.request))
    if not found:
        raise UserError("there is no request in it", where=", ".join(map(str, files)))
    return tuple(found.values())


def digest(requests: Sequence[Labelled]) -> str:
    """SHA-256 of all that was read."""
    whole = hashlib.sha256()
    for one in requests:
        whole.update(one.model_dump_json().encode() + b"\n")
    return whole.hexdigest()


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UserError(f"cannot be read: {reason}", where=str(file)) from error
    for number, row in json_lines(lines):
        if row is None:
            raise UserError("is not a JSON object", where=f"{file}:{number}")
        yield number, row


def _labelled(row: dict[str, Any], where: str) -> Labelled:
    if "problem" in row:
        kind = str(row.get("type"))
        row = {
            "id": row.get("id"),
            "pair": row.get("source_id"),
            "kind": CLEAR if kind == _ORIGINAL else kind.lower(),
            "request": row["problem"],
        }
    try:
        one = Labelled.model_validate(row)
    except ValidationError as error:
        raise UserError(
            str(first_fault(error)),
            where=where,
            do="give lines with id, pair, kind and request, or a data file of `clarify synth build`",
        ) from error
    if one.unclear and not set(one.kind.split("+")) <= _FLAWS:
        raise UserError(
            f"there is no kind `{one.kind}`", where=where, do=f"use {CLEAR}, {', '.join(sorted(_FLAWS))}"
        )
    return one
