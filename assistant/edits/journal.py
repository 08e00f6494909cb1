"""The undo journal on disk: what each step replaced, kept so that it survives a restart and a kill.

`journal.jsonl` is append-only, one event a line: `begin` (the whole step, before its first write), `done`
(after its last), `void` (nothing of it was written). Contents lie beside it in `snapshots/`, named by their
SHA-256 and synced before `begin` is. A step without `done` was cut off: each of its files then holds either
its old or its new content, since files are replaced whole, and undo looks which.

Size is bounded: when more than `max_steps` steps or `max_bytes` of snapshots are kept, the oldest steps are
forgotten, never the newest. Only then is the journal rewritten, atomically, and contents that no step names
any more are deleted after that.
"""

from __future__ import annotations

import contextlib
import datetime
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.edits.plan import sha256
from models import paths
from models.errors import UserError
from models.files import append_jsonl, read_jsonl, write_atomic

log = logging.getLogger(__name__)

MAX_STEPS = 200
MAX_BYTES = 64 * 1024 * 1024
_LOCK_SECONDS = 10


class FileChange(BaseModel):
    """What a step does to one file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="Absolute, symbolic links resolved.")
    before: str | None = Field(description="SHA-256 of the old content; None when the step makes the file.")
    after: str = Field(description="SHA-256 of the new content.")


class Step(BaseModel):
    """One change of files that undo takes back as a whole; an undo or redo of one is a step of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="Unique.")
    root: Path = Field(description="The folder that the step stays in.")
    kind: Literal["apply", "undo", "redo"] = Field(description="What it was.")
    of: str | None = Field(default=None, description="For undo and redo: the `apply` step they are about.")
    label: str = Field(default="", description="For people: what was asked.")
    time: str = Field(description="When, in UTC, ISO 8601.")
    files: tuple[FileChange, ...] = Field(description="As the `apply` step changed them.")
    folders: tuple[Path, ...] = Field(default=(), description="Folders it made, outermost first.")


@dataclass(frozen=True, slots=True)
class History:
    """The steps within one root.

    Args:
        done: `apply` steps that are in effect, oldest first; the last one is what undo takes back.
        undone: `apply` steps that were taken back, the last one is what redo brings back.
        cut_off: ids of steps that never reported their end.
    """

    done: tuple[Step, ...]
    undone: tuple[Step, ...]
    cut_off: frozenset[str]


