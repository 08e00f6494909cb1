"""What a modified description lost of its original: spans, each with the words that are about it.

Both texts are compared word by word, and each difference is looked at within its sentence or example. Nothing
but the two descriptions is read.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.benchmarks.neutral import neutral
from eval.schema import Variant

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d]\w*|\S")
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z0-9`'\"(>])")
_ITEM = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s")
_HEAD = re.compile(r"^\s*(?:def|class|import|from|@\w)")
_ARROW = r"==|=>|->|→|➞|\breturns?\b|\boutputs?\b|\bshould be\b"
_PROMPT = ">>>"
_DOCSTRING = re.compile(r'^(?:"""|\'\'\')\s*|\s*(?:"""|\'\'\')$')

_CONTEXT = 4
"""Words on either side of a difference that are told with it, so that it can be understood."""

_NEAR = 3
"""Differences in a sentence with at most this many words between them are one."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, an example, or a line of code, as the text has it.

    Args:
        text: of it.
        start: where it begins in the whole text.
        example: whether it is a call with its result.
        code: whether it is the head of a function or an import.
    """

    text: str
    start: int
    example: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Args:
        span: the original's words with a few around them, in one line; they do not stand in the modified
            text.
        words: what is different: the original's words and those that stand there instead.
        around: the other words of the sentence; for an example that shows something else, those of the
            description, which it contradicts.
        example: whether it is an example.
    """

    span: str
    words: tuple[str, ...]
    around: tuple[str, ...]
    example: bool


@functools.lru_cache(maxsize=256)
def changes(variant: Variant) -> tuple[Change, ...]:
    """What the modified text lost or has differently, in the original's order; nothing for an original."""
    text = neutral(variant.text, variant.entry_point)
    original = neutral(variant.original, variant.entry_point)
    if text.split() == original.split():
        return ()
    return tuple(_changes(_Tokens(original, variant.entry_point), _Tokens(text, variant.entry_point)))


class _Tokens:
    """A text as words, each in its unit."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.units = tuple(units(text, name))
        self.words: list[str] = []
        self.places: list[tuple[int, int]] = []
        self.unit_of: list[int] = []
        for number, unit in enumerate(self.units):
            for match in _TOKEN.finditer(unit.text):
                self.words.append(match[0].lower())
                self.places.append((unit.start + match.start(), unit.start + match.end()))
                self.unit_of.append(number)

    def unit_range(self, number: int) -> tuple[int, int]:
        """The places of a unit's words."""
        inside = [place for place, unit in enumerate(self.unit_of) if unit == number]
        return inside[0], inside[-1] + 1

    def description(self) -> tuple[str, ...]:
        """The words outside examples and code."""
        prose = {number for number, unit in enumerate(self.units) if not unit.example and not unit.code}
        return tuple(word for word, unit in zip(self.words, self.unit_of, strict=True) if unit in prose)

    def slice(self, start: int, end: int) -> str:
        """The text of some words, in one line."""
        return " ".join(self.text[self.places[start][0] : self.places[end - 1][1]].split())

    def holds(self, words: Sequence[str]) -> bool:
        """Whether these words stand here one after the other."""
        return any(self.words[at : at + len(words)] == list(words) for at in range(len(self.words)))


def units(text: str, name: str) -> Iterator[Unit]:
    """Cut a description into sentences, examples and lines of code.

    Args:
        text: of the description.
        name: of the function, as examples call it.
    """
    example = re.compile(rf"\b{re.escape(name)}\s*\(.*({_ARROW})|^\s*(?:for|if)\b.*[=:].*({_ARROW})", re.I)
    open_from: int | None = None  # where a paragraph or an example began
    in_session = False
    place = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip().strip("\"'").strip()
        is_prompt = bare.startswith(_PROMPT)
        alone = _HEAD.match(line) is not None or example.search(line) is not None
        if not bare or is_prompt or alone or (_ITEM.match(line) and not in_session):
            yield from _cut(text, open_from, place, in_session)
            open_from, in_session = None, False
        if alone and not is_prompt:
            shown = example.search(line) is not None
            yield Unit(line, place, example=shown, code=not shown)
        elif bare and open_from is None:
            open_from, in_session = place, is_prompt
        place += len(line)
    yield from _cut(text, open_from, place, in_session)


