"""A stub in a module that has other things in it."""

from __future__ import annotations

from synth.requests.shapes import base
from synth.requests.shapes.base import Parts

_BEFORE = (
    '"""Functions of the office tools."""\n\nimport logging\n\nlog = logging.getLogger(__name__)\n',
    '"""Part of the reporting package."""\n\n\ndef version() -> str:\n    return "2.1"\n',
    "import json\n\n\ndef load(path):\n    with open(path) as file:\n        return json.load(file)\n",
    '"""Things that are used in several places."""\n\nENCODING = "utf-8"\n',
    "from __future__ import annotations\n\n\ndef identity(value):\n    return value\n",
)
_AFTER = ("", "", "\n\ndef main():\n    print(version())\n", '\n\n__all__ = ["{name}"]\n')


def render(parts: Parts) -> str:
    """What stands before, the stub, what comes after."""
    before = parts.problem.prelude or parts.pick(_BEFORE, 1)
    after = parts.pick(_AFTER, 5).format(name=parts.problem.name)
    if "version" in after and "version" not in before:
        after = ""
    return f"{before.strip(chr(10))}\n\n\n{base.stub(parts, body='raise NotImplementedError')}\n{after}"
