"""Judges solutions by test programs: the tests run in one sandbox, the code under test in another.

Between them only plain data crosses, through here: the arguments of each call the one way, its value the
other. The code under test never sees a test, an expected value or the process that compares; so any relation
that a test is written with, tolerances and loops included, is judged outside it, as it is written.
"""

from __future__ import annotations

import functools
import json
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from models.sandbox.cases import CaseResult, Verdict
from models.sandbox.check import CHECK, TOLD, Check, taken_apart
from models.sandbox.conversation import Conversation, Pace
from models.sandbox.harness import encoded
from models.sandbox.observation import Call, Observation
from models.sandbox.plain import NotPlain, decode, source
from models.sandbox.policy import Limits, Program
from models.sandbox.process import Running
from models.sandbox.runner import Sandbox
from models.sandbox.verdict import GOT_CHARACTERS

_DAY = 86_400.0
_SLACK_SECONDS = 5.0
_PARTS = ("harness", "plain", "tester")

# Code under test may have either name: requests call the function by both.
_CALL = """
if {name!r} not in globals():
    if "candidate" not in globals():
        raise NameError("the code defines neither `{name}` nor `candidate`")
    {name} = candidate
elif "candidate" not in globals():
    candidate = {name}
{name}(*{arguments}, **{named})
"""