def _cut(text: str, start: int | None, end: int, example: bool) -> Iterator[Unit]:
    if start is None or not _TOKEN.search(text, start, end):
        return
    last = start
    for match in () if example else _SENTENCE_END.finditer(text, start, end):
        yield Unit(text[last : match.start()], last)
        last = match.end()
    yield Unit(text[last:end], last, example)


def _changes(original: _Tokens, text: _Tokens) -> Iterator[Change]:
    for number, pieces in sorted(_by_unit(original, text).items()):
        first, last = original.unit_range(number)
        unit = original.units[number]
        groups = [pieces] if unit.example else _near(pieces)
        for group in groups:
            start, end = min(one.start for one in group), max(one.end for one in group)
            window = (first, last) if unit.example else _window(original, text, (start, end), (first, last))
            if window is None or text.holds(original.words[slice(*window)]):
                continue
            own = {place for one in group for place in range(one.start, one.end)}
            instead = [word for one in group for word in one.instead]
            words = tuple([original.words[place] for place in sorted(own)] + instead)
            if not any(_says_something(word) for word in words):
                continue
            span = _example(unit) if unit.example else _quoted(original.slice(*window))
            if not _says_something(span) or span in " ".join(text.text.split()):
                continue
            around = tuple(original.words[place] for place in range(first, last) if place not in own)
            yield Change(
                span=span,
                words=words,
                around=original.description() if unit.example and instead else around,
                example=unit.example,
            )


def _says_something(word: str) -> bool:
    return any(letter.isalnum() for letter in word) and word not in {"example", "examples"}


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    instead: tuple[str, ...]


def _by_unit(original: _Tokens, text: _Tokens) -> dict[int, list[_Piece]]:
    """The differences, by the original's unit that they are in."""
    found: dict[int, list[_Piece]] = {}
    matcher = difflib.SequenceMatcher(a=original.words, b=text.words, autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        instead = tuple(text.words[other_start:other_end])
        numbers = sorted({original.unit_of[place] for place in range(start, end)})
        if not numbers:  # only added: to the sentence that it was added to
            if (place := _beside(original, text, start, other_start)) is None:
                continue
            numbers = [original.unit_of[place]]
        for number in numbers:
            first, last = original.unit_range(number)
            piece = _Piece(max(start, first), max(min(end, last), max(start, first)), instead)
            found.setdefault(number, []).append(piece)
    return found


def _beside(original: _Tokens, text: _Tokens, start: int, other: int) -> int | None:
    """The place of the word that something was added next to, in the same sentence; None: in none."""
    before, after = other - 1, other + (0 if other < len(text.words) else -1)
    if before >= 0 and start > 0 and text.unit_of[before] == text.unit_of[after]:
        return start - 1
    return start if start < len(original.words) else None


def _near(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    groups: list[list[_Piece]] = []
    for piece in pieces:
        if groups and piece.start - groups[-1][-1].end <= _NEAR:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _window(
    original: _Tokens, text: _Tokens, changed: tuple[int, int], unit: tuple[int, int]
) -> tuple[int, int] | None:
    """The changed words with some around them, more until they do not stand in the text; None: they do."""
    for context in range(_CONTEXT, unit[1] - unit[0] + _CONTEXT):
        start, end = max(unit[0], changed[0] - context), min(unit[1], changed[1] + context)
        if not text.holds(original.words[start:end]):
            return start, end
        if (start, end) == unit:
            break
    return None


def _quoted(text: str) -> str:
    """Without the quotes of a docstring, and what only parts it from the words before."""
    return _DOCSTRING.sub("", text).strip(" ,;")


def _example(unit: Unit) -> str:
    """An example in one line: a call, an arrow, what is shown."""
    bare = _DOCSTRING.sub("", unit.text.strip()).strip()
    if not bare.startswith(_PROMPT):
        return " ".join(bare.split())
    call, _, shown = bare.removeprefix(_PROMPT).strip().partition("\n")
    return " -> ".join(filter(None, (call.strip(), " ".join(shown.split()))))
