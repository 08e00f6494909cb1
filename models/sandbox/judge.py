"""The judge: runs a solution's tests in the sandbox, and forms the verdict outside it.

The solution's process is asked to make calls and answers with plain data. It is never told what is expected,
its exit status says nothing, and its own idea of equality is not consulted, so it cannot pass by anything
but the right answer. Each request carries a nonce that its reply must repeat: what a solution writes
beforehand or for another call is no reply.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from models.sandbox.cases import Case, CaseResult, Returns
from models.sandbox.conversation import Conversation, Pace
from models.sandbox.observation import Call, Observation
from models.sandbox.plain import NotPlain, Opaque, Value, literal
from models.sandbox.runner import Sandbox
from models.sandbox.verdict import verdict

# What an expected value that is no literal may use.
_EXPECTED_NAMES = """
import collections, datetime, decimal, fractions, itertools, math, re, string
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from math import inf, nan
"""


class Judge:
    """Runs tests of solutions. Any number of threads may use it.

    Args:
        sandbox: where solutions run.
        seconds_per_case: wall time of one call.
        load_seconds: wall time of a solution's own statements, before the first call.
        budget_seconds: wall time of all the cases of one solution; those after it are not run.
        packages: whether solutions may import installed packages.
        import_from: folders of modules that solutions may import.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        seconds_per_case: float = 5.0,
        load_seconds: float = 10.0,
        budget_seconds: float = 120.0,
        packages: bool = True,
        import_from: tuple[Path, ...] = (),
    ) -> None:
        self.sandbox = sandbox
        self._open = functools.partial(
            Conversation,
            sandbox,
            pace=Pace(seconds_per_case, load_seconds, budget_seconds),
            packages=packages,
            import_from=import_from,
        )

    def run(self, solution: str, cases: Sequence[Case]) -> tuple[CaseResult, ...]:
        """Run all the tests of a solution.

        Args:
            solution: Python source.
            cases: its tests; each is called in a copy of the process that has loaded the solution.

        Returns:
            a result per case, in their order.

        Raises:
            SandboxUnavailable: the isolation could not be set up; nothing has run.
        """
        expected = self._expected_values(cases)
        calls = [Call(case.call, case.stdin, case.expected.kind == "shows") for case in cases]
        seen = self.observe(solution, calls)
        return tuple(verdict(case, *pair) for case, *pair in zip(cases, expected, seen, strict=True))

    def observe(self, solution: str, calls: Sequence[Call]) -> tuple[Observation, ...]:
        """Make calls of a solution, and say what came of them without judging it.

        Raises:
            SandboxUnavailable: the isolation could not be set up; nothing has run.
        """
        with closing(self._open(solution)) as conversation:
            return tuple(conversation.ask(call) for call in calls)

    def _expected_values(self, cases: Sequence[Case]) -> list[Value]:
        """The expected value of each case that expects one; NotPlain where it cannot be worked out."""
        values: list[Value] = []
        open_places: list[int] = []
        for place, case in enumerate(cases):
            value: Value = None
            if isinstance(case.expected, Returns):
                try:
                    value = literal(case.expected.value)
                except NotPlain:
                    open_places.append(place)
            values.append(value)
        if open_places:
            calls = [Call(_value_text(cases[place])) for place in open_places]
            for place, seen in zip(open_places, self.observe(_EXPECTED_NAMES, calls), strict=True):
                if seen.outcome == "value" and not isinstance(seen.value, Opaque):
                    values[place] = seen.value
                else:
                    reason = seen.message or seen.outcome
                    values[place] = NotPlain(f"the expected value cannot be worked out: {reason}")
        return values


def _value_text(case: Case) -> str:
    assert isinstance(case.expected, Returns)
    return case.expected.value
