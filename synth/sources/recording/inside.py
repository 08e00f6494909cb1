"""The program that runs in the sandbox: reads tasks from stdin, runs each in a fork, writes what it did.

It is started as a file of its own and imports nothing of the project. A task is a solution with expressions
to evaluate in it, or a script with inputs to give it. Each runs in a process of its own, with its own folder,
so that none stops or changes another by accident; what keeps them from this machine is the sandbox.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import io
import itertools
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import types
import warnings
from collections.abc import Iterator
from typing import Any, NoReturn

# What solutions usually import; loaded here once, forks find it ready.
PRELOADED = (
    "bisect collections.abc copy dataclasses datetime decimal enum fractions functools heapq html inspect "
    "itertools math numbers operator random re statistics string textwrap unicodedata urllib.parse"
).split()
LONGEST = 4_000  # characters of a value
LONGEST_OUTPUT = 100_000  # bytes of a script's output
MOST_ITEMS = 1_000  # of an iterator
# Audit events that show a function reaching outside; reading modules is not meant.
REACHING = ("socket.", "subprocess.", "os.", "shutil.", "tempfile.", "pty.", "ctypes.")
READING = {"open", "os.listdir", "os.scandir"}
PLAIN = (int, float, complex, str, bytes, bool, type(None))


class NotPlain(ValueError):
    """A value that no literal shows."""


class TookTooLong(BaseException):
    """An expression used up its time."""


def render(value: Any, depth: int = 0) -> str:
    """The repr of a plain value, sets in sorted order.

    Raises:
        NotPlain: it holds something else than literals, or too much.
    """
    kind = type(value)
    if depth > 20:
        raise NotPlain
    if kind in PLAIN:
        text = repr(value)
        if kind in {float, complex} and ("nan" in text or "inf" in text):
            raise NotPlain
        return text
    if kind is dict:
        pairs = [f"{render(key, depth + 1)}: {render(item, depth + 1)}" for key, item in value.items()]
        return "{" + ", ".join(pairs) + "}"
    if kind in {list, tuple, set, frozenset}:
        items = [render(item, depth + 1) for item in value]
        if sum(map(len, items)) > LONGEST:
            raise NotPlain
        return _enclosed(kind, items)
    raise NotPlain


def _enclosed(kind: type, items: list[str]) -> str:
    if kind is list:
        return f"[{', '.join(items)}]"
    if kind is tuple:
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    inner = "{" + ", ".join(sorted(items)) + "}" if items else "set()"
    if kind is set:
        return inner
    return f"frozenset({inner})" if items else "frozenset()"


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TookTooLong inside after so much processor time."""

    def ring(*_: object) -> NoReturn:
        raise TookTooLong

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


class Watch:
    """Notes what an evaluation does besides giving a value."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.active = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.active:
            return
        if event in READING and str(arguments[0]).startswith((sys.prefix, sys.base_prefix)):
            return  # an import
        if event == "open" or event.startswith(REACHING):
            self.events.append(event)


def _arguments(tree: ast.Expression, namespace: dict[str, Any]) -> dict[str, Any]:
    """Put the arguments of a plain call into the namespace, so that it can be seen whether they change."""
    values: dict[str, Any] = {}
    call = tree.body
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
        return values

    def lifted(node: ast.expr) -> ast.expr:
        name = f"_argument_{len(values)}"
        values[name] = eval(compile(ast.Expression(node), "argument", "eval"), namespace)  # noqa: S307
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    if not any(isinstance(argument, ast.Starred) for argument in call.args):
        call.args = [lifted(argument) for argument in call.args]
        for keyword in call.keywords:
            keyword.value = lifted(keyword.value)
    return values


def _seen(values: dict[str, Any]) -> list[str]:
    texts = []
    for value in values.values():
        try:
            texts.append(render(value))
        except NotPlain:
            texts.append("")
    return texts


def evaluate(expression: str, namespace: dict[str, Any], watch: Watch, seconds: float) -> dict[str, Any]:
    """What an expression gives, and what it does besides."""
    written = io.StringIO()
    watch.events.clear()
    changed = False
    found: dict[str, Any]
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        with limited(seconds), contextlib.redirect_stdout(written), contextlib.redirect_stderr(written):
            values = _arguments(tree, namespace)
            before = _seen(values)
            ast.fix_missing_locations(tree)
            watch.active = True
            try:
                value = eval(compile(tree, "expression", "eval"), {**namespace, **values})  # noqa: S307
                found = _described(value)
            finally:
                watch.active = False
            changed = _seen(values) != before
    except TookTooLong:
        found = {"raises": "TookTooLong"}
    except (SystemExit, KeyboardInterrupt) as error:
        found = {"raises": type(error).__name__}
    except Exception as error:  # whatever the untrusted code raises is its result
        found = {"raises": type(error).__name__, "shown": str(error)[:LONGEST]}
    found["impure"] = sorted(set(watch.events)) + ["writes"] * bool(written.tell()) + ["mutates"] * changed
    return found


def _described(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"type": type(value).__name__}
    if isinstance(value, (types.GeneratorType, map, filter, zip, enumerate, reversed)) or (
        hasattr(type(value), "__next__") and hasattr(type(value), "__iter__")
    ):
        value = list(itertools.islice(value, MOST_ITEMS + 1))
        if len(value) > MOST_ITEMS:
            return found
        found["listed"] = True
    found["shown"] = repr(value)[:LONGEST]
    found["printed"] = str(value)[:LONGEST]
    with contextlib.suppress(NotPlain, RecursionError):
        text = render(value)
        if len(text) <= LONGEST:
            found["value"] = text
    return found


def run_expressions(task: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Load a solution and evaluate expressions in it, in the order given."""
    module = types.ModuleType("solution")
    sys.modules["solution"] = module
    watch = Watch()
    try:
        with limited(seconds), contextlib.redirect_stdout(io.StringIO()):
            exec(compile(task["solution"], "solution.py", "exec"), module.__dict__)  # noqa: S102
            for line in task["setup"]:
                exec(compile(line, "setup", "exec"), module.__dict__)  # noqa: S102
    except BaseException as error:
        return {"failure": f"{type(error).__name__}: {error}"[:300]}
    return {"outcomes": [evaluate(text, module.__dict__, watch, seconds) for text in task["inputs"]]}


