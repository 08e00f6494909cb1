"""The Hub's protocol for files, as the official client speaks it: real servers that fail on purpose.

There are two on 127.0.0.1, as the Hub has two: one that resolves names to hashes and redirects, and the
storage it redirects to, which is another origin and must never see a token.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

COMMIT = "a" * 40
_RESOLVE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")


@dataclass(frozen=True)
class Seen:
    """One request as it crossed the socket; `headers` ignores case."""

    server: str
    method: str
    path: str
    headers: Message

    @property
    def range_start(self) -> int | None:
        """The first byte that was asked for; None without a range."""
        match = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(match.group(1)) if match else None


@dataclass(frozen=True)
class Cut:
    """The connection breaks after so many bytes of the body."""

    after: int


@dataclass(frozen=True)
class Hold:
    """After so many bytes nothing more comes until `release` is called or the stub closes."""

    after: int


@dataclass(frozen=True)
class WrongBytes:
    """As many bytes as the file has, but others."""


@dataclass(frozen=True)
class NoRanges:
    """The whole file, whatever range was asked for."""


@dataclass(frozen=True)
class OtherRange:
    """A range that was not asked for."""


@dataclass(frozen=True)
class TooMuch:
    """More bytes than the file has, in a body without a stated length."""


@dataclass(frozen=True)
class Refuse:
    """An HTTP error; `code` is the Hub's own word for it."""

    status: int
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


Fault = Cut | Hold | WrongBytes | NoRanges | OtherRange | TooMuch | Refuse


class HubStub:
    """Serves files of repositories; use it as a context manager.

    Args:
        files: by `owner/name` and file name.

    Attributes:
        requests: all that were made, in order, to both servers.
        hub_faults: what goes wrong with the next requests for metadata, in order; None for nothing.
        storage_faults: what goes wrong with the next downloads, in order; the last one stays when `stuck`.
        stuck: whether the last fault of a list happens for ever.
        large: whether files are in large-file storage; others have no SHA-256 in their metadata.
        holding: set once a `Hold` has sent its bytes.
    """

    def __init__(self, files: Mapping[tuple[str, str], bytes]) -> None:
        self.files = dict(files)
        self.requests: list[Seen] = []
        self.hub_faults: list[Fault | None] = []
        self.storage_faults: list[Fault | None] = []
        self.stuck = False
        self.large = True
        self.holding = threading.Event()
        self.released = threading.Event()
        self._lock = threading.Lock()
        self._servers = {
            name: ThreadingHTTPServer(("127.0.0.1", 0), type(name, (handler,), {"stub": self}))
            for name, handler in (("hub", _Hub), ("storage", _Storage))
        }
        self._threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
            for server in self._servers.values()
        ]
        for thread in self._threads:
            thread.start()

    @property
    def url(self) -> str:
        """What goes into HF_ENDPOINT."""
        return self.origin("hub")

    def origin(self, server: str) -> str:
        """Scheme, host and port of one of the two."""
        return f"http://127.0.0.1:{self._servers[server].server_address[1]}"

    @property
    def downloads(self) -> list[Seen]:
        """The requests for bytes."""
        return [seen for seen in self.requests if seen.server == "storage"]

    def release(self) -> None:
        """Let go of those who are held."""
        self.released.set()

    def close(self) -> None:
        """Stop both servers."""
        self.release()
        for server, thread in zip(self._servers.values(), self._threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def see(self, seen: Seen) -> Fault | None:
        """Record a request; what is to go wrong with it."""
        with self._lock:
            self.requests.append(seen)
            faults = self.hub_faults if seen.server == "hub" else self.storage_faults
            if seen.server == "hub" and seen.method != "HEAD":
                return None
            if len(faults) == 1 and self.stuck:
                return faults[0]
            return faults.pop(0) if faults else None

    def by_hash(self, sha256: str) -> bytes | None:
        """The file of a hash."""
        return next((data for data in self.files.values() if _sha256(data) == sha256), None)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stub: HubStub
    server_name: str

    def do_HEAD(self) -> None:  # noqa: N802, the name that the standard library calls
        self._serve()

    def do_GET(self) -> None:  # noqa: N802
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, as the standard library has it
        pass

    def _serve(self) -> None:
        fault = self.stub.see(Seen(self.server_name, self.command, unquote(self.path), self.headers))
        try:
            self.answer(fault)
        except ConnectionError:
            self.close_connection = True

    def answer(self, fault: Fault | None) -> None:
        raise NotImplementedError

    def reply(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def refuse(self, refusal: Refuse) -> None:
        code = {"X-Error-Code": refusal.code} if refusal.code else {}
        self.reply(refusal.status, {**code, **refusal.headers})

    def wait(self) -> None:
        self.stub.holding.set()
        self.stub.released.wait()


class _Hub(_Handler):
    """Resolves `owner/name/resolve/revision/file` to a hash, and redirects to where its bytes are."""

    server_name = "hub"

    def answer(self, fault: Fault | None) -> None:
        if isinstance(fault, Hold):
            self.wait()
        if isinstance(fault, Refuse):
            return self.refuse(fault)
        match = _RESOLVE.fullmatch(unquote(self.path))
        repositories = {repo for repo, _ in self.stub.files}
        if match is None or match["repo"] not in repositories:
            return self.refuse(Refuse(401, "RepoNotFound"))
        if match["revision"] not in {"main", COMMIT}:
            return self.refuse(Refuse(404, "RevisionNotFound"))
        data = self.stub.files.get((match["repo"], match["file"]))
        if data is None:
            return self.refuse(Refuse(404, "EntryNotFound", {"X-Repo-Commit": COMMIT}))
        sha256 = _sha256(data)
        etag = sha256 if self.stub.large else hashlib.sha1(data, usedforsecurity=False).hexdigest()
        return self.reply(
            302,
            {
                "Location": f"{self.stub.origin('storage')}/{sha256}?signature=x",
                "X-Repo-Commit": COMMIT,
                "X-Linked-Etag": f'"{etag}"',
                "X-Linked-Size": str(len(data)),
                "ETag": f'"{COMMIT}"',
            },
        )


class _Storage(_Handler):
    """Gives bytes by their hash, in ranges."""

    server_name = "storage"

    def answer(self, fault: Fault | None) -> None:
        data = self.stub.by_hash(self.path.strip("/").partition("?")[0])
        if isinstance(fault, Refuse):
            return self.refuse(fault)
        if data is None:
            return self.refuse(Refuse(404))
        seen = self.stub.requests[-1]
        start = 0 if isinstance(fault, NoRanges) else seen.range_start or 0
        if start >= len(data) > 0:
            return self.refuse(Refuse(416, headers={"Content-Range": f"bytes */{len(data)}"}))
        body = data[start:]
        if isinstance(fault, WrongBytes):
            body = bytes(byte ^ 1 for byte in body)
        if isinstance(fault, TooMuch):
            return self._send_without_length(body + b"more")
        told = start + 1 if isinstance(fault, OtherRange) else start
        partial = {"Content-Range": f"bytes {told}-{len(data) - 1}/{len(data)}"} if start else {}
        self.reply(206 if start else 200, {"Content-Length": str(len(body)), **partial})
        return self._send(body, fault)

    def _send(self, body: bytes, fault: Fault | None) -> None:
        if not isinstance(fault, Cut | Hold):
            self.wfile.write(body)
            return
        self.wfile.write(body[: fault.after])
        self.wfile.flush()
        if isinstance(fault, Cut):
            self.close_connection = True
            return
        self.wait()
        self.wfile.write(body[fault.after :])

    def _send_without_length(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
