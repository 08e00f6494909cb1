"""The program that runs in the sandbox: which benchmark problems' tests does each solution pass?

It is started as a file of its own and imports nothing of the project. Each solution runs in a fork, so that
none spoils the next. It decides about decontamination only: a solution that cheats here removes itself from
the data, or is one that no benchmark has.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import itertools
import json
import os
import select
import signal
import sys
import time
from typing import Any

ITEMS = 10_000  # of an iterator
DEATHS = 4  # of a solution's process until it is left alone


class TookTooLong(BaseException):
    """A test used up its time."""


def loaded(rows: list[dict[str, str]]) -> list[tuple[str, int, Any]]:
    """The benchmark's problems: id, number of parameters, and the function that takes a candidate."""
    found = []
    for row in rows:
        space: dict[str, Any] = {"__name__": "benchmark"}
        with contextlib.suppress(Exception):
            # With its solution, since a test may compare with it by its name.
            exec(compile(row["prompt"] + row["canonical_solution"], "<prompt>", "exec"), space)
            exec(compile(row["test"], "<test>", "exec"), space)
            count = len(inspect.signature(space[row["entry_point"]]).parameters)
            found.append((row["task_id"], count, space["check"]))
    return found


def takes(function: Any, count: int) -> bool:
    """Whether a function can be called with so many arguments by position."""
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # it has no signature to look at
        return True
    return True


def candidate_of(function: Any) -> Any:
    """The function as a test sees it: what an iterator yields, in a list."""

    def candidate(*arguments: Any, **named: Any) -> Any:
        value = function(*arguments, **named)
        return list(itertools.islice(value, ITEMS)) if hasattr(type(value), "__next__") else value

    return candidate


def ring(*_: Any) -> None:
    """The alarm's handler."""
    raise TookTooLong


def passes(check: Any, candidate: Any, seconds: float) -> bool:
    """Whether a candidate passes a problem's tests in the processor time it has."""
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            check(candidate)
            return True
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except BaseException:
        return False


def work(solution: dict[str, str], problems: list[Any], first: int, seconds: float, out: int) -> None:
    """In the fork: try the problems from `first` on; tell which one is tried, and which is passed."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    signal.signal(signal.SIGPROF, ring)
    space: dict[str, Any] = {"__name__": "solution"}
    signal.setitimer(signal.ITIMER_PROF, 10 * seconds)
    exec(compile(solution["code"], "<solution>", "exec"), space)
    signal.setitimer(signal.ITIMER_PROF, 0)
    function = space.get(solution["name"])
    if not callable(function) or inspect.isclass(function):
        return
    candidate = candidate_of(function)
    for place in range(first, len(problems)):
        _, count, check = problems[place]
        if takes(function, count):
            os.write(out, b"t%d\n" % place)
            if passes(check, candidate, seconds):
                os.write(out, b"p%d\n" % place)
                return


def told(descriptor: int, deadline: float) -> list[str]:
    """What a fork wrote until it ended, or until the deadline."""
    data = b""
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([descriptor], [], [], left)[0]:
            break
        chunk = os.read(descriptor, 65536)
        if not chunk:
            break
        data += chunk
    return data.decode().split()


def passed(solution: dict[str, str], problems: list[Any], seconds: float) -> str | None:
    """The id of the first problem whose tests a solution passes."""
    first = 0
    for _ in range(DEATHS):
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            with contextlib.suppress(BaseException):
                work(solution, problems, first, seconds, write)
                os.write(write, b"e\n")
            os._exit(0)
        os.close(write)
        lines = told(read, time.monotonic() + 60 * seconds)
        os.close(read)
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        for line in lines:
            if line.startswith("p"):
                return str(problems[int(line[1:])][0])
        tried = [int(line[1:]) for line in lines if line.startswith("t")]
        if lines[-1:] == ["e"] or not tried:
            return None
        first = tried[-1] + 1  # it died, or hung, in this one
    return None


def main() -> None:
    """Read a request from stdin; write a line for each solution as soon as it is known."""
    request = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()):
        problems = loaded(request["problems"])
    for solution in request["solutions"]:
        print(json.dumps(passed(solution, problems, request["seconds"])), flush=True)


main()
