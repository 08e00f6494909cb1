"""The tests' side of a check: a script in a sandbox of its own, away from the code under test.

It runs test programs, each in a fork. Where one calls its `candidate`, the arguments go to the judge as
plain data, and a plain value comes back: the code under test runs elsewhere, and what reaches the tests of it
has no behaviour. So what this script says of a test can be believed.

Requests and replies are lines of JSON, on the descriptors in the last two arguments.
"""

from __future__ import annotations

import builtins
import json
import os
import random
import signal
import sys
from collections.abc import Callable
from typing import Any

from models.sandbox.harness import Encoder, TooMuch
from models.sandbox.plain import decode

MESSAGE_CHARACTERS = 500


class NoValue(BaseException):
    """A call of the candidate gave neither a value nor an exception; `except Exception` lets it by."""

    def __init__(self, verdict: str, message: str) -> None:
        self.verdict = verdict
        super().__init__(message)


class Raised(Exception):
    """The candidate raised an exception of a class that is not built in."""


class Channel:
    """Lines of JSON from and to the judge; nothing is read ahead, since forks share it."""

    def __init__(self, requests: int, replies: int) -> None:
        self._requests, self._replies = requests, replies
        self._read = b""

    def receive(self) -> Any:
        """The next line; None at the end."""
        while b"\n" not in self._read:
            part = os.read(self._requests, 65536)
            if not part:
                return None
            self._read += part
        line, _, self._read = self._read.partition(b"\n")
        return json.loads(line)

    def send(self, reply: dict[str, Any]) -> None:
        """Write a line."""
        data = json.dumps(reply).encode() + b"\n"
        while data:
            data = data[os.write(self._replies, data) :]


def candidate_on(channel: Channel) -> Callable[..., Any]:
    """What tests get for the function under test."""

    def candidate(*arguments: Any, **named: Any) -> Any:
        try:
            given = [Encoder().encode(list(arguments)), Encoder().encode(named)]
        except (TooMuch, RecursionError):
            raise NoValue("error", "the arguments are too large to be handed over") from None
        channel.send({"call": given})
        return _value(channel.receive())

    return candidate


def _value(reply: dict[str, Any]) -> Any:
    if reply["outcome"] == "value":
        return decode(reply["value"])
    if reply["outcome"] == "raised":
        raise _exception(reply["error"], reply["message"])
    raise NoValue(reply["verdict"], reply["message"])


def _exception(names: list[str], message: str) -> BaseException:
    """The exception, as the most special built-in class that it has."""
    for name in names:
        kind = getattr(builtins, name.removeprefix("builtins."), None)
        if isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception:
            try:
                return kind(message)
            except TypeError:  # one that wants more than a message
                continue
    return Raised(f"{names[0] if names else 'an exception'}: {message}")


def run(job: dict[str, Any], channel: Channel) -> None:
    """Run a test program, in the fork, and tell the end of each test."""
    random.seed(0)

    def told(number: int, error: BaseException | None) -> None:
        channel.send({"test": number, **_ending(error)})

    space: dict[str, Any] = {"__name__": "tests"}
    candidate = candidate_on(channel)
    exec(compile(job["support"], "<support>", "exec", dont_inherit=True), space)
    space |= {"candidate": candidate, job["entry_point"]: candidate, job["told"]: told}
    exec(compile(job["program"], "<tests>", "exec", dont_inherit=True), space)
    if callable(space.get(job["check"])):
        space[job["check"]](candidate)


def _ending(error: BaseException | None) -> dict[str, str]:
    match error:
        case None:
            return {"verdict": "passed", "detail": ""}
        case NoValue():
            return {"verdict": error.verdict, "detail": str(error)[:MESSAGE_CHARACTERS]}
        case AssertionError():
            return {"verdict": "failed", "detail": str(error)[:MESSAGE_CHARACTERS]}
    return {"verdict": "error", "detail": f"{type(error).__name__}: {error}"[:MESSAGE_CHARACTERS]}


def _in_fork(job: dict[str, Any], channel: Channel) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, job["seconds"])
    try:
        run(job, channel)
    except BaseException as error:
        channel.send({"broke": _ending(error)["detail"] or type(error).__name__})
    finally:
        os._exit(0)


def main() -> None:
    """Run test programs until there are no more."""
    channel = Channel(*(int(number) for number in sys.argv[-2:]))
    while (job := channel.receive()) is not None:
        pid = os.fork()
        if pid == 0:
            _in_fork(job, channel)
        status = os.waitpid(pid, 0)[1]
        channel.send({"end": status})
