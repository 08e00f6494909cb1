"""A wish for a script."""

from __future__ import annotations

from synth.requests.prose import breaks_off
from synth.requests.shapes.base import Parts, call_line, running

_FORMS = (
    "I'd like a small script. The work is done by a function {call}: {text}\n\nStarted with one "
    "argument, the script "
    "calls the function with it and prints what comes back.",
    "Script wish: one command line argument goes in, the result of {call} is printed. About the "
    "function: {text}",
    "Write a script tool.py with a function {call}. {text}\n\nWhen it is run as `python tool.py ARGUMENT` it "
    "prints what the function returns for the argument.",
    "A command line script, please. It passes its only argument to {call} and prints the result. {text}",
)


def render(parts: Parts) -> str:
    """The wish; a problem that is a script in its own words is left to them."""
    if parts.problem.signature.strip() == "" or "script" in parts.text:
        return running(parts)
    forms = tuple(form for form in _FORMS if form.endswith("{text}") or not breaks_off(parts.text))
    return parts.pick(forms).format(call=call_line(parts), text=running(parts))
