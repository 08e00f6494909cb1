"""Inconsistent: a further sentence demands the opposite of what another one says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from synth.modifications.base import Modified, Reading, Refusal, Topic
from synth.modifications.conditions import other_outcome, special_cases
from synth.modifications.facets import facets
from synth.modifications.recorded import recorded
from synth.modifications.rewording import echo
from synth.modifications.text import append, insert_after, sentence_at, sentences
from synth.schema import Change, Flaw, Problem

_LONGEST_ECHO = 26
_BACK = re.compile(r"^(?:It|This|That|These|They|Those|He|She|Otherwise|Then|But|And|So|For that)\b")


@dataclass(frozen=True, slots=True)
class _Pair:
    """What a sentence says, in words that agree with it and in words that do not."""

    sentence: str
    start: int
    same: str
    opposite: str
    meant: str
    other: str


class ContradictSentence:
    """Repeats a requirement with another value, order, case or outcome."""

    name = "contradict-sentence"
    flaw: Flaw = "inconsistent"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Add one sentence."""
        pairs = [*_of_facets(problem), *_of_special_cases(problem)]
        if not pairs or len(sentences(problem.description)) == 1:
            return Refusal("no requirement can be said again in the opposite way")
        pair = rng.choice(pairs)
        seed = rng.random()
        added, restated = echo(pair.opposite, Random(seed)), echo(pair.same, Random(seed))
        far = rng.random() < 0.75
        text = problem.description
        topic = Topic(
            kind="contradict-sentence",
            quote=pair.opposite.rstrip("."),
            facts={
                "quote": pair.opposite.rstrip("."),
                "first": pair.sentence.rstrip("."),
                "second": pair.opposite.rstrip("."),
                "a": pair.meant,
                "b": pair.other,
            },
            readings=(Reading(pair.meant, problem.solution), Reading(pair.other)),
            answer=f"The first: {pair.meant}.",
        )
        here = sentence_at(text, pair.start)
        return Modified(
            description=append(text, added) if far else insert_after(text, here, added),
            signature=problem.signature,
            changes=(Change(kind=self.name, flaw=self.flaw, before=pair.sentence, after=added),),
            topics=(topic,),
            allowed=tuple(record.example for record in recorded(problem)),
            clear=append(text, restated) if far else insert_after(text, here, restated),
        )


_CONDITION = re.compile(
    r"\b(?:if|when|whenever|where|unless|in case|for which|that|whose|which)\b", re.IGNORECASE
)
_IFF = re.compile(
    r"^(?:Returns? (?:`{0,2}True`{0,2} )?|Checks? |Tests? |Determines? )(?:if|whether)\b", re.IGNORECASE
)


def _in_condition(sentence: str, at: int) -> bool:
    """Whether a word stands in a condition of which the other side may hold as well."""
    return not _IFF.match(sentence) and _CONDITION.search(sentence[:at]) is not None


def _of_facets(problem: Problem) -> list[_Pair]:
    found = []
    for facet in facets(problem):
        sentence = sentence_at(problem.description, facet.span.start)
        long = len(sentence.text.split()) > _LONGEST_ECHO
        if not facet.other_words or long or "\n" in sentence.text or _BACK.match(sentence.text):
            continue
        at = facet.span.start - sentence.start
        if facet.kind == "contrast" and _in_condition(sentence.text, at):
            continue  # "if it is larger, …" and "if it is smaller, …" can both be true
        opposite = sentence.text[:at] + facet.other_words + sentence.text[at + len(facet.span.text) :]
        found.append(
            _Pair(
                sentence.text,
                sentence.start,
                sentence.text,
                opposite,
                facet.meant.option,
                facet.others[0].option,
            )
        )
    return found


def _of_special_cases(problem: Problem) -> list[_Pair]:
    found = []
    for special in special_cases(problem):
        action, outcome = other_outcome(special)
        found.append(
            _Pair(
                special.sentence.text,
                special.sentence.start,
                f"{special.case}, {special.then()}.",
                f"{special.case}, {action} {outcome}.",
                special.then(),
                f"{action} {outcome}",
            )
        )
    return found
