"""Findings and weights to p_ask and a choice. Pure: no model, no clock, no I/O."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from assistant.decision.outcome import Finding, Verdict
from models.calibration import Calibration, logit, sigmoid


@dataclass(frozen=True, slots=True)
class Weight:
    """How a finding's value becomes log-odds.

    Args:
        scale: log-odds per unit; not negative, so that more evidence never lowers p_ask.
        link: `logit` for a value that is itself a probability of asking, `linear` for any other.
    """

    scale: float = 1.0
    link: Literal["logit", "linear"] = "linear"


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight per evidence, and a bias; fitted on held-out data, or the identity on `opening`."""

    bias: float = 0.0
    of: Mapping[str, Weight] = field(default_factory=lambda: {"opening": Weight(1.0, "logit")})

    @classmethod
    def of_opening(cls, calibration: Calibration | None) -> Weights:
        """The weights of `opening` alone, as it was calibrated; the identity when it was not."""
        if calibration is None:
            return cls()
        return cls(bias=calibration.bias, of={"opening": Weight(calibration.scale, "logit")})


def weigh(findings: Sequence[Finding], weights: Weights, threshold: float) -> Verdict | None:
    """Combine findings into p_ask and a choice.

    Args:
        findings: at most one per evidence; an absent one adds nothing.
        weights: log-odds per unit of value, and a bias.
        threshold: ask when p_ask >= threshold, both in [0, 1].

    Returns:
        The verdict with the findings sorted by how much each moved it; None when none of them has a
        weight, so that nothing can be said.
    """
    shares = {
        finding.name: _log_odds(finding.value, weights.of[finding.name])
        for finding in findings
        if finding.name in weights.of
    }
    if not shares:
        return None
    p_ask = _identity(findings, weights)
    if p_ask is None:
        p_ask = sigmoid(weights.bias + math.fsum(shares.values()))
    because = sorted(findings, key=lambda finding: -abs(shares.get(finding.name, 0.0)))
    return Verdict(decision="ask" if p_ask >= threshold else "code", p_ask=p_ask, findings=tuple(because))


def _identity(findings: Sequence[Finding], weights: Weights) -> float | None:
    """The value itself where the weights leave it as it is; there and back through log-odds rounds."""
    weighed = [finding for finding in findings if finding.name in weights.of]
    if len(weighed) == 1 and weights.bias == 0.0 and weights.of[weighed[0].name] == Weight(1.0, "logit"):
        return weighed[0].value
    return None


def _log_odds(value: float, weight: Weight) -> float:
    return weight.scale * (logit(value) if weight.link == "logit" else value)
