"""What was found about requests, as a study keeps it: append-only lines, each under a hash of what it is of.

The hash covers the model's and the adapter's file, what looked and how it was set, and the request's text. So
a line counts as long as all of these are the same; another text, file or setting is measured anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from eval.store import append, read
from models.errors import UserError


class Measured(BaseModel):
    """One finding, or that there was none; one line of the log."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: str = Field(description="Hash of model, adapter, what looked, its settings and the request's text.")
    id: str = Field(description="Of the request, for readers.")
    by: str = Field(description="The evidence, or the system.")
    value: float | None = Field(description="Its own measure, in [0, 1]; None where it cannot say anything.")
    seconds: float = Field(ge=0, description="Wall time that it took by itself.")
    shared_seconds: float = Field(
        default=0.0,
        ge=0,
        description="Wall time of the drafts that it rests on, which other evidence may share.",
    )
    reason: str = Field(default="", description="One sentence for people.")


@dataclass(frozen=True, slots=True)
class Subject:
    """Which model was asked.

    Args:
        model: its name; empty where none is needed.
        model_sha256: of its file; None where there is none.
        adapter: its name, where it has one.
        adapter_sha256: of its file.
        code_by: whose code the drafts are, where it is not the adapter's.
    """

    model: str
    model_sha256: str | None = None
    adapter: str | None = None
    adapter_sha256: str | None = None
    code_by: str = ""

    def key(self, by: str, settings: Mapping[str, object], text: str) -> str:
        """The hash that a finding is kept under.

        Args:
            by: what looks.
            settings: all that changes what it finds.
            text: of the request.
        """
        of = [self.model_sha256 or self.model, self.adapter_sha256, by, dict(settings), text]
        return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:24]


class FindingLog:
    """The findings of a study's folder.

    Args:
        file: the log; it need not be there yet.

    Raises:
        UserError: it cannot be read, or a line has another form.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        known = read(file, Measured)[0] if file.exists() else []
        self._known = {one.of: one for one in known}

    def __contains__(self, of: object) -> bool:
        return of in self._known

    def __getitem__(self, of: str) -> Measured:
        return self._known[of]

    def add(self, found: Iterable[Measured]) -> None:
        """Keep findings, each complete on the disk before the next.

        Raises:
            UserError: the log cannot be written.
        """
        for one in found:
            append(self._file, [one])
            self._known[one.of] = one


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold a study's folder for this process.

    Raises:
        UserError: another process works on it.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UserError(
            "another process works on this study",
            where=str(folder),
            do="wait for it, or give another --out",
        ) from error
    with lock:
        yield
