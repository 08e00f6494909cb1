"""Session files: every event is on disk before the chat goes on, so that a kill loses nothing.

A live session holds a lock, so that two chats never write into one file. A named save is a copy in a
folder of its own, and opening one starts a new session with its events: a save never changes.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.chat.events import EVENT, Event, Started
from assistant.chat.state import State, after, fold
from models import paths
from models.errors import UserError, nearest
from models.files import append_jsonl, read_jsonl, write_atomic

if TYPE_CHECKING:
    from filelock import FileLock

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def sessions_dir() -> Path:
    """Where sessions are kept as they happen."""
    return paths.state_dir() / "sessions"


def saves_dir() -> Path:
    """Where sessions saved under a name are kept."""
    return paths.state_dir() / "saved"


class Session:
    """The record of one chat, and the state that follows from it.

    Args:
        path: its file; made with the first event.

    Raises:
        SessionInUse: another chat has it open.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: FileLock | None = _lock(path.stem)
        self.state: State
        self.unread: int
        self._read()

    @property
    def id(self) -> str:
        """What `--resume` knows it by."""
        return self.path.stem

    @classmethod
    def new(cls) -> Session:
        """A session of its own; nothing is written before its first event."""
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        return cls(sessions_dir() / f"{stamp}-{secrets.token_hex(2)}.jsonl")

    @classmethod
    def resume(cls, name: str | None) -> Session:
        """Go on with a session, or begin a new one from a named save.

        Args:
            name: an id or the name of a save; None takes the newest session that no chat has open.

        Raises:
            UserError: there is no such session, or another chat has it open.
        """
        if name is None:
            return _newest()
        path = sessions_dir() / f"{name}.jsonl"
        if _NAME.fullmatch(name) and path.is_file():
            return cls(path)
        return cls.load(name)

    @classmethod
    def load(cls, name: str) -> Session:
        """A new session that begins with the events of a named save.

        Raises:
            UserError: nothing is saved under that name.
        """
        source = saves_dir() / f"{checked(name)}.jsonl"
        if not source.is_file():
            raise UserError(f"no session is named `{name}`", do=nearest(name, [*saves(), *ids()]))
        session = cls.new()
        write_atomic(session.path, source.read_bytes())
        session._read()
        return session

    def record(self, event: Event) -> None:
        """Write an event to the disk, then let the state follow.

        Raises:
            UserError: the file cannot be written; the state is unchanged.
        """
        if not self.path.exists():
            append_jsonl(self.path, Started(folder=str(Path.cwd())).model_dump(mode="json"))
        append_jsonl(self.path, event.model_dump(mode="json"))
        self.state = after(self.state, event)

    def save(self, name: str) -> Path:
        """Keep a copy of the session as it is now.

        Raises:
            UserError: the name cannot be a file's, nothing happened yet, or the disk is full.
        """
        target = saves_dir() / f"{checked(name)}.jsonl"
        if not self.path.exists():
            raise UserError("there is nothing to save yet")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomic(target, self.path.read_bytes())
        return target

    def close(self) -> None:
        """Let other chats open it; safe to call twice."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _read(self) -> None:
        """Fold the file; `unread` counts the records that are no events, of a later version for example."""
        from pydantic import ValidationError

        events: list[Event] = []
        self.unread = 0
        for record in read_jsonl(self.path):
            try:
                events.append(EVENT.validate_python(record))
            except ValidationError:
                self.unread += 1
        self.state = fold(events)


class SessionInUse(UserError):
    """Another chat writes into this session."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the session {name} is open in another chat", do="close that one")


def ids() -> list[str]:
    """Ids of all sessions, oldest first."""
    return sorted(path.stem for path in sessions_dir().glob("*.jsonl"))


def saves() -> list[str]:
    """Names of all saves."""
    return sorted(path.stem for path in saves_dir().glob("*.jsonl"))


def checked(name: str) -> str:
    """The name, when a file may have it.

    Raises:
        UserError: it may not.
    """
    if not _NAME.fullmatch(name):
        raise UserError(
            f"`{name}` cannot be the name of a session",
            do="use letters, digits, dots and dashes",
        )
    return name


def _newest() -> Session:
    busy: SessionInUse | None = None
    for name in reversed(ids()):
        path = sessions_dir() / f"{name}.jsonl"
        try:
            return Session(path)
        except SessionInUse as error:
            busy = error
    raise busy or UserError("there is no session to go on with", do="start one with `clarify chat`")


def _lock(name: str) -> FileLock:
    from filelock import FileLock, Timeout

    locks = sessions_dir() / "locks"
    lock = FileLock(locks / f"{name}.lock", timeout=0)
    try:
        sessions_dir().mkdir(parents=True, exist_ok=True, mode=0o700)
        locks.mkdir(exist_ok=True)
        lock.acquire()
    except Timeout:
        raise SessionInUse(name) from None
    except OSError as error:
        raise UserError(
            f"sessions cannot be kept there: {error.strerror or error}",
            where=str(sessions_dir()),
            do="check the permissions, or set CLARIFY_HOME",
        ) from error
    return lock
