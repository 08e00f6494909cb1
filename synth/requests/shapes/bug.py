"""A report on code that does not do what it should; and a wish for a change of code."""

from __future__ import annotations

from synth.modifications.signature import parameters
from synth.requests.shapes.base import Parts, running

_REPORTS = (
    "This is the function as it stands:\n\n{code}\n\n{fault} What it should do: {text}",
    "{fault}\n\n{code}\n\nThis is how it is meant. {text}",
    "Bug: {name} does not work.\n\n{code}\n\n{fault} Expected: {text}",
    "Can you fix this?\n\n{code}\n\n{fault} It should work like this. {text}",
    "Please repair {name}.\n\n{text}\n\nThe code so far:\n\n{code}",
)
_CHANGES = (
    "{code}\n\nPlease change this. {text}",
    "We have this code:\n\n{code}\n\n{text}",
    "Change request.\n\n{text}\n\nThe present code:\n\n{code}",
)


def render(parts: Parts) -> str:
    """The faulty code, what is wrong with it, what it should do."""
    code, fault = _faulty(parts)
    form = parts.pick(_REPORTS)
    return form.format(
        code=_fenced(parts, code), fault=fault, name=parts.problem.name, text=running(parts)
    ).strip()


def render_change(parts: Parts) -> str:
    """The code as it is and what is wanted of it."""
    code = parts.problem.prelude.strip("\n") or _faulty(parts)[0]
    return parts.pick(_CHANGES).format(code=_fenced(parts, code), text=running(parts)).strip()


def _faulty(parts: Parts) -> tuple[str, str]:
    """The problem's own faulty code, else a function that does nothing yet, and a sentence about it."""
    if parts.problem.prelude.strip():
        return parts.problem.prelude.strip("\n"), parts.pick(
            ("Its results are wrong.", "It is not right yet.", "It gives wrong results."), 2
        )
    signature = parts.problem.signature.strip()
    params = parameters(signature)
    forms = [("return None", "It always returns None."), ("pass", "It does not return anything.")]
    if params and not params[0].startswith("*"):
        forms += [
            (f"return {params[0]}", f"It just gives {params[0]} back."),
            (f"return {params[0]}  # ???", f"So far it only returns {params[0]}."),
        ]
    body, fault = forms[(parts.style.voice >> 5) % len(forms)]
    return f"{signature}\n    {body}", fault


def _fenced(parts: Parts, code: str) -> str:
    return f"```python\n{code}\n```" if parts.pick(("yes", "yes", "no"), 6) == "yes" else code
