"""The other end of the judge: a script inside the sandbox that loads a solution and makes calls of it.

It runs as the sandboxed program, in one process with code that nobody trusts, so nothing it says is believed:
it is never told what is expected, and answers each call with plain data that the judge compares. Each call is
made in a fork of its own: what one does to the solution's state, to the interpreter or to itself does not
reach the next. Standard library only.

Requests and replies are lines of JSON, on the descriptors in the last two arguments.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import json
import os
import select
import signal
import sys
import time
import types
from pathlib import Path
from typing import Any

PRINTED_BYTES = 256 * 1024
SHOWN_CHARACTERS = 20_000
MESSAGE_CHARACTERS = 500
MOST_DEPTH, MOST_NODES = 60, 200_000
_HOME = os.environ.get("HOME", ".")
_numbers = itertools.count()

Reply = dict[str, Any]


# --- values to plain data -----------------------------------------------------------------------------------


class TooMuch(Exception):
    """A value is nested deeper or larger than is sent."""


class Encoder:
    """Turns one value into JSON, exactly or as an opaque one with its type and `repr`.

    Only the built-in types' own methods are used, so what a subclass overrides has no say.
    """

    def __init__(self) -> None:
        self._left = MOST_NODES

    def encode(self, value: object, depth: int = 0) -> Any:
        """The value as JSON; see `models.sandbox.plain` for the other direction."""
        self._left -= 1
        if depth > MOST_DEPTH or self._left < 0:
            raise TooMuch
        if value is None or value is True or value is False:
            return value
        kind = type(value)
        for base, tag, write in _SCALARS:
            if issubclass(kind, base):
                return [tag, write(value)]
        for base, tag, items in _CONTAINERS:
            if issubclass(kind, base):
                return [tag, [self.encode(item, depth + 1) for item in items(value)]]
        if issubclass(kind, dict):
            pairs: Any = dict.items(value)  # type: ignore[arg-type]
            return ["d", [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in pairs]]
        return self._of_library(value, kind, depth)

    def _of_library(self, value: Any, kind: type, depth: int) -> Any:
        """Values of the standard library that people return; their modules are loaded if there is one."""
        loaded = sys.modules
        if "decimal" in loaded and issubclass(kind, loaded["decimal"].Decimal):
            return ["D", loaded["decimal"].Decimal.__str__(value)]
        if "fractions" in loaded and issubclass(kind, loaded["fractions"].Fraction):
            return ["R", [hex(value.numerator), hex(value.denominator)]]
        if "datetime" in loaded:
            moment = loaded["datetime"]
            for name in ("datetime", "date", "time"):
                if issubclass(kind, getattr(moment, name)):
                    return [name, getattr(moment, name).isoformat(value)]
            if issubclass(kind, moment.timedelta):
                return ["timedelta", [value.days, value.seconds, value.microseconds]]
        if "collections" in loaded and issubclass(kind, loaded["collections"].deque):
            return [
                "q",
                [self.encode(item, depth + 1) for item in loaded["collections"].deque.__iter__(value)],
            ]
        if "numpy" in loaded and issubclass(kind, loaded["numpy"].generic):
            return self.encode(loaded["numpy"].generic.item(value), depth + 1)
        return opaque(value)


_SCALARS: tuple[tuple[type, str, Any], ...] = (
    (int, "i", lambda value: hex(int.__add__(value, 0))),
    (float, "f", float.hex),
    (str, "s", str.__str__),
    (bytes, "b", bytes.hex),
    (bytearray, "B", bytearray.hex),
    (complex, "c", lambda value: [float.hex(value.real), float.hex(value.imag)]),
    (range, "r", lambda value: [hex(value.start), hex(value.stop), hex(value.step)]),
)
_CONTAINERS: tuple[tuple[type, str, Any], ...] = (
    (list, "l", list.__iter__),
    (tuple, "t", tuple.__iter__),
    (set, "S", set.__iter__),
    (frozenset, "F", frozenset.__iter__),
)


def shown(value: object) -> str:
    """Its `repr`, cut; whatever that raises is told instead."""
    try:
        return str.__str__(repr(value))[:SHOWN_CHARACTERS]
    except BaseException as error:
        return f"<repr raises {type(error).__name__}>"


def opaque(value: object) -> Any:
    """A value that is not plain: it equals nothing, and can be compared by its text only."""
    kind = type(value)
    return ["o", [f"{kind.__module__}.{kind.__qualname__}", shown(value)]]


def encoded(value: object) -> Any:
    """A value as JSON; one that is too large as an opaque one."""
    try:
        return Encoder().encode(value)
    except (TooMuch, RecursionError, RuntimeError):  # RuntimeError: changed while it was read
        return opaque(value)


# --- the solution -------------------------------------------------------------------------------------------


class Solution:
    """The code under test, loaded when the first call needs it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.failure: Reply | None = None
        self._module: types.ModuleType | None = None

    def load(self) -> None:
        """Run the source as the module `solution`; what it raises is kept as `failure`."""
        if self._module is not None:
            return
        self._module = types.ModuleType("solution")
        sys.modules["solution"] = self._module
        try:
            exec(compile(self.source, "solution.py", "exec", dont_inherit=True), self._module.__dict__)
        except BaseException as error:
            self.failure = {"outcome": "unloadable", **described(error)}
        _flush()  # else every fork would write it again

    def call(self, text: str) -> object:
        """Run statements in the module; the value of the last one when it is an expression, else None."""
        assert self._module is not None
        tree = ast.parse(text, "call", "exec")
        names = self._module.__dict__
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr):
            exec(compile(tree, "call", "exec", dont_inherit=True), names)
            return None
        del tree.body[-1]
        exec(compile(tree, "call", "exec", dont_inherit=True), names)
        return eval(compile(ast.Expression(last.value), "call", "eval", dont_inherit=True), names)

    def run_as_program(self) -> None:
        """Run the source as `__main__`; leaving with status 0 is an end like any other."""
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        try:
            exec(compile(self.source, "solution.py", "exec", dont_inherit=True), module.__dict__)
        except SystemExit as leave:
            if leave.code not in {None, 0}:
                raise


