"""Replies that are kept: none is paid twice, and a build that is run again comes out the same.

A service may answer the same prompt otherwise the next time; its first answer is the one that counts. The
file is only added to, a line for each reply, as raw as it came; a torn last line does not count.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from models.backends.base import Completion, Identity, Prompt, Sampling, Usage
from models.errors import UserError

_LATER = ("code", "code_by", "adapter_sha256")
"""Fields that came later: told only where they say something, so that what was kept before is still found."""


def reply_key(identity: Identity, address: str, prompt: Prompt, sampling: Sampling) -> str:
    """A name for all that decides a reply.

    Args:
        identity: of the model.
        address: of the service, where several have models of one name.
        prompt: what it was asked.
        sampling: how it was decoded, the seed included.
    """
    parts = [_told(asdict(identity)), address, _told(asdict(prompt)), asdict(sampling)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value or name not in _LATER}


class KeptReplies:
    """A file of replies; threads, and several processes, may share it. Only places are held in memory.

    Args:
        path: the file; made with the first reply.

    Raises:
        UserError: it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._places: dict[str, int] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._find()
        except OSError as error:
            raise self._failed(error) from error

    def get(self, key: str) -> Completion | None:
        """The reply of this name; None when there is none."""
        with self._lock:
            place = self._places.get(key)
            if place is None:
                return None
            with self._path.open("rb") as file:
                file.seek(place)
                record = json.loads(file.readline())
        usage = Usage(prompt_tokens=record["prompt_tokens"], generated_tokens=record["reply_tokens"])
        return Completion(record["text"], record["finish"], usage)

    def put(self, key: str, reply: Completion) -> None:
        """Keep a reply. It outlives a kill, and the odd one may be lost when the power goes.

        Raises:
            UserError: the file cannot be written.
        """
        record = {
            "key": key,
            "text": reply.text,
            "finish": reply.finish,
            "prompt_tokens": reply.usage.prompt_tokens,
            "reply_tokens": reply.usage.generated_tokens,
        }
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            try:
                # One write to the end, so that lines of two processes do not mix.
                with self._path.open("ab", buffering=0) as file:
                    file.write(line)
                    self._places[key] = file.tell() - len(line)
            except OSError as error:
                raise self._failed(error) from error

    def _find(self) -> None:
        place, torn = 0, False
        with self._path.open("ab+") as file:
            file.seek(0)
            for line in file:
                start, place = place, place + len(line)
                torn = not line.endswith(b"\n")
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict) and "key" in record:
                    self._places.setdefault(record["key"], start)
            if torn:
                file.write(b"\n")

    def _failed(self, error: OSError) -> UserError:
        return UserError(
            f"the kept replies cannot be used: {error.strerror or error}",
            where=str(self._path),
            do="check the disk and the permissions",
        )
