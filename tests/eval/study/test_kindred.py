"""Evidence that shares its drafts: looked for together, its time told apart, weighed across domains."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.app import run as clarify
from assistant.decision.drafts.writing import Drafting
from assistant.decision.effort import Plan
from assistant.decision.evidence.base import Evidence
from assistant.decision.evidence.opening import Opening
from assistant.decision.outcome import Finding
from assistant.decision.request import Request
from assistant.decision.weights import read as read_weights
from eval.study import witnesses
from eval.study.document import StudyDocument
from eval.study.witnesses import Kindred, Means
from models.backends.base import Prompt, TextBackend
from models.backends.scripted import ScriptedBackend
from models.sandbox.runner import open_sandbox
from tests.stubs.tiny_gguf import write_tiny_model


@dataclass
class _Says:
    """Looks for a word in the request, and has a draft written."""

    name: str
    word: str
    drafting: Drafting

    def look(self, request: Request, prompt: Prompt, backend: TextBackend) -> Finding | None:
        value = 0.9 if self.word in request.text else 0.1
        return Finding(name=self.name, value=value, cost_seconds=0.0, reason=f"it has {self.word}")


def _by_words(names: Sequence[str], drafting: Drafting) -> tuple[Evidence, ...]:
    words = {"examples": "not", "drafts": "some"}
    return tuple(_Says(name, words[name], drafting) if name in words else Opening() for name in names)


_DOUBLED = "```python\ndef f(x):\n    return 2 * x\n```\n"
_SQUARED = "```python\ndef f(x):\n    return x * x\n```\n"
_CALLS = "f(3)\nf(-1)\n"


def _witness(replies: list[str], drafts: int = 2) -> tuple[Kindred, ScriptedBackend]:
    backend = ScriptedBackend(replies)
    means = Means(Plan(("examples", "drafts"), drafts, None), lambda: open_sandbox("auto"))
    return Kindred(("examples", "drafts"), means, backend), backend


def test_drafts_are_written_once_for_a_request_and_their_time_is_shared() -> None:
    witness, backend = _witness([_DOUBLED, _SQUARED, _CALLS])
    text = 'def f(x):\n    """Double x.\n\n    >>> f(2)\n    5\n    """'
    examples, drafts = witness.look(Request(text=text))
    assert examples.value is not None
    assert examples.value > 0
    assert drafts.value == 0.5
    assert len(backend.prompts) == 3
    assert 0 < examples.shared_seconds <= drafts.shared_seconds  # the inputs are proposed for `drafts` alone
    assert "drafts" in examples.reason


def test_what_needs_no_draft_is_not_charged_for_one() -> None:
    witness, backend = _witness([_DOUBLED, _DOUBLED, _CALLS])
    examples, drafts = witness.look(Request(text='def f(x):\n    """Double x."""'))
    assert (examples.value, examples.shared_seconds) == (None, 0.0)
    assert drafts.value == 0.0
    assert drafts.shared_seconds > 0
    assert len(backend.prompts) == 3


def test_another_plan_is_another_setting() -> None:
    two, four = _witness([], 2)[0], _witness([], 4)[0]
    assert two.settings != four.settings
    assert two.settings == _witness([], 2)[0].settings


_RECIPE = """
name = "sharing"
requests = "own.jsonl"
[[rows]]
name = "examples"
model = "tiny.gguf"
adapter = "none"
evidence = "examples"
budget_seconds = 5
[[rows]]
name = "both"
model = "tiny.gguf"
adapter = "none"
evidence = ["examples", "drafts"]
budget_seconds = 5
[[rows]]
name = "all, 30 s"
model = "tiny.gguf"
adapter = "none"
evidence = ["opening", "examples", "drafts"]
budget_seconds = 30
effort = "normal"
"""


def _write() -> list[str]:
    write_tiny_model(Path("tiny.gguf"), context=4096)
    rows = []
    for place in range(8):
        texts = {
            "clear": f"Write f{place}.",
            "inconsistent": f"Write f{place}, not.",
            "ambiguous": f"Write some f{place}.",
        }
        for kind, text in texts.items():
            rows.append({
                "id": f"{place}{kind}",
                "pair": f"{place % 4}/{place}",
                "kind": kind,
                "request": text,
            })
    Path("own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    Path("own.toml").write_text(_RECIPE, encoding="utf-8")
    return ["eval", "study", "own.toml", "--out", "out", "--json"]


def test_pieces_are_weighed_and_the_weights_are_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(witnesses, "evidence", _by_words)
    assert clarify(_write()) == 0
    found = StudyDocument.model_validate_json(capsys.readouterr().out)
    examples, both, everything = found.rows
    whole, contradicted, read_twice = (both.kinds[kind] for kind in ("all", "inconsistent", "ambiguous"))
    assert whole.auroc is not None
    assert whole.auroc.value == 1.0
    assert examples.kinds["inconsistent"].auroc is not None
    assert examples.kinds["ambiguous"].auroc is not None
    assert examples.kinds["inconsistent"].auroc.value > 0.9
    assert abs(examples.kinds["ambiguous"].auroc.value - 0.5) < 0.2
    assert contradicted.ordered is not None
    assert read_twice.ordered is not None
    assert contradicted.ordered.value == read_twice.ordered.value == 1.0
    assert (both.weighed, both.folds, both.drafts, everything.drafts) == ("cross-validated", 4, 3, 8)
    assert both.weights is not None
    assert all(one.scale > 0 for one in both.weights.of.values())
    assert both.seconds.all >= examples.seconds.all
    lines = Path("out/findings.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 24 * (2 + 2 + 1)  # drafts of two budgets, and the opening
    (row,) = read_weights(Path("out/weights.toml"))
    assert (row.effort, row.model, row.adapter, row.fitted) == ("normal", "tiny", "none", True)
    assert everything.weights is not None
    assert row.bias == everything.weights.bias
    assert {name: one.scale for name, one in row.of.items()} == {
        name: one.scale for name, one in everything.weights.of.items()
    }
    assert row.data_sha256 == found.requests_sha256
