"""A real HTTP server on 127.0.0.1 that records requests, answers by a script, and fails on purpose."""

from __future__ import annotations

import json
import select
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self


@dataclass(frozen=True)
class Seen:
    """One request as it crossed the socket; `headers` ignores case, `port` tells connections apart."""

    method: str
    path: str
    headers: Message
    json: Any
    port: int


@dataclass(frozen=True)
class Reply:
    """A reply that works.

    Args:
        text: what the model says.
        finish: why it ends, in the protocol's word; empty for the usual one.
        thinking: reasoning that comes before, in the protocol's own field.
        usage: whether token counts are reported.
    """

    text: str
    finish: str = ""
    thinking: str = ""
    usage: bool = True


@dataclass(frozen=True)
class Fault:
    """An HTTP error; `code` and `extra` go into the error's body beside the message."""

    status: int
    message: str = "failed on purpose"
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """The connection breaks after this text, in the middle of the stream."""

    text: str = ""


@dataclass(frozen=True)
class Stall:
    """After this text nothing more comes, until the client hangs up or the stub closes."""

    text: str = ""


@dataclass(frozen=True)
class Raw:
    """These bytes, whatever was asked."""

    body: bytes
    content_type: str = "text/event-stream"
    status: int = 200


@dataclass(frozen=True)
class Events:
    """A stream of these JSON documents."""

    documents: tuple[Any, ...]


Item = Reply | Fault | Cut | Stall | Raw | Events
Script = Iterable[Item | str | int] | Callable[[Seen], Item | str | int]


class StubServer:
    """Answers requests one after the other by a script; use it as a context manager.

    Args:
        replies: what to answer, in order: a text, an HTTP status, or one of the classes above; or a function
            of the request. A request after the last one is answered with 400.

    Attributes:
        requests: all that were made, in order.
        stalled: set once a `Stall` has sent its text.
        hung_up: set once a client has closed a connection on which something was still to come.
    """

    protocol: ClassVar[str]

    def __init__(self, replies: Script = ()) -> None:
        self.requests: list[Seen] = []
        self.stalled = threading.Event()
        self.hung_up = threading.Event()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._choose = replies if callable(replies) else None
        self._script = [] if callable(replies) else list(replies)
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """What a client takes as the base URL."""
        return self.origin

    def replies(self, *items: Item | str | int) -> None:
        """Add to the script."""
        self._script.extend(items)

    def close(self) -> None:
        """Stop, and let go of clients that wait."""
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def take(self, seen: Seen) -> Item:
        """The script's next item."""
        with self._lock:
            item = self._choose(seen) if self._choose else self._script.pop(0) if self._script else None
        if item is None:
            return Fault(400, "the stub's script has no reply left")
        if isinstance(item, str):
            return Reply(item)
        return Fault(item) if isinstance(item, int) else item

    def answer(self, wire: Wire, seen: Seen) -> None:
        """Answer one request in the protocol; `self.take` gives the item."""
        raise NotImplementedError


class Wire(BaseHTTPRequestHandler):
    """What a stub writes answers with."""

    protocol_version = "HTTP/1.1"
    stub: StubServer

    def do_POST(self) -> None:  # noqa: N802, the name that the standard library calls
        length = int(self.headers.get("content-length", 0))
        body = json.loads(self.rfile.read(length) or "null")
        seen = Seen(self.command, self.path, self.headers, body, self.client_address[1])
        self.stub.requests.append(seen)
        try:
            self.stub.answer(self, seen)
        except ConnectionError:
            self.stub.hung_up.set()
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, as the standard library has it
        pass

    def send_body(
        self, body: bytes, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def send_json(self, document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.send_body(json.dumps(document).encode(), "application/json", status, headers)

    def start_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send_event(self, data: str) -> None:
        event = f"data: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
        self.wfile.flush()

    def end_stream(self) -> None:
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def break_off(self) -> None:
        """End the connection without the stream's end."""
        self.wfile.flush()
        self.close_connection = True

    def stall(self) -> None:
        """Send nothing until the client hangs up or the stub closes."""
        self.stub.stalled.set()
        while not self.stub._closing.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.01)
            if readable and not self.connection.recv(1):
                self.stub.hung_up.set()
                break
        self.close_connection = True


class _Server(ThreadingHTTPServer):
    """Says nothing of clients that break off: that is what some tests have them do."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler_of(stub: StubServer) -> type[Wire]:
    return type("Handler", (Wire,), {"stub": stub})


def pieces(text: str, size: int = 4) -> list[str]:
    """The text in pieces, as tokens would come."""
    return [text[at : at + size] for at in range(0, len(text), size)]
