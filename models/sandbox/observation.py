"""What came of a call in the sandbox, read from data that nobody trusts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from models.sandbox.plain import NotPlain, Value, decode
from models.sandbox.policy import RunResult

Outcome = Literal["value", "raised", "unloadable", "crashed", "timeout", "not run"]


@dataclass(frozen=True, slots=True)
class Call:
    """Something to be run with a solution.

    Args:
        text: statements, the last one's value counts when it is an expression; empty runs the solution as a
            program.
        stdin: its standard input.
        show: whether the value's `repr` is wanted.
    """

    text: str
    stdin: str = ""
    show: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """What came of a call.

    Args:
        outcome: `unloadable` when the solution itself raised before any call; `crashed` when the process
            ended in the middle.
        value: the plain value of the call; an Opaque when it is not plain.
        shown: its `repr`, when it was wanted.
        printed: what it wrote to stdout, its first 256 KiB.
        error: names of the classes of what it raised, most special first.
        message: of what it raised, or how it crashed.
        seconds: wall time of the call.
    """

    outcome: Outcome
    value: Value = None
    shown: str = ""
    printed: str = ""
    error: tuple[str, ...] = ()
    message: str = ""
    seconds: float = 0.0


def parsed(line: bytes) -> dict[str, Any] | None:
    """A line of the channel as a JSON object; None when it is none."""
    try:
        reply = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return reply if isinstance(reply, dict) else None


def observation(reply: dict[str, Any]) -> Observation:
    """Read a reply; one that breaks the agreed form counts as a crash."""
    try:
        outcome = reply["outcome"]
        common: dict[str, Any] = {
            "printed": str(reply.get("printed", "")),
            "seconds": min(max(0.0, float(reply.get("seconds", 0.0))), 86_400.0),
        }
        if outcome == "value":
            shown = str(reply.get("shown", ""))
            return Observation("value", value=decode(reply["value"]), shown=shown, **common)
        if outcome in {"raised", "unloadable"}:
            names = tuple(str(name) for name in reply["error"])
            return Observation(outcome, error=names, message=str(reply["message"]), **common)
        if outcome in {"timeout", "crashed"}:
            return Observation(outcome, message=_how_it_ended(reply), **common)
    except (NotPlain, KeyError, TypeError, ValueError):
        pass
    return Observation("crashed", message="it answered with something that is no plain value")


def _how_it_ended(reply: dict[str, Any]) -> str:
    if reply["outcome"] == "timeout":
        return "the call took too long"
    if "signal" in reply:
        return f"signal {int(reply['signal'])} ended it during the call"
    return f"it ended with status {int(reply.get('exit', 0))} during the call"


def ended(result: RunResult, silent: bool) -> Observation:
    """The observation for the call during which the whole process ended or fell silent."""
    if result.limit in {"wall time", "cpu time"} or (silent and result.limit is None):
        return Observation("timeout", message="it took too long and could not be interrupted")
    if result.limit is not None:
        return Observation("crashed", message=f"it met the limit of {result.limit}")
    if result.signal is not None:
        return Observation("crashed", message=f"{result.signal} ended it")
    if result.exit_code is None:
        return Observation("crashed", message="it closed the channel that it answers through")
    return Observation("crashed", message=f"it ended with status {result.exit_code} instead of answering")
