"""A docstring in its parts: text, parameters, result, errors; in Google, NumPy, Sphinx or Epydoc form.

Examples, cross references, history and other things beside the point are left out.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from synth.sources.docstrings.blocks import HEADER, block_end, indent_of, without_blocks

_PARAMETERS = (
    "args arguments parameters params parameter other_parameters keyword_args keyword_arguments kwargs"
)
_RESULT = "returns return yields yield returned_value return_value"
_ERRORS = "raises raise exceptions throws except"
_TEXT = "note notes description summary details remarks warning warnings caution important tip usage_notes"
_LEFT_OUT = (
    "example examples usage see_also seealso references reference todo todos commandline doctest doctests "
    "ignore benchmark benchmarks author authors history changelog changes credits tests test demo "
    "warns attributes methods complexity time_complexity links example_usage sample_usage bugs "
    "setup versions deprecated since new_in_version attention equal_to aliases cross_references more_info "
    "example_code explanation_and_example script timing time"
)
_KINDS = {
    name: kind
    for kind, names in (
        ("parameters", _PARAMETERS),
        ("result", _RESULT),
        ("errors", _ERRORS),
        ("text", _TEXT),
        ("out", _LEFT_OUT),
    )
    for name in names.split()
}
_INLINE_HEADER = re.compile(
    r"^(?P<name>Examples?|Returns?|Yields?|Raises|Notes?|See [Aa]lso|References?|TODO|Usage|Author|"
    r"Time complexity)\s*:\s+(?P<rest>\S.*)$"
)
_UNDERLINE = re.compile(r"^\s*([-=~^*])\1{2,}\s*$")
_FIELD = re.compile(r"^[:@](?P<kind>[a-z]+)(?:\s+(?P<what>[^:]*?))?\s*:(?:\s+|$)(?P<rest>.*)$")
_GOOGLE_ITEM = re.compile(
    r"^\*{0,2}`{0,2}(?P<name>\*{0,2}\w+)`{0,2}\s*(?:\((?P<type>[^()]*(?:\([^()]*\)[^()]*)*)\))?\s*(?::|--?)\s+(?P<rest>.*)$"
)
_NUMPY_ITEM = re.compile(r"^(?P<name>\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::\s*(?P<type>.*))?$")
_TYPE_WORDS = frozenset(
    "int float str string bool list dict tuple set callable iterable sequence array array_like "
    "function object".split()
)
_TYPE = re.compile(r"^[\w.\[\], |]{1,60}$")


@dataclass(slots=True)
class Named:
    """A parameter or an error.

    Args:
        name: of the parameter or the exception.
        type: as it is written, empty where it is not.
        text: what is said of it.
    """

    name: str
    type: str
    text: str


@dataclass(slots=True)
class Parts:
    """What a docstring says.

    Args:
        text: paragraphs, in their own markup.
        parameters: in their order.
        result: its type and what is said of it; the name is empty.
        errors: in their order.
    """

    text: str = ""
    parameters: list[Named] = field(default_factory=list)
    result: Named | None = None
    errors: list[Named] = field(default_factory=list)


def parts_of(docstring: str) -> Parts:
    """Take a docstring apart. Any text is one; what is in none of the known forms stays text."""
    lines = without_blocks(inspect.cleandoc(docstring).expandtabs().splitlines())
    parts = Parts()
    text: list[str] = []
    lines = list(_without_fields(lines, parts))
    for kind, body in _sections(lines):
        match kind:
            case "":
                text += [*body, ""]
            case "text":
                text += ["", *textwrap.dedent("\n".join(body)).splitlines(), ""]
            case "parameters":
                parts.parameters += _items(body)
            case "errors":
                parts.errors += _items(body)
            case "result":
                parts.result = parts.result or _result(body)
    parts.text = "\n".join(text).strip()
    return parts


# --- Sphinx and Epydoc fields -------------------------------------------------------------------------------


def _without_fields(lines: list[str], parts: Parts) -> Iterator[str]:
    """The lines without `:param x:` and the like, which go into `parts`."""
    types: dict[str, str] = {}
    place = 0
    while place < len(lines):
        line = lines[place]
        found = _FIELD.match(line.lstrip())
        if not found:
            yield line
            place += 1
            continue
        end = block_end(lines, place + 1, indent_of(line))
        text = " ".join([found["rest"], *(one.strip() for one in lines[place + 1 : end])]).strip()
        _enter(parts, types, found["kind"], (found["what"] or "").strip(), text)
        place = end
    for parameter in parts.parameters:
        parameter.type = parameter.type or types.get(parameter.name, "")
    if parts.result is not None:
        parts.result.type = parts.result.type or types.get("return", "")


def _enter(parts: Parts, types: dict[str, str], kind: str, what: str, text: str) -> None:
    type_, _, name = what.rpartition(" ")
    if kind in {"param", "parameter", "arg", "argument", "key", "keyword", "kwarg"}:
        parts.parameters.append(Named(name.strip("*`\\"), type_.strip(), text))
    elif kind == "type":
        types[what.strip("*`\\")] = text
    elif kind in {"return", "returns", "yield", "yields"}:
        parts.result = Named("", what, text)
    elif kind == "rtype":
        types["return"] = text
    elif kind in {"raise", "raises", "except", "exception", "throws"}:
        parts.errors.append(Named(what.rpartition(".")[2].strip("`~"), "", text))


# --- Google and NumPy sections ------------------------------------------------------------------------------


def _sections(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Kind and lines of each section; the text before the first has kind `""`."""
    kind, body, level = "", list[str](), 0
    place = 0
    while place < len(lines):
        line = lines[place]
        below = lines[place + 1] if place + 1 < len(lines) else ""
        header = HEADER.match(line.strip())
        inline = _INLINE_HEADER.match(line.strip())
        underlined = bool(_UNDERLINE.match(below)) and 2 < len(line.strip()) < 30
        name = line.strip().rstrip(":") if underlined else header["name"] if header else ""
        new = _KINDS.get(name.strip().lower().replace(" ", "_"))
        if new is None and underlined:
            new = "out" if kind == "out" else "text"
        if new is not None and (underlined or header):
            yield kind, body
            place += 2 if underlined else 1
            kind, body, level = new, [], indent_of(line) + (0 if underlined else 1)
            if (
                not underlined
                and place < len(lines)
                and lines[place].strip()
                and indent_of(lines[place]) < level
            ):
                # What stands at the heading's own level belongs to it up to the next empty line.
                end = next((n for n in range(place, len(lines)) if not lines[n].strip()), len(lines))
                yield kind, lines[place:end]
                kind, body, level, place = "", [], 0, end
            continue
        if inline and indent_of(line) == 0:
            yield kind, body
            kind = _KINDS[inline["name"].lower().replace(" ", "_")]
            body, level = [inline["rest"]], 0
            place += 1
            if kind in {"out", "text"}:  # up to the end of its paragraph
                while place < len(lines) and lines[place].strip():
                    body.append(lines[place])
                    place += 1
                yield kind, body
                kind, body = "", []
            continue
        if kind and level and line.strip() and indent_of(line) < level:
            yield kind, body
            kind, body, level = "", [], 0
        body.append(line)
        place += 1
    yield kind, body


