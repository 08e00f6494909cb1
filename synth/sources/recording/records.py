"""What is run and what is known of it: Task, Outcome, Recording; and the file that keeps recordings."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from models.files import append_jsonl, read_jsonl

FORMAT = 1
"""Raised when the same task would be recorded differently; older recordings are then not found."""


@dataclass(frozen=True, slots=True)
class Task:
    """Code, and what to try on it.

    Args:
        solution: Python source: definitions for expressions, a program for a script.
        inputs: expressions to evaluate where the solution was loaded, or texts for the script's stdin.
        kind: which of the two.
        setup: lines to run after the solution, such as imports that only the expressions need.
    """

    solution: str
    inputs: tuple[str, ...]
    kind: Literal["expressions", "script"] = "expressions"
    setup: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A name for its content, in this version of Python."""
        version = [FORMAT, sys.version_info[0], sys.version_info[1]]
        content = json.dumps([version, self.kind, self.solution, self.setup, self.inputs])
        return hashlib.sha256(content.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one input gave.

    Args:
        value: repr of the value when literals can show it, sets in order; of a script, its output.
        shown: `repr(value)`, cut; of an exception its message.
        printed: `str(value)`, cut.
        raises: type of the exception; `TookTooLong` when its time was used up.
        listed: whether the value was an iterator, and what is shown is the list of its items.
        stable: whether a second run, in another process, order and hash seed, gave the same.
        impure: what it did besides giving a value: `open`, `writes`, `mutates`, …
    """

    value: str | None = None
    shown: str = ""
    printed: str = ""
    raises: str | None = None
    listed: bool = False
    stable: bool = True
    impure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recording:
    """What a task did.

    Args:
        outcomes: one per input; empty when the solution did not load.
        failure: why the solution did not load, or its process ended.
    """

    outcomes: tuple[Outcome, ...] = ()
    failure: str | None = None

    def to_json(self) -> dict[str, Any]:
        """For a file; what is as usual is left out."""
        outcomes = [
            {name: value for name, value in dataclasses.asdict(one).items() if value != getattr(_USUAL, name)}
            for one in self.outcomes
        ]
        return {"outcomes": outcomes} if self.failure is None else {"failure": self.failure}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Recording:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError: it is of another form.
        """
        outcomes = tuple(
            Outcome(**{**one, "impure": tuple(one.get("impure", ()))}) for one in record.get("outcomes", ())
        )
        return cls(outcomes, record.get("failure"))


_USUAL = Outcome()


class Records:
    """Recordings by the key of their task, in an append-only file. Any number of threads may use it.

    A kill loses at most the line being written. Several processes may add to one file; each sees the
    others' lines when it opens the file.

    Args:
        path: the file; made when the first recording is kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    @functools.cached_property
    def _known(self) -> dict[str, Recording]:
        known = {}
        for line in read_jsonl(self._path):
            for key, record in line.items():
                try:
                    known[key] = Recording.from_json(record)
                except (KeyError, TypeError, AttributeError):
                    continue  # of another version; it will be recorded anew
        return known

    def get(self, task: Task) -> Recording | None:
        """The recording of a task, if there is one."""
        with self._lock:
            return self._known.get(task.key)

    def keep(self, found: Mapping[str, Recording]) -> None:
        """Add recordings by their task's key, as one line.

        Raises:
            UserError: the file cannot be written.
        """
        with self._lock:
            self._known.update(found)
            append_jsonl(self._path, {key: one.to_json() for key, one in found.items()})
