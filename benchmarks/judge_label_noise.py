"""How far the labels in a log agree with themselves: nearly equal replies to texts of one task.

Usage: python benchmarks/judge_label_noise.py LOG… [--alike 0.9]
The texts of a pair differ, so not every disagreement is an error; a judge that labels by what is asked would
still label most pairs alike. The kappa of the pairs is about what another set of labels can reach.
"""

from __future__ import annotations

import argparse
import difflib
import itertools
from collections import defaultdict
from pathlib import Path

from eval.judges.agreement import Agreement, compare, in_split
from eval.schema import Response
from eval.store import read_log


def pairs(responses: list[Response], alike: float) -> list[tuple[int, int]]:
    by_task: dict[str, list[Response]] = defaultdict(list)
    for response in responses:
        if response.asked and response.quality:
            by_task[response.name].append(response)
    return [
        (one.quality or 0, other.quality or 0)
        for rows in by_task.values()
        for one, other in itertools.combinations(rows, 2)
        if similarity(one.reply, other.reply) >= alike
    ]


def similarity(one: str, other: str) -> float:
    first, second = (" ".join(text.split())[:1500] for text in (one, other))
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() > 0.5 else 0.0


def both_ways(found: list[tuple[int, int]]) -> Agreement:
    """Neither of a pair is the first."""
    first, second = [a for a, _ in found], [b for _, b in found]
    return compare(first + second, second + first, (1, 2))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("logs", nargs="+", type=Path)
    parser.add_argument("--alike", type=float, default=0.9)
    given = parser.parse_args()
    for log in given.logs:
        for split in ("even", "odd", "all"):
            rows = [one for one in read_log(log).responses if in_split(one, split)]
            for alike in (given.alike, 1.0):
                found = pairs(rows, alike)
                if not found:
                    continue
                same = both_ways(found)
                kappa = "-" if same.kappa is None else f"{same.kappa:.2f}"
                print(
                    f"{log.stem}, {split} tasks, alike >= {alike}: {len(found)} pairs, "
                    f"{100 * (same.observed or 0):.0f}% with equal labels, kappa {kappa}"
                )


if __name__ == "__main__":
    main()
