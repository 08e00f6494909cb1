"""How fast programs and tests run in each sandbox that works here.

Run as `python -m benchmarks.bench_sandbox [COUNT]`. The bar: 1,000 short programs in under 2 minutes on
two cores.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from models.sandbox.cases import Case, Returns
from models.sandbox.check import Check
from models.sandbox.check_judge import check_all
from models.sandbox.judge import Judge
from models.sandbox.policy import Program
from models.sandbox.runner import KINDS, Sandbox, why_not

CASES_EACH = 5
ASSERTS_EACH = 8
# A run waits for the kernel about as long as it computes.
THREADS = 2 * len(os.sched_getaffinity(0))


def _seconds(work: Callable[[int], bool], count: int) -> float:
    """Wall time of `count` pieces of work in threads."""
    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(work, range(count)))
    if not all(done):
        raise SystemExit(f"{done.count(False)} of {count} did not do what they should")
    return time.perf_counter() - started


def _program(sandbox: Sandbox, packages: bool) -> Callable[[int], bool]:
    def run(number: int) -> bool:
        program = Program(source=f"print({number} ** 2)", packages=packages)
        return sandbox.run(program).stdout == f"{number**2}\n"

    return run


def _solution(judge: Judge) -> Callable[[int], bool]:
    cases = [Case(call=f"f({n})", expected=Returns(value=str(n + 1))) for n in range(CASES_EACH)]
    return lambda number: all(
        result.passed for result in judge.run(f"def f(n): return n + 1  # {number}", cases)
    )


def _checked(sandbox: Sandbox, count: int) -> float:
    """Wall time of `count` solutions with a test program each."""
    check = Check.of_conditions([f"candidate({n}) == {n + 1}" for n in range(ASSERTS_EACH)], "f")
    work = ((f"def f(n): return n + 1  # {number}", check) for number in range(count))
    started = time.perf_counter()
    found = list(check_all(sandbox, work, THREADS, packages=False))
    if not all(result.passed for results in found for result in results):
        raise SystemExit("a test failed that should not")
    return time.perf_counter() - started


def main() -> None:
    """Print a line per kind and kind of work."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{count} each, {THREADS} threads on {THREADS // 2} cores, load before {os.getloadavg()[0]:.1f}")
    for kind in KINDS:
        if reason := why_not(kind.name):
            print(f"{kind.name}: does not work here: {reason}")
            continue
        sandbox = Sandbox(kind)
        judge = Judge(sandbox, packages=False)
        for what, work in (
            ("short programs, standard library", _program(sandbox, packages=False)),
            ("short programs, with packages", _program(sandbox, packages=True)),
            (f"solutions with {CASES_EACH} tests", _solution(judge)),
        ):
            seconds = _seconds(work, count)
            print(f"{sandbox.isolation}: {what}: {seconds:.1f} s, {count / seconds:.0f} a second", flush=True)
        seconds = _checked(sandbox, count)
        print(f"{sandbox.isolation}: test programs of {ASSERTS_EACH} asserts: {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    main()
