"""A TODO comment in a file."""

from __future__ import annotations

from synth.requests.prose import comment, wrapped
from synth.requests.shapes.base import Parts, call_line, running

_FILES = (
    '"""Small functions for the daily import."""\n\nVERSION = "1.4"\n',
    "import os\nimport sys\n\nDEBUG = False\n",
    '"""Work in progress."""\n\n\ndef version():\n    return "0.3"\n',
    "# tools.py\n\nfrom __future__ import annotations\n",
    'from pathlib import Path\n\nROOT = Path(".")\n',
    "",
)
_MARKS = ("TODO:", "TODO", "FIXME:", "TODO (next):", "XXX to do:")


def render(parts: Parts) -> str:
    """The file so far, then the comment, in some styles with the empty function below."""
    before = parts.problem.prelude or parts.pick(_FILES, 3)
    head = f"{parts.pick(_MARKS)} {call_line(parts)}"
    blocks: list[str] = [head]
    for line in running(parts).split("\n"):
        blocks += wrapped(line, parts.style.width - 2)
    text = comment(blocks)
    stubbed = parts.pick(("no", "yes", "yes"), 4) == "yes" and parts.problem.signature.startswith("def ")
    after = f"\n{parts.problem.signature}\n    ..." if stubbed else ""
    gap = "\n\n" if before.strip() else ""
    return f"{before.rstrip()}{gap}{text}{after}"
