"""The gate as a whole, on what the rules make."""

from __future__ import annotations

from collections import Counter

from synth.gate.gate import Gate
from synth.gate.settings import GateSettings
from tests.synth.gate.material import a_problem, answered, clear, unclear
from tests.synth.problems import problems, samples


def test_good_samples_pass_and_the_first_reason_is_given():
    gate = Gate(GateSettings())
    assert gate.problem(a_problem()) is None
    for sample in (clear(), unclear(), answered()):
        assert gate.sample(sample, a_problem()) is None
    bad = gate.sample(unclear(answer="I'm sorry, I can't help with the original problem."), a_problem())
    assert bad is not None
    assert bad.kind == "form"


def test_nearly_all_that_the_rules_make_passes():
    gate = Gate(GateSettings())
    sources = {problem.id: problem for problem in problems()}
    made = samples()
    against = Counter(
        (reason.kind, reason.detail)
        for sample in made
        if (reason := gate.sample(sample, sources[sample.source_id]))
    )
    assert len(made) > 200
    assert against.total() <= 0.05 * len(made), against


def test_what_the_gate_says_does_not_depend_on_what_it_saw():
    gate = Gate(GateSettings(request_tokens=60))
    sources = {problem.id: problem for problem in problems()}
    first = [gate.sample(sample, sources[sample.source_id]) for sample in samples()]
    again = [gate.sample(sample, sources[sample.source_id]) for sample in reversed(samples())]
    assert first == again[::-1]
    assert Counter(reason.kind for reason in first if reason)["too long"] > 0
