"""The documented settings are those that the code reads."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_VARIABLE = re.compile(r"[\"'](CLARIFY_[A-Z_]+[A-Z])[\"']")


def test_every_variable_that_synth_reads_is_documented() -> None:
    told = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    read = {name for path in (ROOT / "synth").rglob("*.py") for name in _VARIABLE.findall(path.read_text())}
    assert read >= {"CLARIFY_SYNTH_GIVE_UP", "CLARIFY_HUMANEVAL"}
    assert sorted(name for name in read if f"| `{name}` |" not in told) == []
