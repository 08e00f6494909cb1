"""No solution of the corpus does what a problem of HumanEval asks for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synth.corpus.files import everything
from synth.corpus.problem import problem_of
from synth.gate.behaviour import VARIABLE, Behaviour

BENCHMARK = os.environ.get(VARIABLE)  # read here, since a test's own environment has none of these


@pytest.mark.skipif(BENCHMARK is None, reason=f"{VARIABLE} names no benchmark")
def test_no_solution_passes_the_tests_of_a_problem_of_humaneval():
    assert BENCHMARK is not None
    problems = [problem_of(domain, problem) for domain, problem in everything()]
    judged = list(Behaviour(Path(BENCHMARK)).stream(problems))
    assert len(judged) == len(problems) >= 600
    assert [f"{problem.id}: {reason}" for problem, reason in judged if reason is not None] == []
