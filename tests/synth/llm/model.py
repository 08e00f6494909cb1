"""What stands in for a model in these tests: it does both steps right, on any problem."""

from __future__ import annotations

import re
from typing import Any

from tests.stubs.http import Seen

_CLEAR = re.compile(r"The clear text:\n\n(.*)\n\nThe sent text:\n\n(.*)", re.DOTALL)
VAGUE = "In whatever suitable way,"
QUESTION = "What does `In whatever suitable way` mean for the result?"


def reply_to(system: str, user: str) -> str:
    """The reply to either step."""
    if "<questions>" in system:
        assert _CLEAR.fullmatch(user)
        return f"They differ in three words.\n<questions>\n1. {QUESTION}\n</questions>"
    return f"First I list what it demands.\n<request>\n{vague(user)}\n</request>"


def vague(request: str) -> str:
    """A request as this model modifies it."""
    mark = next((mark for mark in ('"""', "'''") if mark in request), None)
    return request.replace(mark, f"{mark}{VAGUE} ", 1) if mark else f"{VAGUE}\n\n{request}"


def asked_of(seen: Seen) -> tuple[str, str]:
    """System and user text of a request, in either protocol."""
    body: Any = seen.json
    if "messages" in body:
        return body["messages"][0]["content"], body["messages"][1]["content"]
    system = "".join(part["text"] for part in body["systemInstruction"]["parts"])
    return system, body["contents"][0]["parts"][0]["text"]


def answer(seen: Seen) -> str:
    """The reply to a request that crossed the socket."""
    return reply_to(*asked_of(seen))
