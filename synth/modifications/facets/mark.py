"""Characters and words that a description fixes: separators, fill characters, prefixes, labels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording
from synth.modifications.recorded import Recorded, evidence, recorded, strings_in, with_constant
from synth.modifications.text import Span, sentence_at
from synth.schema import Problem

_NAMED = {
    "a comma": ",", "a semicolon": ";", "a colon": ":", "a hyphen": "-", "a single hyphen": "-",
    "a dash": "-", "a tilde": "~", "a dot": ".", "a slash": "/", "an underscore": "_", "a plus sign": "+",
    "an asterisk": "*", "a pipe": "|", "a line break": "\n", "a newline": "\n", "a single space": " ",
    "single spaces": " ", "a tab": "\t", "underscores": "_", "hyphens": "-", "dashes": "-", "asterisks": "*",
}  # fmt: skip
_QUOTED = re.compile(
    r"(?:\b(?:an?|the|one|single) )?(?:\b(?:single|character|string|word|text|letter|sign|symbol|prefix"
    r"|suffix|entry|label|value|note|mark) )*"
    r"(?:(?<!\w)'(?P<single>[^'\n]{1,12})'(?!\w)|\"(?P<double>[^\"\n]{1,12})\""
    r"|``?(?P<code>['\"][^`'\"]{1,12}['\"])``?)"
    r"(?: (?:characters?|signs?|symbols?))?"
)
_BY_NAME = re.compile(rf"\b(?:{'|'.join(sorted(_NAMED, key=len, reverse=True))})\b", re.IGNORECASE)
_ROLES = (
    ("separator", re.compile(r"\b(?:join|separat|split|between|delimit|set off)\w*", re.IGNORECASE)),
    ("fill character", re.compile(r"\b(?:pad|fill|mask|replac|hid|instead|becomes?)\w*", re.IGNORECASE)),
    (
        "marker",
        re.compile(r"\b(?:start|begin|end|prefix|suffix|prepend|append|mark|follow)\w*", re.IGNORECASE),
    ),
    ("entry", re.compile(r"\b(?:entry|labelled|called|written|named|reported|shown|text)\b", re.IGNORECASE)),
)
_ALTERNATIVES = {
    "separator": ("-", "_", ", ", ";", " ", "|", "/"),
    "fill character": ("*", "#", "-", "_", "x"),
    "marker": ("*", "#", "+", ">"),
    "entry": ("-", "none", "?"),
}
_SPECIAL = frozenset({" ", "", "\\n"})


def find(problem: Problem) -> Iterator[Facet]:
    """Quoted or named characters that the solution holds as a literal and that the text gives once."""
    text = problem.description
    held = evidence(problem.solution)
    for match in sorted([*_QUOTED.finditer(text), *_BY_NAME.finditer(text)], key=lambda m: m.start()):
        mark = _mark(match)
        if mark is None or not held.constants[repr(mark)] or repr(mark) in held.defaults:
            continue
        span = Span(match.start(), match.end(), match[0])
        rest = text[: span.start] + " " + text[span.end :]
        if _stands_in(mark, rest) or not _shows_in_result(problem, mark):
            continue
        role = _role(sentence_at(text, span.start), span)
        if role is not None:
            yield _facet(problem, span, mark, role)


def _mark(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if not groups:
        return _NAMED[match[0].lower()]
    mark = groups["single"] or groups["double"] or (groups["code"] or "")[1:-1]
    return None if mark in _SPECIAL else mark


def _stands_in(mark: str, rest: str) -> bool:
    if mark.isalnum():
        return re.search(rf"\b{re.escape(mark)}\b", rest, re.IGNORECASE) is not None
    named = [name for name, char in _NAMED.items() if char == mark]
    quoted = any(f"{quote}{mark}" in rest or f"{mark}{quote}" in rest for quote in "'\"`")
    return quoted or any(re.search(rf"\b{name.split()[-1]}s?\b", rest, re.IGNORECASE) for name in named)


def _shows_in_result(problem: Problem, mark: str) -> bool:
    """A mark of the output, not of the input: the input's form is a fact, the output's a choice."""
    return any(
        any(mark in text for text in strings_in(record.value))
        and not any(mark in text for value in record.arguments for text in strings_in(value))
        for record in recorded(problem)
    )


def _role(sentence: Span, span: Span) -> str | None:
    """What the mark is for, by the word of a role that stands nearest to it in its sentence."""
    quoted = span.start + max(0, *(span.text.find(mark) for mark in "'\"`"))
    found = [
        (abs(sentence.start + match.start() - span.start), role)
        for role, pattern in _ROLES
        for match in pattern.finditer(sentence.text)
        if not quoted <= sentence.start + match.start() < span.end
    ]
    return min(found, default=(0, None))[1]


def _facet(problem: Problem, span: Span, mark: str, role: str) -> Facet:
    plural = span.text.rstrip().endswith("s") and not span.text.endswith(("'", '"'))
    exact = span.text.strip()
    others = tuple(
        Reading(f"'{other}'", with_constant(problem.solution, mark, other))
        for other in _ALTERNATIVES[role]
        if other != mark and len(other.strip()) <= 4
    )[:2]
    return Facet(
        kind="mark",
        span=span,
        what=f"the {role}",
        meant=Reading(f"'{mark}'" if mark != "\n" else "a line break"),
        others=others,
        neutral=lambda record: _without(record, mark),
        vague=tuple(_vague(role, exact, plural=plural)),
        missing=tuple(_missing(role, exact, plural=plural)),
        either=(
            Wording(f"{exact} or {others[0].option}, as usual", f"Usual is {exact}."),
            Wording(f"{exact} or {others[0].option}, whichever is in use here", f"In use here is {exact}."),
        )
        if not plural
        else (),
        other_words=others[0].option if not plural else "",
    )


def _without(record: Recorded, mark: str) -> bool:
    texts = [*strings_in(record.value), *(text for value in record.arguments for text in strings_in(value))]
    return not any(mark in text for text in texts)


def _vague(role: str, exact: str, *, plural: bool) -> Iterator[Wording]:
    if role == "entry":
        yield Wording("a fixed text", f"The fixed text is {exact}.")
        yield Wording("a short note that says so", f"The note is {exact}.")
        return
    if plural:
        yield Wording(f"{role}s", f"The {role}s are {exact}.")
        return
    yield Wording(f"a {role}", f"The {role} is {exact}.")
    yield Wording(f"a fixed {role}", f"The fixed {role} is {exact}.")
    yield Wording("a special character" if role != "marker" else "a special mark", f"It is {exact}.")


def _missing(role: str, exact: str, *, plural: bool) -> Iterator[Wording]:
    many = "s" if plural else ""
    verb = "are" if plural else "is"
    yield Wording(f"the usual {role}{many}", f"The usual {role}{many} {verb} {exact}.")
    yield Wording(f"the agreed {role}{many}", f"The agreed {role}{many} {verb} {exact}.")
    yield Wording(f"our own {role}{many}", f"Our {role}{many} {verb} {exact}.")
    yield Wording(f"the {role}{many} from the style guide", f"The style guide says: {exact}.")
