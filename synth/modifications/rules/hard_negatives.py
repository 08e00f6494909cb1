"""Clear texts that look unclear: vague words that are defined, values given below, conventions unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from synth.modifications.conditions import special_cases
from synth.modifications.facets import facets
from synth.modifications.rewording import echo, repeated_word, reword
from synth.modifications.text import append, sentence_at, uncapitalised
from synth.modifications.text import sentences as all_sentences
from synth.schema import Problem

_LONGEST_ECHO = 26
_CONVENTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r" ?\((?:both )?(?:included|inclusive)\)"), ""),
    (re.compile(r", both (?:ends )?included(?=[,.;])"), ""),
    (re.compile(r"\b(?:zero|0)-based (?=index|position)"), ""),
    (re.compile(r",? (?:counted|counting|starting) (?:from|at) (?:0|zero)(?=[,.;)])"), ""),
    (re.compile(r"\bsorted in ascending order\b"), "sorted"),
    (re.compile(r"\brounded to the nearest whole number\b"), "rounded to a whole number"),
    (re.compile(r"\bin ascending alphabetical order\b"), "in alphabetical order"),
    (re.compile(r"\bat most as many times as\b"), "no more often than"),
)
"""What every programmer takes for granted: between includes both ends, sorted means ascending."""


@dataclass(frozen=True, slots=True)
class ClearText:
    """A description that settles everything, and which cue of unclear texts it holds."""

    kind: str
    description: str


def hard_negatives(problem: Problem, rng: Random) -> Iterator[ClearText]:
    """Clear rewrites of a problem's description, at most one of each kind.

    Args:
        problem: with a normalised description.
        rng: picks places and wordings.
    """
    text = problem.description
    found = [facet for facet in facets(problem) if facet.vague or facet.missing or facet.either]
    if found:
        facet = rng.choice(found)
        wording = rng.choice((*facet.vague, *facet.missing, *facet.either))
        if not repeated_word(text, wording.text):
            yield ClearText("defined-vague", reword(text, facet.span, wording, rng).clear)
    pointed = [facet for facet in found if facet.missing]
    if pointed:
        facet = rng.choice(pointed)
        wording = rng.choice(facet.missing)
        if not repeated_word(text, wording.text):
            made = reword(text, facet.span, wording, rng)
            lead = rng.choice(("", "See here: ", "As for that: ", "Given: "))
            yield ClearText(
                "given-below",
                append(
                    made.unclear,
                    f"{lead}{uncapitalised(wording.settled) if lead else wording.settled}",
                    paragraph=not lead,
                ),
            )
    for pattern, instead in _CONVENTIONS:
        if pattern.search(text):
            yield ClearText("convention", pattern.sub(instead, text))
            break
    said_again = _said_again(problem, rng)
    if said_again is not None:
        yield ClearText("restated", said_again)


def _said_again(problem: Problem, rng: Random) -> str | None:
    text = problem.description
    sentences = [sentence_at(text, facet.span.start) for facet in facets(problem) if facet.other_words]
    sentences += [special.sentence for special in special_cases(problem)]
    sentences = [s for s in sentences if len(s.text.split()) <= _LONGEST_ECHO and "\n" not in s.text]
    if not sentences or len(all_sentences(text)) == 1:
        return None
    return append(text, echo(rng.choice(sentences).text, rng))