def run_script(task: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Run a script once for each text on its standard input; each time in a fork of its own."""
    try:
        code = compile(task["solution"], "script.py", "exec")
    except (SyntaxError, ValueError) as error:
        return {"failure": f"{type(error).__name__}: {error}"[:300]}
    return {"outcomes": [_scripted(code, text, seconds) for text in task["inputs"]]}


def _scripted(code: types.CodeType, text: str, seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(text.encode())
        source.seek(0)
        pid = os.fork()
        if pid == 0:
            os.dup2(source.fileno(), 0)
            os.dup2(target.fileno(), 1)
            signal.setitimer(signal.ITIMER_PROF, seconds)  # unheard, its signal ends the process
            _as_main(code)
        _, status = os.waitpid(pid, 0)
        target.seek(0)
        shown = target.read(LONGEST_OUTPUT).decode("utf-8", errors="replace")
    if status != 0:
        too_long = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
        return {"raises": "TookTooLong" if too_long else "SystemExit", "shown": shown, "impure": []}
    return {"value": shown, "shown": shown, "printed": shown, "impure": []}


def _as_main(code: types.CodeType) -> NoReturn:
    status = 1
    try:
        sys.stdin = open(0, encoding="utf-8", closefd=False)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
        exec(code, {"__name__": "__main__"})  # noqa: S102
        status = 0
    except SystemExit as error:
        status = 0 if error.code in {None, 0} else 1
    except BaseException:
        status = 1
    finally:
        try:
            sys.stdout.flush()
        finally:
            os._exit(status)


def _become_task(task: dict[str, Any], speak: int, folder: str, seconds: float) -> NoReturn:
    try:
        os.setpgid(0, 0)
        os.chdir(folder)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        run = run_script if task["kind"] == "script" else run_expressions
        found = run(task, seconds)
        with open(speak, "w", encoding="utf-8", errors="replace") as file:
            json.dump(found, file)
    finally:
        os._exit(0)


def _heard(listen: int, deadline: float) -> bytes | None:
    """All that a fork writes; None when it does not end in time."""
    parts: list[bytes] = []
    while True:
        ready, _, _ = select.select([listen], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        part = os.read(listen, 65_536)
        if not part:
            return b"".join(parts)
        parts.append(part)


def run_task(task: dict[str, Any], seconds: float, most: float) -> dict[str, Any]:
    """Run one task in a fork; whatever it does, there is an answer."""
    listen, speak = os.pipe()
    folder = tempfile.mkdtemp()
    pid = os.fork()
    if pid == 0:
        os.close(listen)
        _become_task(task, speak, folder, seconds)
    os.close(speak)
    text = _heard(listen, time.monotonic() + most)
    os.close(listen)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    shutil.rmtree(folder, ignore_errors=True)
    if text is None:
        return {"failure": "it ran out of time"}
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        return {"failure": "its process died"}
    return found


def main() -> None:
    """Run all tasks, writing a line for each as soon as it is known."""
    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()
    for task in request["tasks"]:
        found = run_task(task, request["seconds"], request["task_seconds"])
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