def described(error: BaseException) -> Reply:
    """An exception as plain data: the names of its classes, most special first, and its message."""
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__]
    try:
        message = str.__str__(str(error))[:MESSAGE_CHARACTERS]
    except BaseException:
        message = ""
    return {"error": names, "message": message}


# --- one call -----------------------------------------------------------------------------------------------


def _answer(solution: Solution, request: Reply) -> Reply:
    """Make the call, in the fork."""
    try:
        if not request["call"]:
            solution.run_as_program()
            return {"outcome": "value", "value": None}
        value = solution.call(request["call"])
    except BaseException as error:
        return {"outcome": "raised", **described(error)}
    reply: Reply = {"outcome": "value", "value": encoded(value)}
    if request["show"]:
        reply["shown"] = shown(value)
    return reply


def _scratch() -> int:
    """Descriptor of an empty file without a name."""
    path = f"{_HOME}/.{os.getpid()}-{next(_numbers)}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    Path(path).unlink()
    return descriptor


def _in_fork(solution: Solution, request: Reply, stdin: int, stdout: int, answer: int) -> None:
    try:
        os.setpgid(0, 0)
        # The kernel's own alarm works where signals to others are refused, even to children.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, request["seconds"] + 0.05)
        os.dup2(stdin, 0)
        os.dup2(stdout, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        data = json.dumps(_answer(solution, request)).encode() + b"\n"
        _flush()
        _write(answer, data)
    finally:
        os._exit(0)


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BaseException:  # the solution closed or replaced it
        pass


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _read_answer(answer: int, deadline: float) -> tuple[bytes, bool]:
    """What the fork wrote, and whether it was in time."""
    data = b""
    while not data.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([answer], [], [], left)[0]:
            return data, False
        part = os.read(answer, 65536)
        if not part:
            break
        data += part
    return data, True


def _end(pid: int) -> int:
    for target in (pid, -pid):
        try:
            os.kill(target, signal.SIGKILL)
        except OSError:
            continue
    return os.waitpid(pid, 0)[1]


def _settled(pid: int, patience: float) -> int | None:
    """The status of a fork that is ending by itself; None when it is not."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        time.sleep(0.0005)
    return None


def make_call(solution: Solution, request: Reply) -> Reply:
    """Make one call in a fork and say what came of it."""
    if request["call"]:
        solution.load()
        if solution.failure is not None:
            return solution.failure
    stdin, stdout = _scratch(), _scratch()
    _write(stdin, request["stdin"].encode("utf-8", "surrogateescape"))
    os.lseek(stdin, 0, os.SEEK_SET)
    answer, speak = os.pipe()
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.close(answer)
        _in_fork(solution, request, stdin, stdout, speak)
    os.close(speak)
    data, in_time = _read_answer(answer, started + request["seconds"])
    seconds = time.monotonic() - started
    status = _settled(pid, 0.2) if in_time and not data else None
    if status is None:
        status = _end(pid)
    printed = os.pread(stdout, PRINTED_BYTES, 0).decode("utf-8", "replace")
    for descriptor in (stdin, stdout, answer):
        os.close(descriptor)
    try:
        reply: Reply = json.loads(data)
    except ValueError:
        reply = _without_answer(status, in_time)
    return {**reply, "printed": printed, "seconds": seconds}


def _without_answer(status: int, in_time: bool) -> Reply:
    if not in_time:
        return {"outcome": "timeout"}
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        late = number in {signal.SIGXCPU, signal.SIGALRM}
        return {"outcome": "timeout" if late else "crashed", "signal": number}
    return {"outcome": "crashed", "exit": os.WEXITSTATUS(status)}


def main() -> None:
    """Answer requests until there are no more."""
    requests, replies = (int(number) for number in sys.argv[-2:])
    for name in ("exit", "quit"):  # absent without installed packages, and programs end with them
        if not hasattr(builtins, name):
            setattr(builtins, name, sys.exit)
    solution: Solution | None = None
    with open(requests, encoding="utf-8", closefd=False) as lines:
        for line in lines:
            request = json.loads(line)
            if solution is None:
                solution = Solution(request["solution"])
                continue
            reply = {"nonce": request["nonce"], **make_call(solution, request)}
            _write(replies, json.dumps(reply).encode() + b"\n")


if __name__ == "__main__":
    main()
