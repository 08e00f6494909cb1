"""A stub of the Gemini API: streamGenerateContent and generateContent."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.stubs.http import (
    Cut,
    Events,
    Fault,
    Item,
    Raw,
    Reply,
    Script,
    Seen,
    Stall,
    StubServer,
    Wire,
    pieces,
)

_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
_STATUS |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}

NO_CANDIDATES = Events(({"usageMetadata": {"promptTokenCount": 3}},))


def blocked_prompt(reason: str = "SAFETY") -> Events:
    """What comes instead of a reply when the prompt is blocked."""
    return Events(({"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 3}},))


class GeminiStub(StubServer):
    """A server that a `GeminiBackend` takes as its base_url.

    Args:
        replies: see `StubServer`; a `Reply`'s finish is Gemini's word, such as `SAFETY`.
        refuses: fields of generationConfig that it answers with a 400 that names them.
    """

    def __init__(self, replies: Script = (), *, refuses: Collection[str] = ()) -> None:
        self._refuses = refuses
        super().__init__(replies)

    def answer(self, wire: Wire, seen: Seen) -> None:
        url = urlsplit(seen.path)
        method = url.path.rpartition(":")[2]
        streams = method == "streamGenerateContent" and parse_qs(url.query).get("alt") == ["sse"]
        if not url.path.startswith("/v1beta/models/") or not (streams or method == "generateContent"):
            return _fail(wire, Fault(404, f"no such path: {seen.path}"))
        for name in self._refuses:
            if name in seen.json["generationConfig"]:
                return _fail(wire, Fault(400, f"Invalid value at 'generation_config': {name}"))
        item = self.take(seen)
        match item:
            case Fault():
                _fail(wire, item)
            case Raw(body, content_type, status):
                wire.send_body(body, content_type, status)
            case Reply(text, finish, _, usage) if not streams:
                wire.send_json(_event(text, finish or "STOP") | (_usage(seen, item) if usage else {}))
            case Events((document,)) if not streams:
                wire.send_json(document)
            case _:
                wire.start_stream()
                self._stream(wire, seen, item)

    def _stream(self, wire: Wire, seen: Seen, item: Item) -> None:
        match item:
            case Events(documents):
                for document in documents:
                    wire.send_event(json.dumps(document))
            case Reply(text, finish, thinking, usage):
                if thinking:
                    wire.send_event(json.dumps(_event(thinking, "", thought=True)))
                _send_pieces(wire, text)
                last = _event("", finish or "STOP") | (_usage(seen, item) if usage else {})
                wire.send_event(json.dumps(last))
            case Cut(text):
                _send_pieces(wire, text)
                return wire.break_off()
            case Stall(text):
                _send_pieces(wire, text)
                return wire.stall()
        wire.end_stream()


def _send_pieces(wire: Wire, text: str) -> None:
    for piece in pieces(text):
        wire.send_event(json.dumps(_event(piece, "")))


def _event(text: str, finish: str, *, thought: bool = False) -> dict[str, Any]:
    part = {"text": text, **({"thought": True} if thought else {})}
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [part] if text else []}, "index": 0}
    return {"candidates": [candidate | ({"finishReason": finish} if finish else {})]}


def _usage(seen: Seen, reply: Reply) -> dict[str, Any]:
    """A token of a prompt is a word here, and of a reply or a thought a piece."""
    words = " ".join(part["text"] for content in seen.json["contents"] for part in content["parts"])
    return {
        "usageMetadata": {
            "promptTokenCount": len(words.split()),
            "candidatesTokenCount": len(pieces(reply.text)),
            "thoughtsTokenCount": len(pieces(reply.thinking)),
        }
    }


def _fail(wire: Wire, fault: Fault) -> None:
    error = {"code": fault.status, "message": fault.message, "status": _STATUS.get(fault.status, "UNKNOWN")}
    wire.send_json({"error": error | dict(fault.extra)}, fault.status, fault.headers)
