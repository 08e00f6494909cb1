"""`clarify ask --effort high` on the real model: its own drafts find the example that is false."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.app import run as clarify

pytestmark = pytest.mark.model

STUB = '''def total(prices):
    """Return the sum of the prices in the list.

    >>> total([1, 2, 4])
    7
    >>> total([10])
    10
    >>> total([3, 3])
    8
    """
'''


def test_drafts_find_the_false_example(model_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("prices.py").write_text(STUB, encoding="utf-8")
    command = ["ask", "prices.py", "--decide", "--json", "--model", str(model_path)]
    assert clarify([*command, "--effort", "high"]) in {0, 3}
    high = json.loads(capsys.readouterr().out)["specs"][0]
    found = {one["name"]: one for one in high["evidence"]}
    assert found["examples"]["value"] > 0.5
    assert found["examples"]["reason"].endswith("drafts give 6 for total([3, 3]), the request says 8")
    assert clarify(command) in {0, 3}
    low = json.loads(capsys.readouterr().out)["specs"][0]
    assert [one["name"] for one in low["evidence"]] == ["opening"]
    assert low["evidence"][0]["value"] == found["opening"]["value"]
    assert high["p_ask"] > low["p_ask"]
