"""Parameters, results and errors of a docstring as sentences."""

from __future__ import annotations

import re

from synth.sources.docstrings.markup import ended, plain
from synth.sources.docstrings.sections import Named

_NAMES = frozenset({
    "True",
    "False",
    "None",
    "Python",
    "Unicode",
    "English",
    "Boolean",
    "Decimal",
    "Fraction",
})


def _small(text: str) -> str:
    """The start of a text as it goes on within a sentence."""
    first = re.match(r"(?:A|[A-Z][a-z]+)(?=[\s,.])", text)
    return text[:1].lower() + text[1:] if first and first[0] not in _NAMES else text


def parameter_sentence(one: Named, with_type: bool) -> str:
    """What is said of a parameter; empty when nothing is."""
    text = one.text.strip()
    if not text or len(text.split()) < 2:
        return ""
    type_ = _type(one.type) if with_type else ""
    subject = f"`{one.name}` ({type_})" if type_ else f"`{one.name}`"
    if re.match(r"(?:The|A|An|Any|Whether|How|Number|Optional|One|Maximum|Minimum|Name|List)\b", text):
        verb = "says whether" if text.startswith("Whether") else "is"
        rest = text.removeprefix("Whether ") if verb != "is" else _small(text)
        if re.match(r"(?:number|maximum|minimum|name|list)\b", rest) and verb == "is":
            rest = f"the {rest}" if not rest.startswith("list") else f"a {rest}"
        if re.match(r"optional\b", rest):
            return ended(f"{subject}: {rest}")
        return ended(f"{subject} {verb} {rest}")
    return ended(f"{subject}: {_small(text)}")


def _type(text: str) -> str:
    """A type as it may stand in brackets; empty when it is no plain one."""
    bare = re.sub(
        r",?\s*\b(?:optional|default\b.*|required)\s*$", "", plain(text), flags=re.IGNORECASE
    ).strip(" ,.`")
    return bare if re.fullmatch(r"[\w\[\], |]{2,40}", bare) else ""


def result_sentence(one: Named) -> str:
    """What is said of the result; empty when nothing but a type is."""
    text = re.sub(r"^(?:returns?|yields?)\s+", "", plain(one.text), flags=re.IGNORECASE)
    text = re.sub(r"^`?(?:str|int|float|bool|bytes|list|tuple|dict|set)`?:\s+", "", text)
    if len(text.split()) < 2 or re.match(r"^(?:see|this function)\b", text, re.IGNORECASE):
        return ""
    if re.match(r"^(?:If|When|On)\b", text):
        return f"Returns the following: {_small(text)}"
    return f"Returns {_small(text)}"


def error_sentence(one: Named) -> str:
    """When an error is raised; empty when that is not said."""
    text = one.text.strip()
    if len(text.split()) < 2 or not re.fullmatch(r"\w+", one.name):
        return ""
    joined = (
        _small(text) if re.match(r"(?:[Ii]f|[Ww]hen|[Ii]n|[Oo]n|[Ff]or)\b", text) else f"when: {_small(text)}"
    )
    return f"Raises {one.name} {joined}"