def new_step(
    root: Path,
    kind: Literal["apply", "undo", "redo"],
    files: tuple[FileChange, ...],
    *,
    of: str | None = None,
    label: str = "",
    folders: tuple[Path, ...] = (),
) -> Step:
    """A step with a fresh id and the present time."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return Step(
        id=uuid.uuid4().hex, root=root, kind=kind, of=of, label=label, time=now, files=files, folders=folders
    )


class Journal:
    """The journal of one user, for all roots.

    Args:
        folder: where it lies; made when first written to. None takes the user's state folder.
        max_steps: most `apply` steps to remember.
        max_bytes: most bytes of contents to keep.
    """

    def __init__(
        self, folder: Path | None = None, *, max_steps: int = MAX_STEPS, max_bytes: int = MAX_BYTES
    ) -> None:
        self.folder = folder if folder is not None else paths.state_dir() / "undo"
        self._events = self.folder / "journal.jsonl"
        self._snapshots = self.folder / "snapshots"
        self._max_steps = max_steps
        self._max_bytes = max_bytes

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the journal against other processes.

        Raises:
            UserError: it cannot be written, or another process holds it for long.
        """
        from filelock import FileLock, Timeout

        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock(self.folder / "lock", timeout=_LOCK_SECONDS)
            lock.acquire()
        except Timeout as error:
            raise UserError(
                "another clarify is writing", where=str(self.folder), do="wait for it, then try again"
            ) from error
        except OSError as error:
            raise UserError(
                f"the undo journal cannot be written ({error.strerror or error}), so no file was changed",
                where=str(self.folder),
                do="check the disk and the permissions, or set CLARIFY_HOME",
            ) from error
        try:
            yield
        finally:
            lock.release()

    def save(self, data: bytes) -> str:
        """Keep a content and return its SHA-256.

        Raises:
            UserError: it cannot be written.
        """
        name = sha256(data)
        place = self._place(name)
        if not (place.is_file() and place.stat().st_size == len(data)):
            write_atomic(place, data)
        return name

    def load(self, name: str) -> bytes:
        """A kept content.

        Raises:
            UserError: it is gone or damaged.
        """
        try:
            data = self._place(name).read_bytes()
        except OSError as error:
            raise UserError(
                f"the undo journal has lost a content ({error.strerror})", where=str(self._place(name))
            ) from error
        if sha256(data) != name:
            raise UserError("a content of the undo journal is damaged", where=str(self._place(name)))
        return data

    def begin(self, step: Step) -> None:
        """Record a step before its first write; its contents are saved already."""
        append_jsonl(self._events, {"event": "begin", "step": step.model_dump(mode="json")})

    def finish(self, step: Step) -> None:
        """Record that a step is whole, and keep within the bounds.

        The files are written by now, so a failure here is only logged: undo finds its way without.
        """
        try:
            append_jsonl(self._events, {"event": "done", "id": step.id})
            self._prune()
        except (UserError, OSError) as error:
            log.warning("the undo journal could not be kept up: %s", error)

    def void(self, step: Step) -> None:
        """Record that nothing of a step is in effect."""
        append_jsonl(self._events, {"event": "void", "id": step.id})

    def history(self, root: Path) -> History:
        """The steps in a root and in folders below it, as the events add up."""
        resolved = root.resolve()
        fold = _Fold()
        for event in read_jsonl(self._events):
            fold.add(event)
        done = tuple(step for step in fold.done if step.root.is_relative_to(resolved))
        undone = tuple(step for step in fold.undone if step.root.is_relative_to(resolved))
        return History(done, undone, frozenset(fold.open))

    def _prune(self) -> None:
        """Forget the oldest steps beyond the limits; under the lock."""
        events = list(read_jsonl(self._events))
        steps = [step for step in map(_step_of, events) if step is not None and step.kind == "apply"]
        kept: set[str] = set()
        contents: set[str] = set()
        size = 0
        for step in reversed(steps):
            new = _contents(step) - contents
            size += sum(self._size(name) for name in new)
            if kept and (len(kept) >= self._max_steps or size > self._max_bytes):
                break
            kept.add(step.id)
            contents |= new
        if len(kept) < len(steps):
            self._rewrite(events, kept)
        for place in self._snapshots.glob("??/*"):
            if place.name not in contents:
                place.unlink(missing_ok=True)

    def _rewrite(self, events: list[dict[str, Any]], kept: set[str]) -> None:
        import json

        ids = set(kept)
        lines = []
        for event in events:
            step = _step_of(event)
            if step is not None and step.of in kept:
                ids.add(step.id)
            if (step.id if step else event.get("id")) in ids:
                lines.append(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")
        write_atomic(self._events, "".join(lines))

    def _place(self, name: str) -> Path:
        return self._snapshots / name[:2] / name

    def _size(self, name: str) -> int:
        place = self._place(name)
        return place.stat().st_size if place.is_file() else 0


class _Fold:
    """Adds events up to the present state. A step counts from its `begin`, so a cut-off one can be undone."""

    def __init__(self) -> None:
        self.done: list[Step] = []
        self.undone: list[Step] = []
        self.open: dict[str, Step] = {}

    def add(self, event: dict[str, Any]) -> None:
        step = _step_of(event)
        if step is not None:
            self.open[step.id] = step
            if step.kind == "apply":
                self.done.append(step)
            elif step.kind == "redo":
                self._move(step.of, self.undone, self.done)
            return
        ended = self.open.pop(str(event.get("id")), None)
        if ended is None:
            return
        if event.get("event") == "done" and ended.kind == "undo":
            self._move(ended.of, self.done, self.undone)
        elif event.get("event") == "done" and ended.kind == "apply":
            self.undone = [other for other in self.undone if other.root != ended.root]
        elif event.get("event") == "void" and ended.kind == "apply":
            self.done = [other for other in self.done if other.id != ended.id]
        elif event.get("event") == "void" and ended.kind == "redo":
            self._move(ended.of, self.done, self.undone)

    @staticmethod
    def _move(name: str | None, source: list[Step], target: list[Step]) -> None:
        for step in source:
            if step.id == name:
                source.remove(step)
                target.append(step)
                return


def _step_of(event: dict[str, Any]) -> Step | None:
    """The step that a `begin` event holds; None for other events and for lines of another format."""
    if event.get("event") != "begin":
        return None
    try:
        return Step.model_validate_json(_dump(event.get("step")))
    except ValidationError:
        log.debug("an undo step could not be read")
        return None


def _dump(value: object) -> str:
    import json

    return json.dumps(value)


def _contents(step: Step) -> set[str]:
    return {name for file in step.files for name in (file.before, file.after) if name is not None}
