"""A message as typed in a chat."""

from __future__ import annotations

from synth.modifications.text import uncapitalised
from synth.requests.prose import wrapped
from synth.requests.shapes.base import Parts, call_line, running

_OPENERS = (
    "Please write a function {call}.",
    "Can you write {call} for me?",
    "hi, I need a Python function {call}.",
    "Could you implement {call}?",
    "Write {call} in Python.",
    "I need {call}, can you do it?",
    "Function wanted: {call}.",
    "Hello! Please give me a function called {call}.",
    "def {call} - please write it.",
    "Next one: {call}.",
    "{call}, please:",
    "Python question, I'd like to have {call}.",
)
_CLOSERS = ("", "", "", "Thanks!", "Thank you.", "That's all.", "Thanks in advance.", "")


def render(parts: Parts) -> str:
    """An opener with the call, the description, a closer; not wrapped by most people."""
    opener = parts.pick(_OPENERS).format(call=call_line(parts))
    if parts.style.care == "sloppy":
        opener = uncapitalised(opener)
    text = running(parts, marks=parts.pick(("", "`"), 3))
    closer = parts.pick(_CLOSERS, 5) if text.endswith((".", "!", "?")) and "\n" not in text[-80:] else ""
    prelude = parts.problem.prelude.strip("\n")
    whole = "\n".join(filter(None, (prelude, f"{opener} {text} {closer}".strip())))
    if "\n" in parts.text or parts.pick(("long", "long", "wrapped"), 6) == "long":
        return whole
    head, blank, block = whole.partition("\n\n")
    return "\n".join(wrapped(head, parts.style.width)) + blank + block
