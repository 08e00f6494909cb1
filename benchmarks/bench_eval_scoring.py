"""How fast the evaluation scores responses: programs of our own, with eight tests each.

Run as `python -m benchmarks.bench_eval_scoring [COUNT]`. The bar: 1,000 programs in under 2 minutes on two
cores.
"""

from __future__ import annotations

import os
import sys
import time

from eval.schema import RelationTest, Response, Variant
from eval.scoring import score_all

TESTS = 8


def _variant(number: int) -> Variant:
    return Variant(
        benchmark="own",
        name=f"Own/{number}",
        category="1a",
        text="Add a number to each.",
        original="Add a number to each.",
        entry_point="shifted",
        solution="",
        tests=tuple(
            RelationTest(input=f"[{n}, {n + 1}], {number}", output=f"[{n + number}, {n + 1 + number}]")
            for n in range(TESTS)
        ),
    )


def _response(number: int) -> Response:
    code = f"def candidate(values, by):\n    return [value + by for value in values]  # {number}\n"
    return Response(name=f"Own/{number}", category="1a", reply="", code=code)


def main() -> None:
    """Print the wall time."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    load = os.getloadavg()[0]
    started = time.perf_counter()
    scores = score_all([_response(n) for n in range(count)], [_variant(n) for n in range(count)])
    seconds = time.perf_counter() - started
    if not all(score.solved for score in scores.values()):
        raise SystemExit("a test failed that should not")
    cores = len(os.sched_getaffinity(0))
    print(f"{count} programs with {TESTS} tests: {seconds:.1f} s on {cores} cores (load before {load:.1f})")


if __name__ == "__main__":
    main()
