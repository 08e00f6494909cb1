"""What a decision rests on, in lines for people."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.decision.outcome import Finding
from assistant.decision.request import AskMode


def explain(
    did: str, p_ask: float | None, findings: Sequence[Finding], threshold: float, mode: AskMode = "auto"
) -> list[str]:
    """The reasons for what was done.

    Args:
        did: what was done: `asked`, `wrote code`.
        p_ask: None where the model gives none.
        findings: strongest first.
        threshold: that p_ask was held against.
        mode: that the decision was made in.
    """
    measured = "" if p_ask is None else f"p_ask {p_ask:.2f}, threshold {threshold:.2f}"
    if mode != "auto":
        lines = [f"{did}; forced by --ask {mode}" + (f" ({measured})" if measured else "")]
    elif measured:
        lines = [f"{did}; {measured}"]
    else:
        lines = [f"{did}; p_ask is unknown: without log-probabilities the reply's own form decided"]
    for finding in findings:
        other = "" if finding.p_other is None else f" (neither form: {finding.p_other:.2f})"
        lines.append(f"  {finding.name} {finding.value:.2f}: {finding.reason}{other}")
    return lines
