"""Numbers that a description fixes: thresholds, counts, rates. Facts of the world (60 minutes) are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording
from synth.modifications.recorded import evidence, is_trivial, with_constant
from synth.modifications.text import Span, prose
from synth.schema import Problem

_SPELLED = {
    word: value
    for value, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve".split(), start=2
    )
}
_UPPER = ("more than", "at most", "no more than", "up to", "longer than", "greater than", "larger than",
          "bigger than", "higher than", "older than", "above", "over", "exceed", "exceeds", "exceeding",
          "heavier than", "within", "never exceeds")  # fmt: skip
_LOWER = ("less than", "fewer than", "at least", "shorter than", "smaller than", "lower than", "younger than",
          "below", "under")  # fmt: skip
_COUNT = ("every", "first", "last", "top", "by", "after", "takes", "costs", "brings", "gets", "length",
          "exactly", "is", "are", "for", "to", "of", "add", "with", "their last", "its first", "its last",
          "their first", "each", "beginning with", "a")  # fmt: skip
_CUES = sorted((*_UPPER, *_LOWER, *_COUNT), key=len, reverse=True)
_NUMBER = re.compile(
    rf"\b(?P<cue>{'|'.join(_CUES)}) (?P<number>\d+(?:\.\d+)?|{'|'.join(_SPELLED)})"
    r"(?P<noun>(?: (?:decimal|consecutive|whole|started|extra|equal|other|different|neighbouring"
    r"|adjacent|further))?"
    r" (?!(?:is|was|has|does|its|this|as|plus|minus|less|times|thus|always|afterwards)\b)[a-z]{2,}s\b"
    r"| percent\b| ?%)?"
    r"(?![\w'-]|[.,:/]\d|\s*(?:\*|\+|/|=|-|x)\s*\d)"
)
_ENDS = re.compile(
    r"\s*(?:[.,;:)]|$|(?:or|and|is|are|in|on|to|the|it|of|for|from|that|when|if|more|who|which)\b)"
)
_BASES = re.compile(r"\b(?:hexadecimal|binary|octal|decimal system)\b", re.IGNORECASE)
_OF_MATHS = re.compile(
    r"\b(?:powers?|multiples?|base|modulo|mod|divisible|divided|root|logarithm|log|format"
    r"|version|RFC|ISO|PEP|Python|step"
    r"|degree|bits?|byte|dimensions?|exponent|raised|factor|first|next|argument)(?: of| to| by)?$",
    re.IGNORECASE,
)
"""What the number behind it is part of: "a power of two" is a notion, not a choice."""
_WORLD = frozenset(
    {
        ("24", "hours"),
        ("60", "seconds"),
        ("60", "minutes"),
        ("7", "days"),
        ("12", "months"),
        ("100", "percent"),
        ("26", "letters"),
        ("365", "days"),
        ("180", "degrees"),
        ("360", "degrees"),
        ("52", "weeks"),
        ("10", "digits"),
        ("100", "%"),
        ("100", "cents"),
        ("1000", "grams"),
        ("30", "days"),
        ("100", "years"),
        ("8", "bits"),
        ("2", "numbers"),
        ("2", "values"),
        ("2", "strings"),
        ("2", "lists"),
        ("2", "words"),
        ("2", "arguments"),
        ("2", "elements"),
        ("2", "sides"),
        ("2", "parts"),
    }  # fmt: skip
)


def find(problem: Problem) -> Iterator[Facet]:
    """Numbers that the solution holds as a literal, that no default repeats and the text gives once."""
    text = problem.description
    held = evidence(problem.solution)
    if _BASES.search(text):
        return
    for match in _NUMBER.finditer(prose(text)):
        digits = _digits(match["number"])
        value: int | float = float(digits) if "." in digits else int(digits)
        noun = (match["noun"] or "").strip()
        before = text[: match.start("number")].rstrip()
        if (
            value in (0, 1)
            or _OF_MATHS.search(before)
            or noun == "arguments"
            or (digits, noun) in _WORLD
            or (not noun and not _ENDS.match(text[match.end() :]))
        ):
            continue
        if not held.constants[repr(value)] or repr(value) in held.defaults:
            continue
        rest = text[: match.start("number")] + text[match.end("number") :]
        if _tells(rest, value) or _in_name(problem, digits):
            continue
        span = Span(match.start("number"), match.end(), text[match.start("number") : match.end()])
        yield _facet(problem, span, match["cue"], value, noun)


_ORDINALS = dict(enumerate("zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()))


def _tells(rest: str, value: int | float) -> bool:
    """Whether the rest of the text gives the number, or one beside it as an ordinal: "from the third on"."""
    found = set(re.findall(r"\d+(?:\.\d+)?|[a-z]+", rest.lower()))
    spelled = {word for word, number in _SPELLED.items() if number == value}
    if {str(value), *spelled} & found:
        return True
    near = range(int(value), int(value) + 2)
    ordinals = {_ORDINALS.get(number, "") for number in near} | {
        f"{number}{end}" for number in near for end in ("st", "nd", "rd", "th")
    }
    return bool({word for word in re.findall(r"\w+", rest.lower())} & (ordinals - {""}))


def _digits(word: str) -> str:
    return str(_SPELLED.get(word, word))


def _in_name(problem: Problem, digits: str) -> bool:
    return digits in re.findall(r"\d+", f"{problem.name} {problem.signature}")


def _facet(problem: Problem, span: Span, cue: str, value: int | float, noun: str) -> Facet:
    others = []
    for step in _steps(value):
        code = with_constant(problem.solution, value, step)
        others.append(Reading(f"{step} {noun}".strip().replace(" %", "%"), code))
    in_words = (
        span.text if not span.text[0].isalpha() else span.text.replace(span.text.split()[0], f"{value}")
    )
    other = others[0].option
    return Facet(
        kind="number",
        span=span,
        what=_what(noun),
        meant=Reading(in_words),
        others=tuple(others),
        neutral=is_trivial,
        vague=tuple(_vague(cue, noun, in_words)),
        missing=tuple(_missing(cue, noun, in_words)),
        either=(Wording(_both(value, others[0].option, noun), f"{in_words}, to be exact."),)
        if noun and isinstance(value, int) and value < 50
        else (),
        other_words=other,
    )


def _both(value: int | float, other: str, noun: str) -> str:
    """Two numbers, the smaller one first."""
    low, high = sorted((float(value), float(other.rstrip("%").split()[0])))
    return f"{low:g} or {high:g}{'' if noun.startswith('%') else ' '}{noun}".strip()


def _what(noun: str) -> str:
    if noun in {"percent", "%"}:
        return "the percentage"
    return f"the number of {noun}" if noun else "the value"


def _steps(value: int | float) -> tuple[int | float, ...]:
    """Other values that one could have meant: near ones for small numbers, round ones for large."""
    if isinstance(value, float):
        return (value * 2, value / 2)
    if value <= 12:
        return (value + 1, value + 2) if value <= 3 else (value - 1, value * 2)
    return (value * 2, value // 2) if value % 2 == 0 else (value * 2, value + 10)


def _vague(cue: str, noun: str, exact: str) -> Iterator[Wording]:
    if noun in {"percent", "%"}:
        yield Wording("a certain percentage", f"That percentage is {exact}.")
        yield Wording("a small percentage", f"The small percentage is {exact}.")
        return
    if not noun:
        if cue not in {"of", "is", "are", "to", "for", "with", "a"}:
            yield Wording("a certain value", f"That value is {exact}.")
            yield Wording("some fixed value", f"The fixed value is {exact}.")
            if cue in _UPPER or cue in _LOWER:
                yield Wording("a reasonable value", f"A reasonable value is {exact}.")
        return
    if cue in {"a", "every"} or cue.endswith(("first", "last", "top")):
        yield Wording(f"few {noun}", f"Few means {exact} here.")
        return
    yield Wording(f"a few {noun}", f"By a few {noun} I mean {exact}.")
    yield Wording(f"several {noun}", f"Several means {exact} here.")
    yield Wording(f"a certain number of {noun}", f"That number is {exact.split()[0]}.")
    yield Wording(f"a handful of {noun}", f"A handful is {exact} here.")
    if cue in _UPPER or cue in _LOWER:
        yield Wording(f"a reasonable number of {noun}", f"A reasonable number is {exact.split()[0]}.")


def _missing(cue: str, noun: str, exact: str) -> Iterator[Wording]:
    count = exact.split()[0]
    if noun in {"percent", "%"}:
        yield Wording("the usual percentage", f"The usual percentage is {exact}.")
        yield Wording("the agreed rate", f"The agreed rate is {exact}.")
        yield Wording("the rate of the current price list", f"The current rate is {exact}.")
        return
    if cue in {"a", "every", "each", "add"} or cue.endswith(("first", "last", "top")):
        return
    if not noun:
        if cue in _UPPER or cue in _LOWER or cue in {"by", "after"}:
            yield Wording("the threshold" if cue != "by" else "the usual amount", f"That is {exact} here.")
            yield Wording("the agreed value", f"The agreed value is {exact}.")
            yield Wording(
                "the limit that we always use" if cue != "by" else "the set amount", f"It is {exact}."
            )
        return
    yield Wording(f"the agreed number of {noun}", f"The agreed number is {count}.")
    yield Wording(f"the usual number of {noun}", f"The usual number is {count}.")
    yield Wording(f"the required number of {noun}", f"The required number is {count}.")
    yield Wording(f"the configured number of {noun}", f"Configured are {exact}.")
    if cue in {"more than", "at most", "no more than", "up to", "longer than", "over", "exceed", "exceeds"}:
        yield Wording(f"the permitted number of {noun}", f"Permitted are {exact}.")
        yield Wording(f"the maximum number of {noun}", f"The maximum is {exact}.")
    if cue in _LOWER:
        yield Wording(f"the minimum number of {noun}", f"The minimum is {exact}.")
