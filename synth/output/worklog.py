"""The work log: what was done, problem by problem, in a file that is only added to.

A line is written when a problem is finished, and synced to the disk; so a build that is killed at any moment
loses the problems that were in work, and nothing else. A torn last line does not count. What counts is the
last line of each problem, in whatever order they stand.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from models.errors import UserError
from synth.output.entry import Row, json_line

FORMAT = 1


@dataclass(slots=True)
class Contents:
    """What a log says, without its samples.

    Args:
        build: the work that it is of; empty for a log without a first line.
        recipe: the whole recipe, that of the choice included.
        places: where the line of each finished problem starts, in bytes.
        digests: of the content of each finished problem.
        end: what was written when all was done; None while something is to be done.
    """

    build: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    end: dict[str, Any] | None = None


class WorkLog:
    """A log that is being written; one process at a time.

    Args:
        path: the file; made when it is not there.
        build: what the work is of: sources, generator, seed, gate, shard. The same work gives the same.
        recipe: the whole recipe, kept for whoever merges logs.

    Raises:
        UserError: it is the log of other work, another process writes it, or it cannot be written.
    """

    def __init__(self, path: Path, build: dict[str, Any], recipe: dict[str, Any]) -> None:
        from filelock import FileLock, Timeout

        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(path.with_name(f"{path.name}.lock"))
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise UserError("another build is writing this work log", where=str(path)) from error
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            known = contents(path)
            if known.build and known.build != build:
                raise UserError(
                    f"this work log is of another build ({_difference(known.build, build)})",
                    where=str(path),
                    do="give another --out, or delete the log to start anew",
                )
            self._digests = known.digests
            self._end = known.end
            self._file = path.open("ab+")
            if _is_torn(self._file):
                self._file.write(b"\n")
            if not known.build:
                self._write([json_line({"format": FORMAT, "build": build, "recipe": recipe})])
        except OSError as error:
            self._lock.release()
            raise _unwritable(path, error) from error
        except BaseException:
            self._lock.release()
            raise

    def done(self, problem: str, digest: str) -> bool:
        """Whether a problem with this content was finished in an earlier run."""
        return self._digests.get(problem) == digest

    @property
    def problems(self) -> frozenset[str]:
        """The problems that were finished in earlier runs, whatever their content."""
        return frozenset(self._digests)

    def add(self, lines: Sequence[bytes]) -> None:
        """Add finished problems (`Entry.line`); they are on the disk when this returns.

        Raises:
            UserError: the file cannot be written.
        """
        self._end = None
        self._write(lines)

    def forget(self, problems: Sequence[str]) -> None:
        """Add that problems of an earlier run are no longer in the source."""
        self._write([json_line({"gone": problem}) for problem in problems])

    def finish(self, end: dict[str, Any]) -> None:
        """Add that all is done, and what there is to say about it; nothing when the log says so already."""
        if self._end != end:
            self._write([json_line({"end": end})])
            self._end = end

    def _write(self, lines: Sequence[bytes]) -> None:
        if not lines:
            return
        try:
            self._file.write(b"".join(lines))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def close(self) -> None:
        """Let other processes write."""
        self._file.close()
        Path(self._lock.lock_file).unlink(missing_ok=True)  # while it is held, so nobody else's goes
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def contents(path: Path) -> Contents:
    """Read a log; nothing where there is no file.

    Raises:
        UserError: it is no work log, or of a newer form.
    """
    found = Contents()
    for number, (place, record) in enumerate(_records(path)):
        if number == 0:
            if record.get("format") != FORMAT:
                raise UserError("this is no work log that this version can read", where=str(path))
            found.build, found.recipe = record["build"], record["recipe"]
        elif "problem" in record:
            found.places[record["problem"]] = place
            found.digests[record["problem"]] = record["digest"]
            found.end = None
        elif "gone" in record:
            found.places.pop(record["gone"], None)
            found.digests.pop(record["gone"], None)
        elif "end" in record:
            found.end = record["end"]
    return found


class LogReader:
    """The finished problems of a log; close it when done.

    Args:
        path: the file.

    Raises:
        UserError: it is not there, no work log, or of a newer form.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.contents = contents(path)
        if not self.contents.build:
            raise UserError("there is no work log", where=str(path), do="build this shard first")
        self._file = path.open("rb")

    def rows(self) -> Iterator[Row]:
        """All of them, sorted by id."""
        for problem in sorted(self.contents.places):
            yield self.row(problem)

    def row(self, problem: str) -> Row:
        """What came of a problem."""
        self._file.seek(self.contents.places[problem])
        return Row.read(json.loads(self._file.readline()))

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    if not path.exists():
        return
    place = 0
    with path.open("rb") as file:
        for line in file:
            start, place = place, place + len(line)
            try:
                record = json.loads(line)
            except ValueError:
                continue  # torn by a kill, or closed after one
            if isinstance(record, dict):
                yield start, record


def _is_torn(file: BinaryIO) -> bool:
    """Whether the last line has no end; the file is left at its end."""
    if file.seek(0, os.SEEK_END) == 0:
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def _difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    names = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    return f"other {', '.join(names)}"


def _unwritable(path: Path, error: OSError) -> UserError:
    return UserError(
        f"cannot write: {error.strerror or error}", where=str(path), do="check the disk and the permissions"
    )
