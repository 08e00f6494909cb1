"""A docstring's parts as plain text: what a person would write who asks for the function.

Markup goes, parameters and results become sentences; sentences that speak of the documentation, of versions
or of other functions go, too. A text that cannot be understood without another one is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from synth.sources.code.modules import BUILTINS, STDLIB
from synth.sources.docstrings.fields import error_sentence, parameter_sentence, result_sentence
from synth.sources.docstrings.markup import ended, plain
from synth.sources.docstrings.sections import Parts

FEWEST_WORDS = 5
LONGEST = 1_500  # characters

_BULLET = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
# Sentences about the text, its history or its place, not about the task.
_BESIDE = re.compile(
    "|".join((
        r"https?://|\bwww\.|@\w+\.\w+|\bpython ?2\b|\bpy2\b",
        r"\bhere(?: is|'s| are)\b|e\.g\.,? the following",
        r"\b(?:doctest|docstring|todo|fixme|xxx|depr[ei]cat\w+|backwards?[- ]compatib\w*)\b",
        r"\b(?:pull request|credits?)\b|^:\w",
        r"\b(?:github|stack ?overflow|wikipedia|aliase?s?|shortcut for|convenience (?:function|wrapper))\b",
        r"\b(?:see|cf\.?) (?:also\b|below|above|section|figure|pep\b)",
        r"\b(?:see|cf\.?) [`\w.]+ for (?:more|details|further|an?|the)\b",
        r"\b(?:see|cf\.?) the (?:docs?|documentation|example|module|class|function|source)",
        r"\b(?:for|as an?) (?:example|instance),?:?$|\bexamples?(?: of [\w ]+)?:$|\bis equivalent to:?$",
        r"\b(?:added|new|changed|introduced|removed) in (?:version|v?\d)|\bas of version\b",
        r"\b(?:adapted|taken|borrowed|stolen|copied|inspired|ported) (?:from|by)\b",
        r"\b(?:following|next|these) (?:examples?|code|snippet)",
        r"\bthe (?:above|below) (?:example|code|snippet)",
        r"\bnot to be confused|\bconsider using\b|\bbackport\b|\buse [`\w.()]+ (?:instead|to|for|if|when)\b",
        r"\bin (?:this|the) (?:above|following|next) example|\b(?:this|the) (?:docs|documentation)\b",
    )),
    re.IGNORECASE,
)  # fmt: skip
# Words before the name of another function, which only that function explains.
_LEANS = re.compile(
    r"\b(?:like|same (?:as|thing as)|similar(?:ly)? to|equivalent (?:to|of)|wrapper (?:for|around|of|over)"
    r"|see|(?:inverse|opposite|reverse|version|variant|extension|analog(?:ue)?|implementation) of|wraps"
    r"|docs of|variation on|counterpart (?:to|of|for)|complement(?:s|ary)? (?:of|to)"
    r"|analogous to|based on|as in"
    r"|unlike|instead of|works as|as does|just as|than|identical to|compared? (?:to|with)|helper (?:for|of)"
    r"|in contrast to|used (?:by|in)|called by|calls|delegates? to|passed to)\s+"
    r"(?:the |a |an |python's |function |method |builtin |built-in |standard )*"
    r"(?P<name>`[^`]+`|[\w.]+\(\)|\w+_\w+|\w+\.\w+)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"`(?P<code>[A-Za-z_][\w.]*(?:\(\))?)`|\b(?P<called>[A-Za-z_][\w.]*)\(\)")
_DRAWN = re.compile(
    r"[=~-]{4,} [=~-]{4,}|\+[-=]{3,}\+|\$[^$]*\\[a-z]+[^$]*\$|\\(?:frac|sum|prod|cdots|left|sqrt)\b"
)
_SELF = re.compile(
    r"\b(?:self|this (?:class|instance|object|module|package|library|plugin|project)|our|my)\b", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!etc\.)(?<!vs\.)(?<!cf\.)\s+(?=[A-Z`\"'(])")


class LeansOnOtherText(Exception):
    """A text cannot be understood without another one; says which."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a text may name.

    Args:
        name: of the function that it describes.
        parameters: of this function.
        annotated: those whose type stands in the signature.
        others: functions and classes of its package, which mean nothing outside.
    """

    name: str
    parameters: tuple[str, ...] = ()
    annotated: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    def knows(self, name: str) -> bool:
        """Whether a name means something where there is only this function."""
        return name in {self.name, *self.parameters} or name in BUILTINS | STDLIB


def describe(parts: Parts, around: Surroundings) -> str:
    """Plain text for a function.

    Args:
        parts: of its docstring.
        around: what it may name.

    Returns:
        paragraphs, each on one line, and list items on lines of their own; empty when nothing says what is
        wanted.

    Raises:
        LeansOnOtherText: its first paragraph, or a list, explains it by another function, or by what stands
            elsewhere.
    """
    blocks = _blocks(parts.text, around.name)
    if blocks:
        _must_stand_alone(plain(blocks[0]), around)
    if any(_DRAWN.search(plain(block)) for block in blocks):
        raise LeansOnOtherText("it has a table or formulas, which plain text does not show")
    paragraphs = [_paragraph(block, around) for block in blocks]
    text = _without_loose_ends([one for one in paragraphs if one])
    if not text and (parts.result is None or len(parts.result.text.split()) < FEWEST_WORDS):
        return ""
    told = [
        parameter_sentence(one, one.name not in around.annotated)
        for one in parts.parameters
        if one.name in around.parameters
    ]
    told += [result_sentence(parts.result)] if parts.result is not None else []
    told += [error_sentence(one) for one in parts.errors]
    sentences = [_paragraph(one, around) for one in told if one]
    if len(" ".join(text).split()) < FEWEST_WORDS and not any(sentences):
        return ""
    ending = " ".join(one for one in sentences if one)
    return "\n\n".join([*text, *([ending] if ending else [])])


# --- paragraphs ---------------------------------------------------------------------------------------------


def _blocks(text: str, name: str) -> list[str]:
    """Paragraphs with their markup; the header that some begin with goes."""
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    if blocks:
        first = blocks[0].strip().splitlines()
        header = rf"^`*(?:[\w.]+\.)?{re.escape(name)}\s*\(.*\)`*\s*(?:(?:->|:|=|–|--).*)?$"
        if re.match(header, first[0].strip()):
            blocks[0] = "\n".join(first[1:])
    return [block for block in blocks if block.strip() and not re.fullmatch(r"[\W_]+", block)]


def _paragraph(block: str, around: Surroundings) -> str:
    """A paragraph on one line, list items on lines of their own, without what is beside the point.

    Raises:
        LeansOnOtherText: an item of a list does, which cannot be left out.
    """
    lines: list[str] = []
    for line in block.splitlines():
        if lines and not _BULLET.match(line):
            lines[-1] = f"{lines[-1]} {line.strip()}"
        elif line.strip():
            lines.append(line.rstrip() if _BULLET.match(line) else line.strip())
    kept = []
    for line in lines:
        bullet = _BULLET.match(line)
        inner = _without_asides(plain(line[bullet.end() :] if bullet else line), around)
        if bullet:
            _must_stand_alone(inner, around)
        told = " ".join(one for one in _sentences(inner) if _is_said(one, around))
        if told:
            kept.append(f"- {told}" if bullet and len(lines) > 1 else told)
    if len(kept) == 1:
        kept[0] = kept[0].removeprefix("- ")
    return ended("\n".join(kept))


def _without_loose_ends(paragraphs: list[str]) -> list[str]:
    """Without sentences that announce what is not there any more."""
    kept = []
    for place, paragraph in enumerate(paragraphs):
        below = paragraphs[place + 1] if place + 1 < len(paragraphs) else ""
        if paragraph.endswith(":") and not below.startswith("- "):
            lines = paragraph.split("\n")
            lines[-1] = " ".join(_sentences(lines[-1])[:-1])
            paragraph = "\n".join(line for line in lines if line)
        if paragraph:
            kept.append(paragraph)
    return kept


def _sentences(text: str) -> list[str]:
    return [one for one in _SENTENCE_END.split(text) if one.strip()]


def _without_asides(text: str, around: Surroundings) -> str:
    """Without brackets that speak of other things."""

    def judged(match: re.Match[str]) -> str:
        aside = match[0]
        beside = _BESIDE.search(aside) or _leans_on(aside, around) or re.search(r"\bsee\b", aside)
        return "" if beside and match.start() else aside

    return re.sub(r"\s+\([^()]*(?:\([^()]*\)[^()]*)*\)", judged, text)


def _is_said(sentence: str, around: Surroundings) -> bool:
    """Whether a sentence speaks of the task, and alone."""
    if _BESIDE.search(sentence) or _SELF.search(sentence) or _leans_on(sentence, around):
        return False
    return not re.search(r"\bsee\b(?! (?:if|whether|that|how))", sentence, re.IGNORECASE)


def _must_stand_alone(text: str, around: Surroundings) -> None:
    if other := _leans_on(_without_asides(text, around), around):
        raise LeansOnOtherText(f"it explains itself by `{other}`")
    if _SELF.search(text):
        raise LeansOnOtherText("it speaks of a class or package around it")


def _leans_on(text: str, around: Surroundings) -> str | None:
    """The function of somebody else by which a text explains itself."""
    for match in _LEANS.finditer(text):
        other = match["name"].strip("`").removesuffix("()").strip()
        root = re.split(r"\W", other, maxsplit=1)[0]
        if re.fullmatch(r"[A-Za-z_][\w.]*", other) and not around.knows(root):
            return other
    for match in _NAMED.finditer(text):
        other = match["code"] or match["called"]
        last = other.removesuffix("()").rpartition(".")[2]
        if last in around.others and not around.knows(last):
            return other
    return None
