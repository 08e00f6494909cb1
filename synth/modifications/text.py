"""Sentences of a description and edits of it that leave no scar: no double blank, no lost capital or stop."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_OWN_LINE = re.compile(r"^\s*(?:[-*•]\s|\d+[.)]\s|\||>)|^(?: {4}|\t)")
_STOP = re.compile(r"[.!?]+[\"')\]]*(?=\s)|:(?=\n)|\n+")
_NO_STOP = re.compile(r"(?:\b(?i:e\.g|i\.e|etc|vs|cf|resp|approx|max|min|no|fig)|\b[A-Z])\.$")
_CODE = re.compile(r"``[^`]*``|`[^`]*`|\"[^\"\n]{0,60}\"|(?<![\w'])'[^'\n]{0,40}'(?!\w)")
_NAME_FIRST = re.compile(
    r"\w+(?:\(\w*\))? (?:is|are|has|have|holds?|maps?|lists?|takes?|gives?|may|must|can|should|stands?"
    r"|means?|returns?"
    r"|says?|contains?|defaults?)\b"
)
_PROPER = frozenset({"I", "None", "True", "False", "Python", "Monday", "Sunday"})
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*|\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text: `text` is what stands from `start` to `end`."""

    start: int
    end: int
    text: str

    def overlaps(self, other: Span) -> bool:
        """Whether they share a character."""
        return self.start < other.end and other.start < self.end


def normalise(text: str) -> str:
    """Unwrap a description: a paragraph is one line, list items and indented lines keep their own."""
    paragraphs = []
    for block in _BLANK_LINE.split(text.strip()):
        lines: list[str] = []
        for line in block.strip("\n").splitlines():
            if lines and not _OWN_LINE.match(line):
                lines[-1] = f"{lines[-1]} {line.strip()}"
            else:
                lines.append(line.rstrip() if _OWN_LINE.match(line) else line.strip())
        paragraphs.append("\n".join(re.sub(r"(?<=\S) {2,}", " ", line) for line in lines if line.strip()))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a normalised description, in order; a line break always ends one.

    A stop inside code or quotation marks, or after an abbreviation, ends none; nor does one that is followed
    by a small letter.
    """
    masked = prose(text)
    found: list[Span] = []
    start = 0
    for stop in _STOP.finditer(masked + " "):
        end = stop.start() if masked[stop.start() : stop.start() + 1] == "\n" else stop.end()
        rest = masked[end:].lstrip(" ")
        if "\n" not in masked[end : end + 1] and (_NO_STOP.search(masked[start:end]) or _goes_on(rest)):
            continue
        _add(found, text, start, min(end, len(text)))
        start = stop.end()
    _add(found, text, start, len(text))
    return tuple(found)


def _goes_on(rest: str) -> bool:
    """Whether a small letter goes on with the sentence, and opens none with a name: "items holds …"."""
    return rest[:1].islower() and not _NAME_FIRST.match(rest)


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if piece:
        found.append(Span(start, start + len(piece), piece))


def prose(text: str) -> str:
    """The text with code and quotations blanked out, character for character, so that spans still fit."""
    return _CODE.sub(lambda match: "\0" * len(match[0]), text)


def sentence_at(text: str, start: int) -> Span:
    """The sentence in which position `start` lies; the nearest one before it when between two."""
    found = sentences(text)
    return max((s for s in found if s.start <= start), key=lambda s: s.start, default=found[0])


def replace(text: str, span: Span, new: str) -> str:
    """Put `new` in a span's place; a sentence keeps its capital, an empty `new` leaves no gap."""
    before, after = text[: span.start], text[span.end :]
    if new and span.text[:1].isupper() and _starts_sentence(before):
        new = new[:1].upper() + new[1:]
    if not new:
        if before.endswith(" ") and (not after or not after[0].isalnum()):
            before = before.rstrip(" ,")
        after = after.lstrip(" ") if not before or before[-1:].isspace() else after
    return before + new + after


def remove_sentence(text: str, sentence: Span) -> str:
    """The text without a sentence; paragraphs stay apart, an emptied one disappears."""
    before, after = text[: sentence.start], text[sentence.end :]
    if after[:1] == " " and (not before or before[-1:].isspace()):
        after = after[1:]
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" +(?=\n|$)", "", before + after)).strip()


def insert_after(text: str, sentence: Span, new: str) -> str:
    """The text with a further sentence after `sentence`."""
    separator = "\n" if _OWN_LINE.match(sentence.text) else " "
    return f"{text[: sentence.end]}{separator}{new}{text[sentence.end :]}"


def append(text: str, new: str, *, paragraph: bool = False) -> str:
    """The text with a further sentence at its end, or in a paragraph of its own."""
    end = text.rstrip()
    stop = "" if end.endswith((".", "!", "?", ":", "`")) or "\n" in end[-3:] else "."
    return f"{end}{stop}{chr(10) * 2 if paragraph else ' '}{new}"


def words(text: str) -> list[str]:
    """Words and numbers of a text, lower-cased."""
    return [word.lower() for word in _WORD.findall(text)]


def mentions(text: str, name: str) -> bool:
    """Whether a text names a parameter or function, in code marks or as a word of its own."""
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text) is not None


def uncapitalised(sentence: str) -> str:
    """A sentence as it goes on after a colon: a small letter, unless the word is a name or code."""
    first = sentence.split(" ", 1)[0]
    if first in _PROPER or (len(first) > 1 and not first[1:].islower() and first != "A"):
        return sentence
    return sentence[:1].lower() + sentence[1:]


def capitalised(sentence: str) -> str:
    """A sentence with a capital in front."""
    return sentence[:1].upper() + sentence[1:]


def _starts_sentence(before: str) -> bool:
    return not before.strip() or before.rstrip()[-1] in ".!?:\n" or before.endswith("\n")
