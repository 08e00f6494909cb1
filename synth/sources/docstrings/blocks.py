"""Blocks of a docstring by their indentation; and its lines without those that are no text."""

from __future__ import annotations

import re
import textwrap

HEADER = re.compile(r"^(?P<name>[A-Za-z][A-Za-z ]{2,24}?)(?:\(s\))?\s*:{1,2}\s*$")
"""A heading of a section, on a line of its own."""

_DIRECTIVE = re.compile(r"^\.\.\s+(?P<name>[\w-]+)::\s*(?P<rest>.*)$")


def without_blocks(lines: list[str]) -> list[str]:
    """The lines without sessions, fenced code, literal blocks and directives."""
    kept: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        indent = indent_of(line)
        if line.lstrip().startswith((">>>", "In [")):
            place = _session_end(lines, place)
        elif line.lstrip().startswith(("```", "~~~")):
            place = next(
                (
                    later + 1
                    for later in range(place + 1, len(lines))
                    if lines[later].lstrip()[:3] == line.lstrip()[:3]
                ),
                len(lines),
            )
        elif directive := _DIRECTIVE.match(line.lstrip()):
            end = block_end(lines, place + 1, indent)
            if directive["name"] in {"note", "warning", "important", "tip", "caution"}:
                inner = textwrap.dedent("\n".join(lines[place + 1 : end])).splitlines()
                rest = [directive["rest"]] if directive["rest"] else []
                kept += ["", *without_blocks([*rest, *inner]), ""]
            place = end
        elif line.lstrip().startswith(".. "):
            place = block_end(lines, place + 1, indent)  # a comment, a target, a footnote
        elif line.rstrip().endswith("::") and not HEADER.match(line):
            end = block_end(lines, place + 1, indent)
            if end > place + 1:
                # What announces a block says nothing without it.
                kept += [""]
                place = end
            else:
                kept.append(line)
                place += 1
        else:
            kept.append(line)
            place += 1
    return kept


def _session_end(lines: list[str], place: int) -> int:
    indent = indent_of(lines[place])
    while place < len(lines) and lines[place].strip() and indent_of(lines[place]) >= indent:
        place += 1
    return place


def block_end(lines: list[str], place: int, indent: int) -> int:
    """Behind the lines that are indented deeper; empty lines at the end are not part of the block."""
    end = place
    while place < len(lines) and (not lines[place].strip() or indent_of(lines[place]) > indent):
        place += 1
        if lines[place - 1].strip():
            end = place
    return end


def indent_of(line: str) -> int:
    """Blanks before a line's text."""
    return len(line) - len(line.lstrip())
