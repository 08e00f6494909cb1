"""What a decision rests on, in lines for people."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.decision.outcome import Finding


def explain(did: str, p_ask: float | None, findings: Sequence[Finding], threshold: float) -> list[str]:
    """The reasons for what was done.

    Args:
        did: what was done: `asked`, `wrote code`.
        p_ask: None where the model gives none.
        findings: strongest first.
        threshold: that p_ask was held against.
    """
    if p_ask is None:
        return [f"{did}; p_ask is unknown: without log-probabilities the reply's own form decided"]
    lines = [f"{did}; p_ask {p_ask:.2f}, threshold {threshold:.2f}"]
    for finding in findings:
        other = "" if finding.p_other is None else f" (neither form: {finding.p_other:.2f})"
        lines.append(f"  {finding.name} {finding.value:.2f}: {finding.reason}{other}")
    return lines
