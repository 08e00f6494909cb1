"""Lays out running text: wrapped at a width, as a docstring, as comment lines."""

from __future__ import annotations

import re
import textwrap

from synth.modifications.text import sentences, uncapitalised
from synth.requests.style import Style

_OWN_LINE = re.compile(r"\s*(?:[-*•]|\d+[.)])\s|^ {4}")


def wrapped(text: str, width: int, *, taken: int = 0) -> list[str]:
    """A normalised text as lines of at most `width` columns; blank lines between paragraphs stay.

    Args:
        text: as the description is kept, a paragraph a line.
        width: in columns.
        taken: columns of the first line that are taken already.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        hanging = "  " if _OWN_LINE.match(line) else ""
        lines += textwrap.wrap(
            line,
            max(24, width),
            initial_indent=" " * taken if not lines else "",
            subsequent_indent=hanging,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return [lines[0].strip(), *lines[1:]]


def careless(text: str, style: Style) -> str:
    """The text as somebody types it who does not care: sloppy loses capitals, casual the last full stop."""
    if style.care == "careful":
        return text
    if style.care == "sloppy":
        for sentence in reversed(sentences(text)):
            lowered = uncapitalised(sentence.text)
            text = text[: sentence.start] + lowered + text[sentence.end :]
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def breaks_off(text: str) -> bool:
    """Whether a text ends in the middle of a sentence."""
    return (
        text.endswith(("...", "…"))
        or not text.rstrip("`\"')*]}").endswith((".", "!", "?", ":"))
        and "\n" not in text[-60:]
    )


def docstring(lines: list[str], style: Style, indent: str = "    ") -> str:
    """Lines as a docstring: with the style's quotes, raw where there is a backslash."""
    body = "\n".join(lines)
    quotes = style.quotes if style.quotes not in body else ('"""' if style.quotes == "'''" else "'''")
    prefix = "r" if "\\" in body else ""
    if len(lines) == 1 and style.first_line and not lines[0].endswith((quotes[0], "\\")):
        return f"{indent}{prefix}{quotes}{lines[0]}{quotes}"
    first, rest = (lines[0], lines[1:]) if style.first_line else ("", lines)
    if first.startswith(quotes[0]):
        first, rest = "", lines
    laid = [f"{indent}{prefix}{quotes}{first}", *(f"{indent}{line}" if line else "" for line in rest)]
    return "\n".join([*laid, f"{indent}{quotes}"])


def comment(lines: list[str], indent: str = "") -> str:
    """Lines as comment lines."""
    return "\n".join(f"{indent}# {line}".rstrip() for line in lines)
