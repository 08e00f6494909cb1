"""Words with a natural opposite: first and last, largest and smallest, all and any, sum and product."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import KIN, WHICHEVER, Facet, Wording
from synth.modifications.recorded import Recorded, Unreadable, is_trivial
from synth.modifications.text import Span, prose, sentence_at
from synth.schema import Problem

_NOUN = (
    r"(?= (?:occurrence|match|position|place|index|item|element|character|letter|word|key|row|value"
    r"|entry|line"
    r"|day|name|time|of them|(?:`{0,2}\*?\w{1,9}\*?`{0,2}|\d+) (?:elements|items|characters|letters"
    r"|words|values|lines|entries))s?\b)"
)
_THING = r"(?= (?!than\b|argument|parameter|common\b|number\b|amount\b|possible\b|count\b)[a-z`*])"
_PAIRS: tuple[tuple[str, str, str, str], ...] = (
    # before, first word, second word, after
    (r"\b[Tt]he ", "first", "last", _NOUN),
    (r"\b", "smallest", "largest", _THING),
    (r"\b", "minimum", "maximum", r"(?= (?:of|value|element|key)\b)"),
    (r"\b", "lowest", "highest", _THING),
    (r"\b", "shortest", "longest", _THING),
    (r"\b", "earliest", "latest", _THING),
    (r"\b", "oldest", "newest", _THING),
    (r"\b", "lightest", "heaviest", _THING),
    (r"\b", "leading", "trailing", r"(?! and\b| or\b)"),
    (r"\b", "begins with", "ends with", ""),
    (r"\b", "starts with", "ends with", ""),
    (r"\b", "start with", "end with", ""),
    (r"\b", "prefix", "suffix", ""),
    (r"\b", "even", "odd", r"(?= (?:numbers?|integers?|digits?|values?|positions?|index))"),
    (r"\b[Ii]f ", "all", "any", r"(?= (?:of |the |elements|items|values|characters|its|their))"),
    (r"\b[Ww]hether ", "all", "any", r"(?= (?:of |the |elements|items|values|characters|its|their))"),
    (r"\b", "greater than", "less than", r"(?! or equal)"),
    (r"\b", "larger than", "smaller than", r"(?! or equal)"),
    (r"\b", "longer than", "shorter than", ""),
    (r"\b", "above", "below", r"(?= (?:limit|the|a|`))"),
    (r"\b[Tt]he ", "sum", "product", r"(?= of\b)"),
    (r"\b[Tt]he ", "mean", "median", r"(?= of\b)"),
    (r"\b[Tt]he ", "union", "intersection", r"(?= of\b)"),
    (r"\b[Tt]he ", "rows", "columns", ""),
    (r"\b[Tt]he ", "keys", "values", r"(?= (?:of|that|in|whose)\b)"),
    (r"\b(?:from|to) the ", "beginning", "end", r"(?= of\b)"),
    (r"\b(?:from|to) the ", "start", "end", r"(?= of\b)"),
    (r"\b", "uppercase", "lowercase", r"(?= (?:letters?|characters?))"),
    (r"\b", "upper-case", "lower-case", r"(?= (?:letters?|characters?))"),
    (r"\b", "horizontally", "vertically", ""),
    (r"\b", "positive", "negative", r"(?= (?:numbers?|integers?|values?))"),
    (r"\b", "rising", "falling", r"(?! (?:back|in|on|under)\b)"),
    (r"\b", "most", "least", r"(?= (?:often|frequent|common|votes|visitors|expensive|points))"),
)  # fmt: skip
_TOLD_BY = {
    "all": {"every", "each", "both"},
    "any": {"some", "one", "either"},
    "maximum": {"max", "degree", "deg", "largest", "highest", "upper"},
    "minimum": {"min", "smallest", "lowest", "lower"},
    "largest": {"max", "maximum", "biggest", "highest"},
    "highest": {"max", "maximum", "mode", "modes", "top"},
    "smallest": {"min", "minimum", "lowest"},
    "longest": {"max", "long", "lis", "lcs"},
    "shortest": {"min", "short", "path", "paths", "distance"},
    "even": {"twice", "pair", "pairs", "paired"},
    "first": {"head", "second", "third", "leading", "initial"},
    "last": {"tail", "rest", "penultimate"},
    "mean": {"average", "avg"},
    "sum": {"total", "add", "added"},
    "uppercase": {"upper"},
    "lowercase": {"lower"},
    "most": {"mode", "common"},
}
"""Words of which one, in a name or elsewhere in the text, tells which of a pair is meant."""
_NEEDS = {
    "keys": re.compile(r"\b(?:dict\w*|mapping|object|table|record|counter)\b", re.IGNORECASE),
    "prefix": re.compile(r"\b(?:string|text|word)s?\b", re.IGNORECASE),
}
"""What a text must speak of, so that both words of a pair, named by its first, make sense."""
_ONLY_CONTRADICTED = frozenset({"greater than", "larger than", "longer than", "above", "most", "positive"})
"""Pairs, by their first word, whose sentence usually tells which of the two is sensible."""
_ONE_SIDED = re.compile(
    r"\b(?:less|greater|smaller|larger) than|\b(?:first|last) (?:letter|character"
    r"|word)\b[^.]*\b(?:capital|upper|lower)|capital|winner",
    re.IGNORECASE,
)
_LONGEST_CLAUSE = 14


def find(problem: Problem) -> Iterator[Facet]:
    """Pairs of which the text has one word once, the other never, and no relative of either."""
    text = problem.description
    masked = prose(text)
    names = re.sub(r"[_\W]+|(?<=[a-z])(?=[A-Z])", " ", f"{problem.name} {problem.signature}").lower().split()
    for before, first, second, after in _PAIRS:
        found = list(re.finditer(rf"(?P<before>{before})(?P<word>{first}|{second})\b{after}", masked))
        if len(found) != 1:
            continue
        match = found[0]
        word = match["word"]
        other = second if word == first else first
        rest = masked[: match.start("word")] + masked[match.end("word") :]
        if _settled_elsewhere(word, other, rest, names):
            continue
        if first in _NEEDS and not _NEEDS[first].search(text):
            continue
        if first in {"uppercase", "upper-case"} and masked[: match.start("word")].endswith("of "):
            continue  # what is given, not what is done
        end = _clause_end(masked, match.end("word"))
        if end is not None and " or " not in masked[match.start("word") : end]:
            span = Span(match.start("word"), end, text[match.start("word") : end])
            sentence = sentence_at(text, span.start).text
            open_to_both = first not in _ONLY_CONTRADICTED and not _ONE_SIDED.search(sentence)
            yield _facet(span, word, other, open_to_both=open_to_both)


def _settled_elsewhere(word: str, other: str, rest: str, names: list[str]) -> bool:
    used = set(re.findall(r"[a-z]+", rest.lower())) | set(names)
    if set(word.split()[:1]) & used or set(other.split()[:1]) & used:
        return True
    if any(_TOLD_BY[one] & (used | set(names)) for one in (word, other) if one in _TOLD_BY):
        return True
    return bool({word.split()[0], other.split()[0]} & set().union(*KIN)) and any(kin & used for kin in KIN)


def _clause_end(masked: str, start: int) -> int | None:
    """Where the clause ends, so that words can be added; None when it is long or goes on with a comma."""
    end = re.search(r"[.;:,\n(]|$", masked[start:])
    stop = start + (end.start() if end else 0)
    if masked[stop : stop + 1] in {",", "("} or len(masked[start:stop].split()) > _LONGEST_CLAUSE:
        return None
    return stop


def _facet(span: Span, word: str, other: str, *, open_to_both: bool) -> Facet:
    rest = span.text[len(word) :]
    one, two = _joined(word, other)
    of = " of" if word in {"all", "any"} and rest.startswith(" the") else ""
    wordings = tuple(
        Wording(f"{a}{of}{rest}, {which}", settled)
        for which, settled in zip(WHICHEVER, _settled(word, other), strict=True)
        for a in (f"{one} or {two}",)
    )
    vague: tuple[Wording, ...] = ()
    if word in {"all", "any"}:
        vague = (Wording(rest.strip().removeprefix("of "), f"That is: {word} of them."),)
    if word in {"mean", "median"}:
        vague = (Wording(f"typical value{rest}", f"The typical value is the {word}."),)
    return Facet(
        kind="contrast",
        span=span,
        what=f"the choice between {word} and {other}",
        meant=Reading(f'"{word}"'),
        others=(Reading(f'"{other}"'),),
        neutral=_says_nothing,
        vague=vague if open_to_both else (),
        either=wordings if open_to_both else (),
        other_words=f"{other}{rest}",
    )


def _joined(word: str, other: str) -> tuple[str, str]:
    """`greater`, `less than` out of two words that end alike."""
    first, second = word.split(), other.split()
    if len(first) == 2 and first[1] == second[1]:
        return first[0], other
    return word, other


def _settled(word: str, other: str) -> tuple[str, ...]:
    return (
        f'The caller needs "{word}".',
        f'The situation here requires "{word}", not "{other}".',
        f'The report expects "{word}".',
        f'Agreed was "{word}".',
        f'The rest of the program uses "{word}".',
        f'The user wants "{word}" here.',
    )


def _says_nothing(record: Recorded) -> bool:
    """Besides empty input: a lone element is first and last, smallest and largest."""
    given = [value for value in record.arguments if isinstance(value, list | tuple | str)]
    unread = any(isinstance(value, Unreadable) for value in record.arguments)
    return is_trivial(record) or (
        not unread and len(record.arguments) == 1 and bool(given) and len(given[0]) == 1
    )