class CheckJudge:
    """Runs test programs. One thread uses it, as a context manager; `check_all` takes many.

    The process that runs the tests is started with the first and serves all; each solution gets its own.

    Args:
        sandbox: where both run.
        pace: how long a solution may take.
        packages: whether solutions and tests may import installed packages.
        import_from: folders of modules that solutions may import.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        pace: Pace | None = None,
        *,
        packages: bool = True,
        import_from: tuple[Path, ...] = (),
    ) -> None:
        self._sandbox = sandbox
        self._pace = pace or Pace()
        self._packages = packages
        self._import_from = import_from
        self._tester: Running | None = None

    def run(self, solution: str, check: Check) -> tuple[CaseResult, ...]:
        """Run all the tests of a solution.

        Args:
            solution: Python source that defines the check's entry point, or `candidate`.
            check: its tests.

        Returns:
            a result per test of `check.tests`, in their order.

        Raises:
            SandboxUnavailable: the isolation could not be set up; nothing has run.
        """
        opened = Conversation(
            self._sandbox, solution, self._pace, packages=self._packages, import_from=self._import_from
        )
        with closing(opened) as conversation:
            return _Run(check, conversation).through(self._start(), self._pace.budget, self.close)

    def close(self) -> None:
        """End the process that runs the tests; safe to call twice."""
        tester, self._tester = self._tester, None
        if tester is not None:
            tester.close()

    def _start(self) -> Running:
        if self._tester is None:
            limits = Limits(**{**self._sandbox.limits.model_dump(), "wall_seconds": _DAY})
            program = Program(source=_tester(), packages=self._packages)
            self._tester = self._sandbox.start(program, limits, channel=True)
        return self._tester

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.close()


def check_all(
    sandbox: Sandbox,
    work: Iterable[tuple[str, Check]],
    jobs: int,
    pace: Pace | None = None,
    *,
    packages: bool = True,
) -> Iterator[tuple[CaseResult, ...]]:
    """Judge many solutions, several at a time.

    Args:
        sandbox: where they run.
        work: solutions with their checks; taken as they are needed.
        jobs: threads; twice the cores keeps them busy.
        pace: how long one may take.
        packages: whether solutions and tests may import installed packages.

    Yields:
        The results of each solution, in the order of `work`.

    Raises:
        SandboxUnavailable: the isolation could not be set up.
    """
    left = enumerate(work)
    lock, over = threading.Lock(), threading.Event()
    done: queue.Queue[tuple[int, tuple[CaseResult, ...] | BaseException | None]] = queue.Queue(4 * jobs)

    def judge() -> None:
        place = -1
        try:
            with CheckJudge(sandbox, pace, packages=packages) as judge:
                while not over.is_set():
                    with lock:
                        place, pair = next(left, (-1, None))
                    if pair is None:
                        break
                    done.put((place, judge.run(*pair)))
            done.put((-1, None))
        except BaseException as error:
            done.put((place, error))

    threads = [threading.Thread(target=judge, name=f"check-{number}") for number in range(jobs)]
    for thread in threads:
        thread.start()
    try:
        yield from _in_order(done, jobs)
    finally:
        over.set()
        while any(thread.is_alive() for thread in threads):
            try:
                done.get(timeout=0.05)  # one may wait for room
            except queue.Empty:
                continue


def _in_order(
    done: queue.Queue[tuple[int, tuple[CaseResult, ...] | BaseException | None]], jobs: int
) -> Iterator[tuple[CaseResult, ...]]:
    waiting: dict[int, tuple[CaseResult, ...]] = {}
    following, working = 0, jobs
    while working:
        place, results = done.get()
        if isinstance(results, BaseException):
            raise results
        if results is None:
            working -= 1
            continue
        waiting[place] = results
        while following in waiting:
            yield waiting.pop(following)
            following += 1


@dataclass(slots=True)
class _Run:
    """One solution's tests, from the first to the last.

    Args:
        check: the tests.
        conversation: with the solution.
        seen: what came of the calls since the last test ended.
        results: of the tests that have ended.
        broke: why the program ended outside its tests.
    """

    check: Check
    conversation: Conversation
    seen: list[Observation] = field(default_factory=list)
    results: dict[int, CaseResult] = field(default_factory=dict)
    broke: str = ""

    def through(
        self, tester: Running, budget: float, end_tester: Callable[[], None]
    ) -> tuple[CaseResult, ...]:
        parts = taken_apart(self.check.text)
        job = {
            "program": parts.program,
            "support": self.check.support,
            "entry_point": self.check.entry_point,
            "told": TOLD,
            "check": CHECK,
            "seconds": budget + _SLACK_SECONDS,
        }
        tester.send(json.dumps(job).encode())
        deadline = time.monotonic() + budget + 2 * _SLACK_SECONDS
        while (line := tester.receive(deadline)) is not None:
            said = json.loads(line)
            if "end" in said:
                break
            self._hear(said, tester)
        else:
            end_tester()
        return tuple(self.results.get(number) or self._missing() for number in range(len(parts.tests)))

    def _hear(self, said: dict[str, Any], tester: Running) -> None:
        if "call" in said:
            tester.send(json.dumps(self._called(*said["call"])).encode())
        elif "test" in said:
            self.results.setdefault(said["test"], self._result(said["verdict"], said["detail"]))
            self.seen.clear()
        else:
            self.broke = said["broke"]

    def _called(self, arguments: Any, named: Any) -> dict[str, Any]:
        """Have the solution make a call; what comes of it as the tests get it."""
        try:
            text = _CALL.format(
                name=self.check.entry_point, arguments=source(decode(arguments)), named=source(decode(named))
            )
        except NotPlain as error:
            return {"outcome": "none", "verdict": "error", "message": f"no argument to hand over: {error}"}
        seen = self.conversation.ask(Call(text))
        self.seen.append(seen)
        if seen.outcome == "value":
            return {"outcome": "value", "value": encoded(seen.value)}
        if seen.outcome == "raised":
            return {"outcome": "raised", "error": seen.error, "message": seen.message}
        verdict = seen.outcome if seen.outcome in {"timeout", "not run"} else "error"
        return {"outcome": "none", "verdict": verdict, "message": _why(seen)}

    def _result(self, verdict: str, detail: str) -> CaseResult:
        value = next((seen for seen in reversed(self.seen) if seen.outcome == "value"), None)
        return CaseResult(
            verdict=cast(Verdict, verdict),
            got="" if value is None else repr(value.value)[:GOT_CHARACTERS],
            detail=detail or ("" if verdict == "passed" else "it does not hold"),
            seconds=sum(seen.seconds for seen in self.seen),
        )

    def _missing(self) -> CaseResult:
        """Of a test that was not come to."""
        why = f"the tests ended before: {self.broke}" if self.broke else "the tests ended before it"
        return CaseResult(verdict="not run", detail=why)


def _why(seen: Observation) -> str:
    if seen.outcome == "unloadable":
        name = seen.error[0].removeprefix("builtins.") if seen.error else "an exception"
        return f"the solution does not load: {name}: {seen.message}"
    return seen.message


@functools.cache
def _tester() -> str:
    """The script that runs tests, with the modules that it is made of in one text."""
    folder = Path(__file__).parent
    texts = {f"models.sandbox.{part}": (folder / f"{part}.py").read_text(encoding="utf-8") for part in _PARTS}
    return (
        "import sys, types\n"
        "for name in ('models', 'models.sandbox'):\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        f"for name, text in {texts!r}.items():\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        "    exec(compile(text, name, 'exec'), sys.modules[name].__dict__)\n"
        "sys.modules['models.sandbox.tester'].main()\n"
    )
