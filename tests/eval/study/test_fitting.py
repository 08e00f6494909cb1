"""The weights of a study: never negative, and judged on domains that they were not fitted on."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.decision.outcome import Finding
from assistant.decision.weigh import weigh
from eval.study.fitting import FOLDS, Values, cross_validated, fit, folds, p_ask
from models.errors import UserError
from models.ranking import auroc

_VALUE = st.none() | st.floats(0, 1)
_EVIDENCE = ("opening", "examples", "drafts")


@st.composite
def _requests(draw: st.DrawFn) -> tuple[list[Values], list[bool]]:
    """Some requests of both classes with any findings."""
    count = draw(st.integers(2, 30))
    found = [{name: draw(_VALUE) for name in _EVIDENCE} for _ in range(count)]
    unclear = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    unclear[0], unclear[1] = True, False
    return list(found), unclear


@settings(deadline=None, max_examples=40)
@given(_requests())
def test_no_scale_is_negative_and_more_evidence_never_lowers_p_ask(
    drawn: tuple[list[Values], list[bool]],
) -> None:
    found, unclear = drawn
    weights = fit(_EVIDENCE, found, unclear)
    assert all(weight.scale >= 0 for weight in weights.of.values())
    low, high = (
        {"opening": 0.2, "examples": 0.1, "drafts": 0.1},
        {"opening": 0.4, "examples": 0.6, "drafts": 1.0},
    )
    assert p_ask(weights, low) <= p_ask(weights, high)


@settings(deadline=None, max_examples=40)
@given(_requests())
def test_p_ask_is_what_the_assistant_would_say(drawn: tuple[list[Values], list[bool]]) -> None:
    found, unclear = drawn
    weights = fit(_EVIDENCE, found, unclear)
    for one in found:
        findings = [
            Finding(name=name, value=value, cost_seconds=0.0, reason="")
            for name, value in one.items()
            if value is not None
        ]
        verdict = weigh(findings, weights, 0.5)
        if verdict is not None:
            assert verdict.p_ask == pytest.approx(p_ask(weights, one))


def test_what_was_not_found_adds_nothing() -> None:
    weights = fit(("opening", "examples"), [{"opening": 0.9}, {"opening": 0.1}], [True, False])
    assert p_ask(weights, {"opening": 0.9, "examples": None}) == p_ask(weights, {"opening": 0.9})
    assert weights.of["examples"].scale == 0.0


def test_evidence_that_tells_them_apart_gets_the_weight() -> None:
    chance = random.Random(0)
    unclear = [place % 2 == 0 for place in range(200)]
    found = [{"opening": chance.random(), "examples": 0.9 if one else 0.1} for one in unclear]
    weights = fit(("opening", "examples"), found, unclear)
    assert weights.of["examples"].scale > 5 * weights.of["opening"].scale
    domains = [str(place // 20) for place in range(200)]
    assert auroc(cross_validated(("opening", "examples"), found, unclear, domains, 0), unclear) > 0.99


def test_a_misleading_piece_is_silenced_and_not_turned_around() -> None:
    unclear = [place % 2 == 0 for place in range(60)]
    found = [{"drafts": 0.1 if one else 0.9} for one in unclear]
    assert fit(("drafts",), found, unclear).of["drafts"].scale == 0.0


@pytest.mark.parametrize("seed", range(10))
def test_noise_is_near_chance(seed: int) -> None:
    chance = np.random.default_rng(seed)
    unclear = [bool(one) for one in chance.random(400) < 0.7]
    found = [dict(zip(_EVIDENCE, map(float, row), strict=True)) for row in chance.random((400, 3))]
    domains = [str(place // 50) for place in range(400)]
    assert 0.38 < auroc(cross_validated(_EVIDENCE, found, unclear, domains, seed), unclear) < 0.62


@given(st.lists(st.sampled_from("abcdefghijklmno"), min_size=2, max_size=40), st.integers(0, 5))
def test_a_domain_is_in_one_fold(domains: list[str], seed: int) -> None:
    if len(set(domains)) < 2:
        with pytest.raises(UserError, match="one domain"):
            folds(domains, seed)
        return
    fold_of = folds(domains, seed)
    assert len({(domain, fold) for domain, fold in zip(domains, fold_of, strict=True)}) == len(set(domains))
    assert len(set(fold_of)) == min(FOLDS, len(set(domains)))


def test_a_request_is_judged_by_weights_it_had_no_part_in() -> None:
    unclear = [True, False] * 20
    domains = [str(place // 4) for place in range(40)]
    found = [{"drafts": 0.8 if one else 0.2} for one in unclear]
    before = cross_validated(("drafts",), found, unclear, domains, 0)
    turned = [not one if domain == "3" else one for one, domain in zip(unclear, domains, strict=True)]
    after = cross_validated(("drafts",), found, turned, domains, 0)
    of_domain = [place for place, domain in enumerate(domains) if domain == "3"]
    assert [before[place] for place in of_domain] == [after[place] for place in of_domain]
    assert before != after


def test_one_class_alone_fits_nothing() -> None:
    with pytest.raises(UserError, match="alone"):
        fit(("drafts",), [{"drafts": 0.1}] * 3, [True] * 3)
