"""A stub of the Hub's data set API on 127.0.0.1: revisions of one repository, each a mapping of files."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit


class HubStub:
    """Serves a data set; `seen` lists the requests."""

    def __init__(self, name: str, revisions: Mapping[str, Mapping[str, bytes]]) -> None:
        self.name = name
        self.revisions = revisions
        self.seen: list[str] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                return

            def do_GET(self) -> None:
                stub.answer(self, b"")

            do_HEAD = do_GET

            def do_POST(self) -> None:
                stub.answer(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        path = urlsplit(request.path).path
        self.seen.append(f"{request.command} {unquote(path)}")
        if path.startswith(f"/datasets/{self.name}/resolve/"):
            revision, _, file = path.removeprefix(f"/datasets/{self.name}/resolve/").partition("/")
            self._file(request, self._known(unquote(revision)), unquote(file))
        elif path.startswith(f"/api/datasets/{self.name}"):
            what, _, rest = path.removeprefix(f"/api/datasets/{self.name}").lstrip("/").partition("/")
            revision, _, below = rest.partition("/")
            self._api(request, what, self._known(unquote(revision) or "main"), unquote(below), body)
        else:
            _send(request, 404, b"{}")

    def _known(self, revision: str) -> str:
        commits = {_commit(name): name for name in self.revisions}
        return commits.get(revision, revision)

    def _api(
        self, request: BaseHTTPRequestHandler, what: str, revision: str, below: str, body: bytes
    ) -> None:
        files = self.revisions.get(revision)
        if files is None:
            _send(request, 404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        elif what in {"", "revision"}:
            siblings = [{"rfilename": name} for name in files]
            info = {
                "id": self.name,
                "sha": _commit(revision),
                "siblings": siblings,
                "private": False,
                "tags": [],
            }
            _send(request, 200, json.dumps(info).encode())
        elif what == "tree":
            _send(request, 200, json.dumps(_tree(files, below)).encode())
        elif what == "paths-info":
            wanted = json.loads(body)["paths"] if body.startswith(b"{") else []
            found = [_entry(name, files[name]) for name in wanted if name in files]
            _send(request, 200, json.dumps(found).encode())
        else:
            _send(request, 404, b"{}")

    def _file(self, request: BaseHTTPRequestHandler, revision: str, name: str) -> None:
        files = self.revisions.get(revision, {})
        if name not in files:
            _send(request, 404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": _commit(revision)})
            return
        data = files[name]
        headers = {
            "ETag": f'"{hashlib.sha256(data).hexdigest()}"',
            "X-Repo-Commit": _commit(revision),
            "Accept-Ranges": "bytes",
        }
        _send(request, 200, data, headers)


def _commit(revision: str) -> str:
    return hashlib.sha1(revision.encode()).hexdigest()


def _entry(name: str, data: bytes) -> dict[str, Any]:
    return {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}


def _tree(files: Mapping[str, bytes], below: str) -> list[dict[str, Any]]:
    prefix = f"{below}/" if below else ""
    inside = [name for name in files if name.startswith(prefix)]
    folders = {
        prefix + name.removeprefix(prefix).partition("/")[0] for name in inside if "/" in name[len(prefix) :]
    }
    found: list[dict[str, Any]] = [
        {"type": "directory", "path": one, "oid": "0" * 40, "size": 0} for one in sorted(folders)
    ]
    return found + [_entry(name, files[name]) for name in inside]


def _send(
    request: BaseHTTPRequestHandler, status: int, data: bytes, headers: Mapping[str, str] | None = None
) -> None:
    request.send_response(status)
    for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
        request.send_header(name, value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(data)
