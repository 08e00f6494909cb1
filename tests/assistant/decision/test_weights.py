"""The weights of an effort, as the package's file has them and as a study may write them."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decision.effort import PLANS, Effort
from assistant.decision.evidence.catalogue import EVIDENCE
from assistant.decision.outcome import Finding
from assistant.decision.weigh import Weight, Weights, weigh
from assistant.decision.weights import read, weights_of
from models.backends.base import Identity
from models.calibration import Calibration
from models.errors import UserError

EFFORTS: tuple[Effort, ...] = get_args(Effort)
CALIBRATION = Calibration(scale=0.5, bias=-0.25)
BASE = Identity(model="base")
SHARES = st.floats(min_value=0.0, max_value=1.0)


def _p_ask(effort: Effort, values: dict[str, float], calibration: Calibration | None = CALIBRATION) -> float:
    findings = [Finding(name=name, value=value, cost_seconds=0, reason="") for name, value in values.items()]
    verdict = weigh(findings, weights_of(effort, BASE, calibration), 0.5)
    assert verdict is not None
    assert verdict.p_ask is not None
    return verdict.p_ask


def test_every_effort_weighs_all_that_it_looks_at() -> None:
    assert tuple(PLANS) == EFFORTS
    for effort, plan in PLANS.items():
        assert set(plan.evidence) <= set(EVIDENCE)
        assert set(plan.evidence) == set(weights_of(effort, BASE, None).of)


def test_rows_that_were_fitted_say_how() -> None:
    for row in read():
        assert row.fitted == bool(row.data_sha256)
        assert row.fitted == (row.bias is not None)


@pytest.mark.parametrize("effort", EFFORTS)
def test_opening_alone_is_as_the_adapter_was_calibrated(effort: Effort) -> None:
    assert weights_of("low", BASE, CALIBRATION) == Weights.of_opening(CALIBRATION)
    own = weigh(
        [Finding(name="opening", value=0.3, cost_seconds=0, reason="")], Weights.of_opening(CALIBRATION), 0.5
    )
    assert own is not None
    assert _p_ask(effort, {"opening": 0.3}) == own.p_ask


@given(st.sampled_from(EFFORTS), SHARES, st.sampled_from(["examples", "drafts"]))
def test_a_zero_finding_does_not_lower_p_ask(effort: Effort, opening: float, name: str) -> None:
    alone = _p_ask(effort, {"opening": opening})
    assert _p_ask(effort, {"opening": opening, name: 0.0}) == pytest.approx(alone, rel=1e-12)


@given(SHARES, SHARES, SHARES, st.sampled_from(["examples", "drafts"]))
def test_more_against_a_request_never_lowers_p_ask(
    opening: float, less: float, more: float, name: str
) -> None:
    less, more = sorted((less, more))
    low, high = (_p_ask("high", {"opening": opening, name: value}) for value in (less, more))
    assert high >= low


OWN, OTHER = "a" * 64, "b" * 64
ROWS = f"""
[[weights]]
effort = "high"
adapter = "any"
of.examples = {{ scale = 1.0 }}
[[weights]]
effort = "high"
model = "base"
adapter = "{OWN}"
bias = 0.5
of.opening = {{ scale = 0.75, link = "logit" }}
of.examples = {{ scale = 3.0 }}
command = "clarify eval study"
[[weights]]
effort = "high"
model = "base"
adapter = "none"
of.examples = {{ scale = 4.0 }}
"""


@pytest.mark.parametrize(
    ("model", "adapter", "examples", "bias"),
    [
        ("base", OWN, 3.0, 0.5),
        ("base-q8", OWN, 3.0, 0.5),  # the same adapter on another file
        ("base", OTHER, 1.0, -0.25),
        ("base", None, 4.0, -0.25),
        ("else", None, 1.0, -0.25),
    ],
)
def test_the_nearest_row_is_taken(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    adapter: str | None,
    examples: float,
    bias: float,
) -> None:
    file = tmp_path / "weights.toml"
    file.write_text(ROWS, encoding="utf-8")
    rows = read(file)
    monkeypatch.setattr("assistant.decision.weights._shipped", lambda: rows)
    found = weights_of("high", Identity(model, adapter_sha256=adapter), CALIBRATION)
    assert (found.of["examples"], found.bias) == (Weight(examples), bias)
    assert found.of["opening"] == Weight(0.75 if bias == 0.5 else 0.5, "logit")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('effort = "high"\nadapter = "any"\nof.drafts = { scale = -1.0 }', "greater than"),
        ('effort = "high"\nadapter = "any"\nbias = 1.0\nof.drafts = { scale = 1.0 }', "come together"),
        ('effort = "huge"\nadapter = "any"\nof = {}', "effort"),
        ('effort = "high"\nadapter = "mine"\nof = {}', "adapter"),
        ('effort = "high"\nadapter = "any"\nof = {}\nscale = 1', "scale"),
        ('effort = "high"\nadapter = "any"\nof = {}\n[[weights]]\neffort = "high"\nadapter = "any"\n'
         "of = {}", "two rows"),
        ("effort = ", "cannot be read"),
    ],
)  # fmt: skip
def test_a_file_of_another_form_is_refused(tmp_path: Path, rows: str, words: str) -> None:
    file = tmp_path / "weights.toml"
    file.write_text(f"[[weights]]\n{rows}\n", encoding="utf-8")
    with pytest.raises(UserError, match=words):
        read(file)
