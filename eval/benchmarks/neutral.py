"""The neutral view of a text: the function has its entry point's name, as it has in the originals.

Benchmark authors renamed the function in many modified texts and in no original, so that the name alone
tells unclear from clear. In this view it does not.
"""

from __future__ import annotations

import re

STAND_IN = "candidate"
"""What tests call the function under test; modified texts may name it so, in prose too."""

_DEFINITION = re.compile(r"^def[ \t]+([^\W\d]\w*)[ \t]*\(", re.MULTILINE)


def neutral(text: str, entry_point: str) -> str:
    """Give the function its entry point's name; a text that has it already stays as it is. Idempotent.

    The function is the last one that the text defines at its left edge: helpers stand before it. Its name is
    replaced as a whole token where it is defined and called; `candidate`, no word of prose, wherever it is.

    Args:
        text: the request, with the function's head.
        entry_point: the name that tests call.
    """
    defined = _DEFINITION.findall(text)
    if not defined or defined[-1] == entry_point:
        return text
    name = re.escape(defined[-1])
    called = "" if defined[-1] == STAND_IN else r"(?=[ \t]*\()"
    return re.sub(rf"(?<!\w){name}(?!\w){called}", lambda _: entry_point, text)
