"""weigh() is arithmetic: the identity on `opening` alone, monotone in every piece of evidence."""

import math

from hypothesis import given
from hypothesis import strategies as st

from assistant.decision.outcome import Finding
from assistant.decision.weigh import Weight, Weights, weigh

probabilities = st.floats(min_value=0, max_value=1)
TWO = Weights(bias=-0.5, of={"opening": Weight(0.8, "logit"), "failed-examples": Weight(3.0)})


def _finding(name: str, value: float) -> Finding:
    return Finding(name=name, value=value, cost_seconds=0.0, reason="because")


@given(value=st.floats(min_value=1e-9, max_value=1 - 1e-9), threshold=probabilities)
def test_opening_alone_is_p_ask_itself(value: float, threshold: float) -> None:
    verdict = weigh([_finding("opening", value)], Weights(), threshold)
    assert verdict is not None
    assert verdict.p_ask is not None
    assert math.isclose(verdict.p_ask, value, rel_tol=1e-6)
    assert verdict.decision == ("ask" if verdict.p_ask >= threshold else "code")


@given(first=probabilities, second=probabilities, share=probabilities, more=probabilities)
def test_more_evidence_never_lowers_p_ask(first: float, second: float, share: float, more: float) -> None:
    low, high = sorted([first, second])
    few, many = sorted([share, more])
    weaker = weigh([_finding("opening", low), _finding("failed-examples", few)], TWO, 0.5)
    stronger = weigh([_finding("opening", high), _finding("failed-examples", many)], TWO, 0.5)
    assert weaker is not None
    assert weaker.p_ask is not None
    assert stronger is not None
    assert stronger.p_ask is not None
    assert 0 <= weaker.p_ask <= stronger.p_ask <= 1


def test_an_absent_finding_adds_nothing_and_an_unknown_one_has_no_say() -> None:
    alone = weigh([_finding("opening", 0.3)], TWO, 0.5)
    beside = weigh([_finding("opening", 0.3), _finding("horoscope", 1.0)], TWO, 0.5)
    assert alone is not None
    assert beside is not None
    assert alone.p_ask == beside.p_ask
    assert weigh([_finding("horoscope", 1.0)], TWO, 0.5) is None


def test_the_strongest_finding_comes_first() -> None:
    verdict = weigh([_finding("opening", 0.5), _finding("failed-examples", 1.0)], TWO, 0.5)
    assert verdict is not None
    assert [finding.name for finding in verdict.findings] == ["failed-examples", "opening"]
