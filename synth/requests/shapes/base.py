"""What a shape is given, and the parts that several shapes share."""

from __future__ import annotations

from dataclasses import dataclass

from synth.modifications.signature import hints_of, parameters
from synth.requests import examples as written
from synth.requests.prose import breaks_off, careless, docstring, wrapped
from synth.requests.style import Style
from synth.schema import Example, Problem


@dataclass(frozen=True, slots=True)
class Parts:
    """A request before it is laid out.

    Args:
        problem: dressed; its signature is the one to show.
        style: how it looks.
        text: the description, normalised, with the aside.
        examples: those to show.
    """

    problem: Problem
    style: Style
    text: str
    examples: tuple[Example, ...]

    def pick(self, choices: tuple[str, ...], salt: int = 0) -> str:
        """One of the choices: the same for the same voice and salt."""
        return choices[(self.style.voice >> (3 * salt)) % len(choices)]


def stub(parts: Parts, indent: str = "", *, body: str = "") -> str:
    """Signature, docstring and body of a function."""
    inner = indent + "    "
    quoted = docstring(docstring_lines(parts, len(inner)), parts.style, inner)
    ending = body or parts.pick(("", "...", "pass", "raise NotImplementedError", "..."), 4)
    lines = [f"{indent}{parts.problem.signature.strip()}", quoted]
    return "\n".join([*lines, f"{inner}{ending}"] if ending else lines)


def docstring_lines(parts: Parts, indent: int) -> list[str]:
    """Description, sections and examples as the lines of a docstring."""
    style = parts.style
    lines = wrapped(careless(parts.text, style), style.width - indent, taken=4 if style.first_line else 0)
    lines += _sections(parts)
    if not parts.examples:
        return lines
    if style.example_form == "prose":
        return [
            *lines,
            "",
            *wrapped(written.sentence(parts.examples, style.voice, marks="`"), style.width - indent),
        ]
    head = (
        [] if style.example_form == "doctest" else [parts.pick(("Examples:", "For example:", "Example:"), 2)]
    )
    inset = "  " if head else ""
    return [*lines, "", *head, *(inset + line for line in written.lines(parts.examples, style.example_form))]


def _sections(parts: Parts) -> list[str]:
    """The types of parameters and result, in the style's convention; nothing where a type is unknown."""
    signature = parts.problem.signature
    hints, result = hints_of(signature)
    if parts.style.docstring == "plain" or not hints or set(hints) != set(parameters(signature)):
        return []
    match parts.style.docstring:
        case "google":
            lines = ["", "Args:", *(f"    {param}: {hint}" for param, hint in hints.items())]
            return [*lines, "", "Returns:", f"    {result}"] if result else lines
        case "sphinx":
            lines = ["", *(f":type {param}: {hint}" for param, hint in hints.items())]
            return [*lines, f":rtype: {result}"] if result else lines
        case "numpy":
            lines = ["", "Parameters", "----------", *(f"{param} : {hint}" for param, hint in hints.items())]
            return [*lines, "", "Returns", "-------", str(result)] if result else lines
    return []


def running(parts: Parts, *, marks: str = "") -> str:
    """Description and examples as running text, examples in a sentence or as a block of lines."""
    style = parts.style
    text = careless(parts.text, style)
    if not parts.examples:
        return text
    if style.example_form == "prose":
        spoken = written.sentence(parts.examples, style.voice, marks=marks)
        gap = "\n\n" if breaks_off(parts.text) else (" " if text.endswith((".", "?", "!", "\n")) else ". ")
        return f"{text}{gap}{spoken}"
    head = parts.pick(("Examples:", "A few examples:", "e.g.", "For example:", "Like this:"), 2)
    return "\n".join([text, "", head, *written.lines(parts.examples, style.example_form)])


def call_line(parts: Parts) -> str:
    """Name and parameters as one writes them in a sentence: `slugify(title)`, with hints if there are."""
    signature = parts.problem.signature.strip().removeprefix("def ").rstrip(":")
    return signature or parts.problem.name
