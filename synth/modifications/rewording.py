"""Puts a wording in the place of exact words: the unclear text, and the clear one with the same wording."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from synth.modifications.facets.base import Wording
from synth.modifications.text import Span, insert_after, replace, sentence_at, sentences, uncapitalised, words

_CONTEXT = 3
_INLINE, _LONGEST_INLINE = 0.5, 6
_INSIDE = (" ({exact})", " ({exact})", " (that is, {exact})", " (here: {exact})", ", i.e. {exact},")
_BEGIN_PHRASE = frozenset(
    "at more less fewer longer shorter up greater larger smaller above below over within every by in "
    "into is are "
    "becomes costs takes has have joined separated with after the first last put return gets sorted "
    "ordered from to on "
    "rounded padded cut shifted replaced exceeds brings every of for if whether it".split()
)
_STOPS = re.compile(r"[,;:()]$|^[(\[]")


@dataclass(frozen=True, slots=True)
class Reworded:
    """A text with other words in a span's place.

    Args:
        unclear: the text where the wording stands alone.
        clear: the text where a further sentence settles it.
        after: the words that stand in the span's place now.
        quote: them with a few words before, for a question.
    """

    unclear: str
    clear: str
    after: str
    quote: str


def reword(text: str, span: Span, wording: Wording, rng: Random) -> Reworded:
    """Replace a span of `text` by a wording.

    Args:
        text: a normalised description.
        span: words of it, inside one sentence.
        wording: what stands there instead; empty words drop the span.
        rng: decides where the settling sentence of the clear text stands.
    """
    after = wording.text
    following = text[span.end : span.end + 2]
    if ", " in after and following[:1] == " " and following[1:].isalnum():
        after += ","
    unclear = replace(text, span, after)
    sentence = sentence_at(unclear, span.start if after else max(0, span.start - 2))
    at_end, inline = rng.random() < 0.4, rng.random() < _INLINE
    if inline and after and len(span.text.split()) <= _LONGEST_INLINE:
        inside = rng.choice(_INSIDE).format(exact=span.text.strip())
        clear = replace(text, span, wording.text + (inside if following[:1] == " " else inside.rstrip(",")))
    else:
        last = sentences(unclear)[-1]
        clear = insert_after(unclear, last if at_end else sentence, wording.settled)
    shown = after.rstrip(",")
    return Reworded(unclear, clear, shown, _quote(unclear, sentence, span.start, shown))


def _quote(text: str, sentence: Span, start: int, after: str) -> str:
    """The wording and up to three words of its clause before it, as they stand in the text."""
    if not after:
        return _short(sentence.text)
    lead = _lead(text[sentence.start : start].split())
    begin = start - len(" ".join(lead)) - (1 if lead else 0)
    quoted = text[begin : start + len(after)] if lead else text[start : start + len(after)]
    return " ".join(quoted.split())


def _lead(before: list[str]) -> list[str]:
    """The words before a wording that make a phrase with it: `at least`, `joined by`; or none."""
    for count in range(1, _CONTEXT + 1):
        part = before[-count:]
        if len(part) < count or any(_STOPS.search(word) for word in part):
            return []
        if part[0].lower() in _BEGIN_PHRASE:
            return part
    return []


def _short(sentence: str, limit: int = 14) -> str:
    parts = sentence.split()
    return sentence.rstrip(".") if len(parts) <= limit else " ".join(parts[:limit])


def repeated_word(text: str, after: str) -> bool:
    """Whether a wording's first content word already stood in the text, so that it may mean that."""
    return bool(after) and text.lower().count(" ".join(words(after)[-2:])) > 0


_LEADS = (
    "Again:",
    "To repeat:",
    "Once more:",
    "In short:",
    "Reminder:",
    "In other words:",
    "So, to sum up:",
    "Important:",
)


def echo(sentence: str, rng: Random) -> str:
    """A sentence said once more: with a lead, and as it goes on after a colon."""
    return f"{rng.choice(_LEADS)} {uncapitalised(sentence)}"
