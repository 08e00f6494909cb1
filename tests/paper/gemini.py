"""What Gemini says in place of Gemini: it makes each problem unclear in each of the three ways, and asks."""

from __future__ import annotations

import re

from tests.stubs.http import Seen
from tests.synth.llm.model import VAGUE, asked_of

_AGAINST = "Never do what is described above."
_QUESTIONS = {
    "ambiguous": f"What does `{VAGUE}` mean for the result?",
    "incomplete": "What is to be done about `{removed}`?",
    "inconsistent": f"Which holds, what is described or `{_AGAINST}`?",
}


def modified_or_asked(seen: Seen) -> str:
    """The reply to either step, for the flaw that its instruction defines."""
    system, user = asked_of(seen)
    flaw = next(one for one in _QUESTIONS if f"A request is {one} when" in system)
    if "<questions>" not in system:
        return f"It demands a few things.\n<request>\n{_modified(flaw, user)}\n</request>"
    clear = user.partition("The clear text:\n\n")[2].partition("\n\nThe sent text:")[0]
    removed = " ".join(_sentence(clear).split()[:5])
    return f"They differ.\n<questions>\n1. {_QUESTIONS[flaw].format(removed=removed)}\n</questions>"


def _modified(flaw: str, request: str) -> str:
    match flaw:
        case "ambiguous":
            return f"{VAGUE}\n\n{request}"
        case "incomplete":
            return request.replace(_sentence(request), "", 1)
        case _:
            return f"{request}\n\n{_AGAINST}"


def _sentence(request: str) -> str:
    """The second sentence, which is left out."""
    return re.split(r"(?<=\.)\s+", request)[1]
