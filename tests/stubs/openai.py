"""A stub of OpenAI's chat completions, streamed and whole, with log-probabilities and usage."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

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

Opening = Mapping[str, float]


class OpenAIStub(StubServer):
    """A server such as `--base-url` takes.

    Args:
        replies: see `StubServer`; requests for log-probabilities take nothing from it.
        openings: answers to requests for log-probabilities, in order, the last one again and again: a
            probability per first token, a `Fault` or a `Raw`. Without any the server
            knows no log-probabilities.
        refuses: parameters that it answers with a 400 that names them.
    """

    def __init__(
        self,
        replies: Script = (),
        *,
        openings: Iterable[Opening | Fault | Raw] = (),
        refuses: Collection[str] = (),
    ) -> None:
        self._openings = list(openings)
        self._refuses = refuses
        super().__init__(replies)

    @property
    def url(self) -> str:
        return f"{self.origin}/v1"

    def answer(self, wire: Wire, seen: Seen) -> None:
        if seen.path != "/v1/chat/completions":
            return _fail(wire, Fault(404, f"no such path: {seen.path}"))
        for name in self._refuses:
            if name in seen.json:
                message = f"Unsupported parameter: '{name}' is not supported with this model."
                return _fail(wire, Fault(400, message, "unsupported_parameter", extra={"param": name}))
        if seen.json.get("logprobs") and not seen.json.get("stream"):
            return self._open(wire, seen)
        return self._reply(wire, seen, self.take(seen))

    def _open(self, wire: Wire, seen: Seen) -> None:
        with self._lock:
            opening = self._openings.pop(0) if len(self._openings) > 1 else next(iter(self._openings), None)
        if isinstance(opening, Fault):
            return _fail(wire, opening)
        if isinstance(opening, Raw):
            return wire.send_body(opening.body, opening.content_type, opening.status)
        first = max(opening, key=opening.__getitem__) if opening else "The"
        wire.send_json(_whole(seen, first, "length", _logprobs(first, opening) if opening else None))

    def _reply(self, wire: Wire, seen: Seen, item: Item) -> None:
        match item:
            case Fault():
                _fail(wire, item)
            case Raw(body, content_type, status):
                wire.send_body(body, content_type, status)
            case Reply(text, finish) if not seen.json.get("stream"):
                wire.send_json(_whole(seen, text, finish or "stop", None))
            case Events((document,)) if not seen.json.get("stream"):
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
                _send_pieces(wire, seen, thinking, "reasoning_content")
                _send_pieces(wire, seen, text, "content")
                wire.send_event(json.dumps(_chunk(seen, {}, finish or "stop")))
                if usage and (seen.json.get("stream_options") or {}).get("include_usage"):
                    last = _chunk(seen, {}, None) | {"choices": [], "usage": _usage(seen, text)}
                    wire.send_event(json.dumps(last))
            case Cut(text):
                _send_pieces(wire, seen, text, "content")
                return wire.break_off()
            case Stall(text):
                _send_pieces(wire, seen, text, "content")
                return wire.stall()
        wire.send_event("[DONE]")
        wire.end_stream()


def _send_pieces(wire: Wire, seen: Seen, text: str, field: str) -> None:
    for piece in pieces(text):
        wire.send_event(json.dumps(_chunk(seen, {field: piece}, None)))


def _fail(wire: Wire, fault: Fault) -> None:
    error = {"message": fault.message, "type": "error", "param": None, "code": fault.code, **fault.extra}
    wire.send_json({"error": error}, fault.status, fault.headers)


def _chunk(seen: Seen, delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
    return _head(seen, "chat.completion.chunk") | {"choices": [choice]}


def _whole(seen: Seen, text: str, finish: str, logprobs: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": logprobs}
    return _head(seen, "chat.completion") | {"choices": [choice], "usage": _usage(seen, text)}


def _head(seen: Seen, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": seen.json["model"]}


def _usage(seen: Seen, text: str) -> dict[str, Any]:
    """A token of a prompt is a word here, and of a reply a piece."""
    prompt = sum(len(message["content"].split()) for message in seen.json["messages"])
    written = len(pieces(text))
    return {
        "prompt_tokens": prompt,
        "completion_tokens": written,
        "total_tokens": prompt + written,
        "prompt_tokens_details": {"cached_tokens": min(2, prompt)},
    }


def _logprobs(first: str, opening: Opening) -> dict[str, Any]:
    listed = [
        {"token": token, "logprob": math.log(p), "bytes": list(token.encode())}
        for token, p in opening.items()
    ]
    return {"content": [{"token": first, "logprob": 0.0, "bytes": None, "top_logprobs": listed}]}