def _items(body: list[str]) -> list[Named]:
    """The entries of a section, a name with what is indented below it."""
    lines = textwrap.dedent("\n".join(body)).splitlines()
    found: list[Named] = []
    for line in lines:
        if not line.strip():
            continue
        bare = re.sub(r"^[-*•]\s+", "", line)
        google = _GOOGLE_ITEM.match(bare) if not line.startswith(" ") else None
        numpy = _NUMPY_ITEM.match(bare) if not line.startswith(" ") else None
        if google and not (numpy and _looks_like_type(google["rest"], google["type"])):
            found.append(Named(google["name"].lstrip("*"), google["type"] or "", google["rest"]))
        elif numpy:
            for name in numpy["name"].split(","):
                found.append(Named(name.strip().lstrip("*"), (numpy["type"] or "").strip(), ""))
        elif found:
            found[-1].text = f"{found[-1].text} {line.strip()}".strip()
    return found


def _looks_like_type(rest: str, bracketed: str | None) -> bool:
    """Whether `name : int` is meant, and not `name: the number`."""
    first = rest.strip().partition(",")[0].partition(" ")[0].strip("`").lower()
    return bracketed is None and len(rest.split()) <= 5 and first in _TYPE_WORDS


def _result(body: list[str]) -> Named | None:
    lines = [line for line in textwrap.dedent("\n".join(body)).splitlines() if line.strip()]
    if not lines:
        return None
    first = lines[0].strip()
    head, colon, rest = first.partition(":")
    deeper = len(lines) > 1 and indent_of(lines[1]) > indent_of(lines[0])
    if (
        colon
        and _TYPE.match(head)
        and rest.strip()
        and (len(head.split()) <= 2 or "[" in head)
        and not deeper
    ):
        return Named("", head.strip(), " ".join([rest.strip(), *(line.strip() for line in lines[1:])]))
    if deeper and len(first.split()) <= 6:
        type_ = rest.strip() if colon and rest.strip() else head.strip()
        return Named("", type_, " ".join(line.strip() for line in lines[1:]))
    return Named("", "", " ".join(line.strip() for line in lines))
