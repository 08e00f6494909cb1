"""The reference judge on real replies that the benchmark's authors graded, as docs/eval-judges.md has it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eval.judges.checking import Request, check_judge

LOGS = os.environ.get("CLARIFY_LOGGED_REPLIES")
BENCHMARK = os.environ.get("CLARIFY_HUMANEVALCOMM")

pytestmark = pytest.mark.skipif(
    not (LOGS and BENCHMARK), reason="CLARIFY_LOGGED_REPLIES and CLARIFY_HUMANEVALCOMM are not set"
)


@pytest.mark.parametrize(
    ("name", "quality"), [("base.jsonl", 0.40), ("finetuned.jsonl", 0.14), ("codellama.jsonl", None)]
)
def test_on_odd_tasks(name: str, quality: float | None) -> None:
    assert LOGS
    assert BENCHMARK
    report = check_judge(Request((Path(LOGS) / name,), "reference", benchmark=BENCHMARK))
    (found,) = report.checks
    assert found.communication.kappa is not None
    assert found.communication.kappa >= 0.9
    assert found.communication.observed
    assert found.communication.constant
    assert found.communication.observed > found.communication.constant
    if quality is not None:
        assert found.quality.kappa is not None
        assert found.quality.kappa >= quality
